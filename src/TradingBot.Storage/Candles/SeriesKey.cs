using TradingBot.Market.Bars;

namespace TradingBot.Storage.Candles;

/// <summary>One series: what a row belongs to.</summary>
/// <param name="Symbol">Canonical symbol, as <c>BTC/USD</c> or <c>PF_XBTUSD</c>.</param>
/// <param name="Source">Where its rows come from.</param>
/// <param name="Timeframe">Length of its bars; null for the series of public trades.</param>
public sealed record SeriesKey(string Symbol, BarSource Source, Timeframe? Timeframe)
{
    /// <summary>What stands in the place of a timeframe in the series of trades.</summary>
    public const string Trades = "trades";

    /// <summary>The series of public trades of a symbol.</summary>
    public static SeriesKey OfTrades(string symbol, BarSource source) => new(symbol, source, null);

    public string TimeframeText => Timeframe?.ToString() ?? Trades;

    /// <summary>As in messages: <c>BTC/USD 1d (import)</c>.</summary>
    public override string ToString() => $"{Symbol} {TimeframeText} ({BarSourceText.Of(Source)})";
}

/// <summary>A series that has rows.</summary>
/// <param name="Key">Which.</param>
/// <param name="Rows">How many bars or trades.</param>
/// <param name="FirstNs">Open time of the first bar, or time of the first trade: Unix ns.</param>
/// <param name="LastNs">Open time of the last bar, or time of the last trade: Unix ns.</param>
public sealed record SeriesSpan(SeriesKey Key, long Rows, long FirstNs, long LastNs);
