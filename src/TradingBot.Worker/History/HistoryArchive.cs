// In:     derivatives contracts.   Out: all their funding as files, and their charts of trades, mark and index as rows.
// Thread: one task.
// Keeps:  nothing that was kept is taken back when the venue shows less; a restart goes on behind the newest row.
// Budget: some requests per contract and timeframe, four a second.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>What the archive has of one contract.</summary>
internal sealed record ArchiveReport(string Id)
{
    public long FundingRows { get; set; }

    public long ChartRows { get; set; }

    public RestFailure? Failure { get; set; }
}

/// <summary>
/// Keeps what Kraken announces no successor for after 2027-03-01: funding rates, and charts of derivatives.
/// </summary>
internal sealed class HistoryArchive(
    PublicRest rest, HistoryStore store, string fundingFolder, IReadOnlyList<Timeframe> timeframes, long sinceNs,
    Action<BackfillProgress> told)
{
    private const string Header = "time,funding_rate,relative_funding_rate";

    /// <summary>What a chart may be of, and what its symbol is called in the store.</summary>
    private static readonly (string TickType, string Suffix)[] Charts =
        [("trade", ""), ("mark", ":mark"), ("spot", ":index")];

    private readonly OhlcFetch _fetch = new(rest);
    private long _rows;

    public async Task<IReadOnlyList<ArchiveReport>> RunAsync(
        IReadOnlyList<InstrumentSpec> contracts, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(fundingFolder);
        List<ArchiveReport> reports = [];
        double done = 0;
        double total = contracts.Count * (1 + (Charts.Length * timeframes.Count));
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, store.Broken);
        try
        {
            foreach (InstrumentSpec spec in contracts)
            {
                ArchiveReport report = new(spec.Id);
                reports.Add(report);
                string symbol = spec.NameIn(NameDialect.Derivatives)!;
                await FundingAsync(symbol, spec, report, either.Token).ConfigureAwait(false);
                Tell(spec.Id, ++done, total);
                foreach ((string tickType, string suffix) in Charts)
                {
                    foreach (Timeframe timeframe in timeframes)
                    {
                        await ChartAsync(symbol, spec.Id + suffix, tickType, timeframe, report, either.Token)
                            .ConfigureAwait(false);
                        Tell(spec.Id, ++done, total);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What is kept is kept.
        }

        return reports;
    }

    private void Tell(string id, double done, double total) =>
        told(new BackfillProgress(id, done, total, _rows, 0, "archive", rest.Requests, total - done));

    private async Task ChartAsync(
        string symbol, string id, string tickType, Timeframe timeframe, ArchiveReport report,
        CancellationToken cancellationToken)
    {
        SeriesKey key = new(id, BarSource.PerpRest, timeframe);
        if (!store.TryReadLast(key, out BarRow? last)) return;
        // Rows that a backfill left do not reach back: then the archive begins at its own beginning.
        bool wasArchived = store.TryReadProgress(TaskOf(key), out TaskProgress? progress) && progress is not null;
        long fromNs = wasArchived && last is { } newest ? newest.OpenTimeNs : sinceNs;
        (long rows, RestFailure? failure) = await _fetch.ChartAsync(
            symbol, id, tickType, timeframe, fromNs, mayBeEmpty: true,
            closed =>
            {
                bool isKept = store.TryWrite(
                    key, [.. closed], new TaskProgress(TaskOf(key), closed.Count, ""), out long written);
                _rows += written;
                return isKept;
            },
            cancellationToken).ConfigureAwait(false);
        report.ChartRows += rows;
        if (failure is not null) report.Failure = failure;
    }

    private static string TaskOf(SeriesKey key) => $"archive {key}";

    private async Task FundingAsync(
        string symbol, InstrumentSpec spec, ArchiveReport report, CancellationToken cancellationToken)
    {
        bool hasFunding = spec.Kind is InstrumentKind.LinearPerpetual or InstrumentKind.InversePerpetual;
        if (!hasFunding) return;
        string path = "/v4/historicalfundingrates?symbol=" + Uri.EscapeDataString(symbol);
        PublicQuery query = PublicQuery.Derivatives(path) with { Symbol = spec.Id, Timeframe = "funding" };
        RestResult<IReadOnlyList<FundingRow>> answer = await rest.GetAsync<IReadOnlyList<FundingRow>>(
            query, DerivativesReader.ReadFunding, cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { } rates)
        {
            report.Failure = answer.Failure;
            return;
        }

        report.FundingRows = Merge(Path.Combine(fundingFolder, spec.Id + ".csv"), rates);
    }

    /// <summary>Adds rates to the contract's file, whole or not at all; a rate that is there stays as it is.</summary>
    private static long Merge(string path, IReadOnlyList<FundingRow> rates)
    {
        SortedDictionary<string, string> lines = new(StringComparer.Ordinal);
        if (File.Exists(path))
        {
            foreach (string line in File.ReadAllLines(path)[1..]) lines[line.Split(',')[0]] = line;
        }

        foreach (FundingRow rate in rates)
        {
            string time = DateTimeOffset.UnixEpoch.AddTicks(rate.TimeNs / 100)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            lines.TryAdd(time, $"{time},{rate.Rate},{rate.RelativeRate}");
        }

        StringBuilder text = new(Header + "\n");
        foreach (string line in lines.Values) text.Append(line).Append('\n');
        File.WriteAllText(path + ".new", text.ToString());
        File.Move(path + ".new", path, overwrite: true);
        return lines.Count;
    }
}
