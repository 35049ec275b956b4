using System;
using System.Collections.Immutable;
using TradingBot.Market.Values;

namespace TradingBot.Kraken.Rest;

/// <summary>One interval as the venue tells it. Mantissas; the volume is not negative.</summary>
/// <param name="OpenTimeNs">Start of the interval, Unix ns.</param>
/// <param name="Count">
/// Trades in it; 0: nothing was traded, the prices are the close before. Charts of derivatives do not tell a number:
/// there it is 1 where anything was traded.
/// </param>
public readonly record struct OhlcRow(
    long OpenTimeNs, long Open, long High, long Low, long Close, byte PriceDecimals, long Volume, byte VolumeDecimals,
    long Count)
{
    /// <summary>The same numbers, whatever their decimals are.</summary>
    public static bool AreSame(in OhlcRow left, in OhlcRow right) =>
        left.OpenTimeNs == right.OpenTimeNs && left.Count == right.Count
        && IsSame(left.Open, left.PriceDecimals, right.Open, right.PriceDecimals)
        && IsSame(left.High, left.PriceDecimals, right.High, right.PriceDecimals)
        && IsSame(left.Low, left.PriceDecimals, right.Low, right.PriceDecimals)
        && IsSame(left.Close, left.PriceDecimals, right.Close, right.PriceDecimals)
        && IsSame(left.Volume, left.VolumeDecimals, right.Volume, right.VolumeDecimals);

    private static bool IsSame(Int128 left, int leftDecimals, Int128 right, int rightDecimals) =>
        left * Pow10.Of(rightDecimals) == right * Pow10.Of(leftDecimals);
}

/// <summary>Rows of one instrument and timeframe, oldest first, no interval twice. The last one may be open.</summary>
/// <param name="Rows">At least one.</param>
/// <param name="HasMore">The venue says that the answer was cut at its row cap (charts).</param>
public sealed record OhlcPage(ImmutableArray<OhlcRow> Rows, bool HasMore);

/// <summary>One public trade.</summary>
/// <param name="TimeNs">Unix ns, as exact as the venue writes it.</param>
/// <param name="TradeId">The venue's number within the instrument; 0 in old rows.</param>
public readonly record struct TradePrint(
    long TimeNs, long TradeId, long Price, byte PriceDecimals, long Quantity, byte QuantityDecimals, Side Side);

/// <summary>A page of trades, oldest first.</summary>
/// <param name="Trades">May be empty: what that means depends on what was asked.</param>
/// <param name="LastNs">The venue's cursor: the stamp of the last trade, Unix ns.</param>
public sealed record TradePage(ImmutableArray<TradePrint> Trades, long LastNs);

/// <summary>Funding of one interval, as text: the digits are kept as they came.</summary>
/// <param name="Rate">Absolute, per contract and hour.</param>
/// <param name="RelativeRate">Relative to the index: comparable across contracts.</param>
public readonly record struct FundingRow(long TimeNs, string Rate, string RelativeRate);

/// <summary>What a ticker tells of an instrument's market.</summary>
/// <param name="Name">The venue's name of it, as the answer spells it.</param>
/// <param name="VolumeQuote">Of the last 24 h, in quote currency.</param>
/// <param name="SpreadPpm">(ask − bid) ÷ middle in parts per million; null without both sides.</param>
/// <param name="Price">Middle, mark or last; null when none is told.</param>
public sealed record MarketTicker(string Name, decimal? VolumeQuote, long? SpreadPpm, decimal? Price);
