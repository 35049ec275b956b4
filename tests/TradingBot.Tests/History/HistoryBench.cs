using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Tests.Rest;
using TradingBot.Worker.History;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>A venue that is a list of trades, a server in front of it, and a store behind the backfill.</summary>
internal sealed class HistoryBench : IAsyncDisposable
{
    private readonly StandIn _server;
    private readonly CandleStore _candles;

    private HistoryBench(StandIn server, TapeVenue venue, string folder)
    {
        _server = server;
        Venue = venue;
        Folder = folder;
        CandleOpening opening = CandleStore.Open(StorePlace.OfFile(StorePath), TimeProvider.System);
        Assert.Null(opening.Fault);
        _candles = opening.Store!;
    }

    public TapeVenue Venue { get; }

    public string Folder { get; }

    public string StorePath => Path.Combine(Folder, "candles.db");

    public Uri Url => _server.Url;

    public IEnumerable<string> Asked => _server.Asked;

    public List<RestFailure> Failures { get; } = [];

    public UniverseState State { get; set; } = new();

    public static async Task<HistoryBench> StartAsync(TapeVenue venue)
    {
        StandIn server = await StandIn.StartAsync(venue.Answer);
        return new HistoryBench(server, venue, Directory.CreateTempSubdirectory("history").FullName);
    }

    public static Timeframe Of(string text) => Timeframe.TryParse(text, out Timeframe timeframe) ? timeframe : default;

    public async Task<HistoryOutcome> RunAsync(
        string timeframes, long? sinceNs = null, string[]? symbols = null, UniverseOptions? wishes = null,
        TimeProvider? time = null)
    {
        PublicRestOptions options = PublicRestOptions.Loopback(Url) with
        {
            RetriesMax = 1,
            RetryPause = TimeSpan.FromMilliseconds(1),
            Timeout = TimeSpan.FromSeconds(2),
        };
        object gate = new();
        using PublicRest rest = new(options, time ?? TimeProvider.System, failure =>
        {
            lock (gate) Failures.Add(failure);
        });
        using HistoryStore store = new(_candles);
        HistoryRun run = new(
            rest, store, wishes ?? new UniverseOptions(),
            new BackfillOptions { Timeframes = [.. timeframes.Split(',').Select(Of)], SinceNs = sinceNs }, []);
        HistoryOutcome outcome =
            await run.RunAsync(State, symbols ?? [], _ => { }, TestContext.Current.CancellationToken);
        Assert.Null(store.Fault);
        State = outcome.State;
        return outcome;
    }

    public List<BarRow> Rows(string symbol, string timeframe, BarSource source = BarSource.SpotRest)
    {
        List<BarRow> rows = [];
        Assert.Null(_candles.Read(new SeriesKey(symbol, source, Of(timeframe)), 0, long.MaxValue, rows));
        return rows;
    }

    public List<BarGap> Gaps(string symbol, string timeframe)
    {
        List<BarGap> gaps = [];
        Assert.Null(_candles.ReadGaps(new SeriesKey(symbol, BarSource.SpotRest, Of(timeframe)), gaps));
        return gaps;
    }

    public async ValueTask DisposeAsync()
    {
        _candles.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
