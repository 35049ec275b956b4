namespace TradingBot.Market.Wire;

/// <summary>The venue's bar as one message tells it; three events carry it.</summary>
internal struct OhlcFields
{
    public WireNumber Open;
    public WireNumber High;
    public WireNumber Low;
    public WireNumber Close;
    public WireNumber Volume;
    public long Trades;
    public long BeginNs;
    public int Minutes;
}
