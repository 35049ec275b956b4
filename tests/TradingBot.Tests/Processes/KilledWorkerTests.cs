using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Database;
using TradingBot.Tests.Loopback;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Processes;

/// <summary>
/// SIGKILL against the real process, over sockets, again and again on one folder and one account; the venue lives on
/// in this process and tells what it knows.
/// </summary>
public sealed class KilledWorkerTests : IDisposable
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>What the venue grants from a worker's first contact on.</summary>
    private const long NakedMaxNs = 15 * SecondNs;

    private const long TwoStopsMaxNs = 90 * SecondNs;

    /// <summary>Between two looks of the watch.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(25);

    /// <summary>How long a kill waits for its order in a market that gives nothing to trade.</summary>
    private static readonly TimeSpan LifeMax = TimeSpan.FromSeconds(45);

    /// <summary>For a machine that is busy with other things; spent only on a failure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-killed").FullName;
    private readonly VenueWatch _watch = new();
    private readonly ArrivedOrders _arrived = new();
    private readonly List<IntentRecord> _log = [];
    private readonly FaultPlan _faults = new();
    private readonly Lock _gate = new();
    private WorkerProcess? _victim;
    private OrderRole _deadlyRole;
    private bool _isRefused;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What a kill waits for.</summary>
    private enum Moment
    {
        /// <summary>Before or while the worker opens its folder, its page and its sockets.</summary>
        Starting,

        /// <summary>Any time in the first seconds after contact.</summary>
        Trading,

        /// <summary>An entry has just reached the venue: its intent is durable, and no answer has left.</summary>
        EntryInFlight,

        /// <summary>The same, and then the venue refuses it.</summary>
        RefusedEntryInFlight,

        /// <summary>The same of a stop.</summary>
        StopInFlight,
    }

    [Fact]
    public async Task Killed_at_any_moment_it_loses_no_intent_doubles_no_entry_and_protects_again_I1_I2_I3_I12_I13()
    {
        Random random = Seed.Random(20261128, "kill -9 of the worker");
        int kills = Seed.Count(ci: 4, full: 50);
        VenueOptions options = new() { Seed = (ulong)random.Next(), Activity = 150, Faults = _faults };
        LoopbackOptions loopback = new() { Arrived = OnArrival };
        CancellationToken token = TestContext.Current.CancellationToken;
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(options, loopback, token);
        string config = WorkerProcess.Configure(_folder, venue);
        int inFlight = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            Moment moment = MomentOf(kill);
            await KillAsync(venue, config, moment, random);
            int unanswered = TakeLog();
            if (unanswered > 0) inFlight++;
            Say($"kill {kill + 1,2} {moment,-20} {unanswered} in flight, log {_log.Count,4}, covered "
                + $"{Seconds(_watch.ProtectedAfterNs)} after contact, longest naked {Seconds(_watch.NakedNs)}, "
                + $"two stops {Seconds(_watch.TwoStopsNs)}, entries filled {_watch.EntriesFilled}");
        }

        await SettleAsync(venue, config);
        Say($"{kills} kills, {inFlight} between intent and answer; {_arrived.Ids.Length} orders reached the venue, "
            + $"{_watch.EntriesFilled} fills of entries, {_watch.StopsFilled} of stops");
        Assert.True(inFlight >= Math.Max(1, kills / 5), $"only {inFlight} kills struck between intent and answer");
        Assert.True(_watch.EntriesFilled > 0, "nothing was traded");
    }

    /// <summary>Of five kills two strike while an order is in flight, and of ten one while the worker starts.</summary>
    private static Moment MomentOf(int kill) => (kill % 10) switch
    {
        0 or 4 => Moment.EntryInFlight,
        2 => Moment.StopInFlight,
        6 => Moment.RefusedEntryInFlight,
        7 => Moment.Starting,
        _ => Moment.Trading,
    };

    private static string Seconds(long ns) =>
        ns < 0 ? "never" : string.Create(CultureInfo.InvariantCulture, $"{ns / 1e9:0.00} s");

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    /// <summary>One life: starts, comes to its moment and is killed; everything on the way is judged.</summary>
    private async Task KillAsync(LoopbackKraken venue, string config, Moment moment, Random random)
    {
        _watch.BeginLife();
        using WorkerProcess worker = WorkerProcess.Start(_folder, "--config", config);
        long begunNs = venue.Ask(v => v.NowNs);
        long startingNs = random.Next(20, 1_500) * 1_000_000L;
        long tradingNs = random.Next(0, 6_000) * 1_000_000L;
        using CancellationTokenSource late = new(LifeMax);
        while (!worker.HasExited)
        {
            long nowNs = Look(venue);
            bool isDue = moment == Moment.Starting ? nowNs - begunNs >= startingNs
                : moment == Moment.Trading && _watch.ContactNs != 0 && nowNs - _watch.ContactNs >= tradingNs;
            // A stop may take long to be needed: then it is any moment like another.
            if (isDue || late.IsCancellationRequested) worker.Kill();
            else if (moment >= Moment.EntryInFlight && _watch.ProtectedAfterNs >= 0) Arm(worker, moment);
            await Task.Delay(LookEvery, TestContext.Current.CancellationToken);
        }

        (int code, _, string errors) = await worker.EndAsync();
        Assert.True(code == 128 + 9, $"the worker ended by itself, with {code}: {errors}");
        Disarm();
        Look(venue);
    }

    private void Arm(WorkerProcess worker, Moment moment)
    {
        lock (_gate)
        {
            _victim ??= worker;
            _deadlyRole = moment == Moment.StopInFlight ? OrderRole.Stop : OrderRole.Entry;
            _isRefused = moment == Moment.RefusedEntryInFlight;
        }
    }

    private void Disarm()
    {
        lock (_gate) _victim = null;
    }

    /// <summary>The venue's thread: while it stands here no answer leaves.</summary>
    private void OnArrival(VenueArrival arrival)
    {
        _watch.Take(arrival);
        if (_arrived.Take(arrival) is not { } id) return;
        lock (_gate)
        {
            if (_victim is null || id.Role != _deadlyRole) return;
            if (_isRefused) _faults.ArmRefusal("EService:Unavailable");
            _victim.Kill();
            _victim = null;
        }
    }

    /// <summary>Looks, and fails at the first thing that must never be; returns the venue's time.</summary>
    private long Look(LoopbackKraken venue)
    {
        Assert.True(!venue.Completion.IsCompleted, "the venue ended");
        long nowNs = venue.Ask(v =>
        {
            _watch.Look(v);
            return v.NowNs;
        });
        Assert.True(_watch.Broken.Count == 0, string.Join('\n', _watch.Broken));
        Assert.True(_watch.NakedNs <= NakedMaxNs, $"a position without a stop for {Seconds(_watch.NakedNs)}");
        Assert.True(_watch.TwoStopsNs <= TwoStopsMaxNs, $"two stops for {Seconds(_watch.TwoStopsNs)}");
        return nowNs;
    }

    /// <summary>
    /// The log after a death: all that it held before and every order the venue ever saw, each once. Returns the
    /// orders of this life without an answer.
    /// </summary>
    private int TakeLog()
    {
        string path = Path.Combine(_folder, "intents.log");
        List<IntentRecord> records = [];
        if (File.Exists(path))
        {
            using DiskLogFile file = DiskLogFile.Open(path, 0);
            Assert.NotNull(IntentLog.Open(file, "paper:simulated", out records, out IntentLogFault fault));
            Assert.Equal(IntentLogFault.None, fault);
        }

        Assert.True(records.Count >= _log.Count, $"the log shrank from {_log.Count} to {records.Count} records");
        for (int i = 0; i < _log.Count; i++)
        {
            IntentRecord before = _log[i];
            Assert.Equal((before.Kind, before.TimeNs, before.Id), (records[i].Kind, records[i].TimeNs, records[i].Id));
        }

        uint[] epochs = [.. records.Where(record => record.Kind == IntentRecordKind.Epoch).Select(e => e.Epoch)];
        Assert.Equal(Enumerable.Range(1, epochs.Length).Select(epoch => (uint)epoch), epochs);
        HashSet<ClientOrderId> intents = [];
        HashSet<ClientOrderId> answered = [];
        foreach (IntentRecord record in records)
        {
            bool places = record.Kind == IntentRecordKind.Command && record.Command == CommandKind.Place;
            if (places) Assert.True(intents.Add(record.Id), $"{record.Id} is an intent twice");
            else if (record.Kind is IntentRecordKind.Outcome or IntentRecordKind.Fill) answered.Add(record.Id);
        }

        ClientOrderId[] arrived = _arrived.Ids;
        Assert.Equal(arrived.Length, arrived.Distinct().Count());
        Assert.All(arrived, id => Assert.True(intents.Contains(id), $"{id} reached the venue and is not in the log"));
        int unanswered = records.Skip(_log.Count).Count(record => record.Kind == IntentRecordKind.Command
            && record.Command == CommandKind.Place && !answered.Contains(record.Id));
        _log.Clear();
        _log.AddRange(records);
        return unanswered;
    }

    /// <summary>The last life: covers everything, believes what the venue knows, and ends cleanly.</summary>
    private async Task SettleAsync(LoopbackKraken venue, string config)
    {
        _watch.BeginLife();
        using WorkerProcess worker = WorkerProcess.Start(_folder, "--config", config, "--json");
        using SocketsHttpHandler handler = new();
        using HttpClient client = new(handler) { BaseAddress = await worker.PageAsync() };
        using CancellationTokenSource late = new(Patience);
        bool agree = false;
        while (!agree)
        {
            Assert.False(late.IsCancellationRequested, "worker and venue do not come to agree on the positions");
            Assert.False(worker.HasExited, "the worker ended by itself");
            Look(venue);
            await Task.Delay(LookEvery, TestContext.Current.CancellationToken);
            if (_watch.ProtectedAfterNs >= 0 && _watch.IsProtected) agree = await AgreesAsync(client, venue);
        }

        await worker.SignalAsync("TERM");
        (int code, string output, string errors) = await worker.EndAsync();
        Assert.True(code == 0, $"{code}: {errors}");
        TakeLog();
        StoreFolder.AssertRows(Path.Combine(_folder, "state.db"), _log);
        Say(output.Trim());
    }

    private static async Task<bool> AgreesAsync(HttpClient client, LoopbackKraken venue)
    {
        Dictionary<string, decimal> before = venue.Ask(VenueWatch.Positions);
        byte[] bytes = await client.GetByteArrayAsync(
            new Uri("/api/status", UriKind.Relative), TestContext.Current.CancellationToken);
        if (bytes.Length == 0) return false;
        using JsonDocument status = JsonDocument.Parse(bytes);
        if (!status.RootElement.GetProperty("ready").GetBoolean()) return false;
        Dictionary<string, decimal> believed = [];
        foreach (JsonElement position in status.RootElement.GetProperty("positions").EnumerateArray())
        {
            string text = position.GetProperty("quantity").GetString()!;
            decimal quantity = decimal.Parse(text, CultureInfo.InvariantCulture);
            if (quantity != 0) believed.Add(position.GetProperty("symbol").GetString()!, quantity);
        }

        return before.Count == believed.Count
            && before.All(pair => believed.TryGetValue(pair.Key, out decimal held) && held == pair.Value);
    }
}
