namespace TradingBot.Market.Wire;

/// <summary>A number as it stood on the wire: mantissa and decimals.</summary>
internal readonly struct WireNumber(long mantissa, int decimals)
{
    public readonly long Mantissa = mantissa;
    public readonly byte Decimals = (byte)decimals;
}

/// <summary>What a number of the wire may be.</summary>
internal enum NumberRange : byte
{
    Any = 0,
    NotNegative = 1,
    Positive = 2,
}
