using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>Closed bars of one answer, and whether the venue's history begins with them.</summary>
/// <param name="Closed">Proven to be over, oldest first.</param>
/// <param name="IsWhole">They begin well after the venue's window does: the instrument is younger than that.</param>
internal sealed record FetchedBars(IReadOnlyList<BarRow> Closed, bool IsWhole);

/// <summary>Fetches rows of OHLC and charts, and proves which of them are over.</summary>
internal sealed class OhlcFetch(PublicRest rest)
{
    /// <summary>Committed rows that spot keeps, whatever is asked for.</summary>
    public const int SpotRows = 720;

    /// <summary>
    /// Intervals by which a full window may seem short: the running one has no row before its first trade.
    /// </summary>
    private const int WindowSlack = 10;

    /// <summary>After an interval's end the venue may still write to it for so long.</summary>
    public const long CommitNs = 3_000_000_000;

    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Pages of charts at most 2,000 rows each: ten years of minutes are 2,630 of them.</summary>
    private const int ChartPagesMax = 4_000;

    /// <summary>The last 720 rows of a spot instrument.</summary>
    /// <remarks>
    /// A row is over when a newer one exists. The last one is over when the venue's clock is three seconds past its end
    /// and a second answer has the same row.
    /// </remarks>
    public async Task<RestResult<FetchedBars>> SpotAsync(
        InstrumentSpec spec, Timeframe timeframe, CancellationToken cancellationToken)
    {
        PublicQuery query = PublicQuery.SpotOf(
            "OHLC", spec.NameIn(NameDialect.Altname)!,
            string.Create(CultureInfo.InvariantCulture, $"&interval={SpotReader.IntervalOf(timeframe)}"),
            spec.Id, timeframe.ToString());
        RestReader<OhlcPage> read = SpotReader.Ohlc(timeframe, NamesOf(spec));
        RestResult<OhlcPage> first = await rest.GetAsync(query, read, cancellationToken).ConfigureAwait(false);
        if (first.Value is not { } page) return new RestResult<FetchedBars>(null, first.Failure);
        OhlcRow last = page.Rows[^1];
        long provenFromNs = timeframe.CloseTimeOf(last.OpenTimeNs) + CommitNs;
        if (rest.NowNs < provenFromNs) return Fetched(page, timeframe, isLastClosed: false);

        RestResult<VenueTime> time = await rest
            .GetAsync(PublicQuery.Spot("Time"), SpotReader.ReadTime, cancellationToken).ConfigureAwait(false);
        if (time.Value is not { } venue || venue.UnixNs < provenFromNs)
        {
            return Fetched(page, timeframe, isLastClosed: false);
        }

        RestResult<OhlcPage> second = await rest.GetAsync(query, read, cancellationToken).ConfigureAwait(false);
        // Without a second look the last row is as open as it was: the others are good.
        if (second.Value is not { } again) return Fetched(page, timeframe, isLastClosed: false);
        bool isSame = OhlcRow.AreSame(again.Rows[^1], last);
        return Fetched(again, timeframe, isLastClosed: isSame);
    }

    /// <summary>Rows of a contract's chart from a time until now, in as many pages as it takes.</summary>
    /// <param name="symbol">The venue's name of the contract.</param>
    /// <param name="id">Our name.</param>
    /// <param name="tickType">trade, mark or spot: what the prices are of.</param>
    /// <param name="timeframe">Length of the bars.</param>
    /// <param name="fromNs">First open time wanted, Unix ns.</param>
    /// <param name="mayBeEmpty">A contract that was never traded has no rows; one that is traded now must have
    /// some.</param>
    /// <param name="keep">Takes each page's closed bars; a fault ends the walk.</param>
    /// <param name="cancellationToken">The caller wants no more.</param>
    /// <returns>The number of rows handed over, or the failure that ended the walk; kept pages stay kept.</returns>
    public async Task<(long Rows, RestFailure? Failure)> ChartAsync(
        string symbol, string id, string tickType, Timeframe timeframe, long fromNs, bool mayBeEmpty,
        Func<IReadOnlyList<BarRow>, bool> keep, CancellationToken cancellationToken)
    {
        bool hasVolume = tickType == "trade";
        long nextNs = timeframe.OpenTimeOf(fromNs);
        long rows = 0;
        for (int pages = 0; pages < ChartPagesMax; pages++)
        {
            string path = string.Create(CultureInfo.InvariantCulture,
                $"/{tickType}/{Uri.EscapeDataString(symbol)}/{timeframe}?from={nextNs / NanosPerSecond}"
                + $"&to={rest.NowNs / NanosPerSecond}");
            PublicQuery query = PublicQuery.Charts(path) with { Symbol = id, Timeframe = timeframe.ToString() };
            RestResult<OhlcPage> answer = await rest.GetAsync(
                query, DerivativesReader.Charts(timeframe, hasVolume, mayBeEmpty || rows > 0), cancellationToken)
                .ConfigureAwait(false);
            if (answer.Value is not { } page) return (rows, answer.Failure);
            if (page.Rows.Length == 0) return (rows, null);
            OhlcRow last = page.Rows[^1];
            // A chart's last row is over when the next interval is well under way; its clock is ours.
            bool isOver = page.HasMore || rest.NowNs >= timeframe.CloseTimeOf(last.OpenTimeNs) + (20 * CommitNs);
            List<BarRow> closed = [.. page.Rows.Take(page.Rows.Length - (isOver ? 0 : 1)).Select(RowOf)];
            if (!keep(closed)) return (rows, null);
            rows += closed.Count;
            long afterNs = timeframe.CloseTimeOf(last.OpenTimeNs);
            if (!page.HasMore || afterNs <= nextNs) return (rows, null);
            nextNs = afterNs;
        }

        return (rows, null);
    }

    /// <summary>Every name of an instrument that is in use: what an answer may call it.</summary>
    public static string[] NamesOf(InstrumentSpec spec) =>
        [.. spec.Names.Where(name => name.IsInUse).Select(name => name.Text)];

    /// <summary>A closed row as it is kept.</summary>
    public static BarRow RowOf(OhlcRow row) => new()
    {
        OpenTimeNs = row.OpenTimeNs,
        Open = row.Open,
        High = row.High,
        Low = row.Low,
        Close = row.Close,
        PriceDecimals = row.PriceDecimals,
        Volume = row.Volume,
        VolumeDecimals = row.VolumeDecimals,
        Count = row.Count,
        Complete = true,
    };

    /// <summary>
    /// Rows are not counted: at the turn of an interval, or of a pair with silent ones, a full window has fewer.
    /// </summary>
    private RestResult<FetchedBars> Fetched(OhlcPage page, Timeframe timeframe, bool isLastClosed)
    {
        int closed = page.Rows.Length - (isLastClosed ? 0 : 1);
        long windowNs = timeframe.OpenTimeOf(rest.NowNs) - ((SpotRows - WindowSlack) * timeframe.LengthNs);
        FetchedBars bars = new([.. page.Rows.Take(closed).Select(RowOf)], page.Rows[0].OpenTimeNs > windowNs);
        return new RestResult<FetchedBars>(bars, null);
    }
}
