namespace TradingBot.Market.Wire;

/// <summary>A number as it stood on the wire: mantissa and decimals.</summary>
internal readonly struct WireNumber(long mantissa, int decimals)
{
    public readonly long Mantissa = mantissa;
    public readonly byte Decimals = (byte)decimals;

    /// <summary>Not a number, or not one that the reader takes. As a value it needs no memory beside it.</summary>
    public static WireNumber Refused => new(long.MinValue, byte.MaxValue);

    public bool IsRefused => Decimals == byte.MaxValue;
}

/// <summary>What a number of the wire may be.</summary>
internal enum NumberRange : byte
{
    Any = 0,
    NotNegative = 1,
    Positive = 2,
}
