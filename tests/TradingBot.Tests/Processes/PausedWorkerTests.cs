using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Loopback;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Processes;

/// <summary>
/// SIGSTOP against the real process, over sockets: when an entry has just reached the venue, when a stop has, at any
/// time. Judged at the venue.
/// </summary>
public sealed class PausedWorkerTests : IDisposable
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>A position's grace, and what two cores that others use may add.</summary>
    private const long NakedMaxNs = 7 * SecondNs;

    /// <summary>What the configuration gives an entry, which is less than its deadline of 5 s.</summary>
    private const long EntryLifeNs = 3 * SecondNs;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a pause waits for its order.</summary>
    private static readonly TimeSpan LifeMax = TimeSpan.FromSeconds(45);

    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-paused").FullName;
    private readonly ArrivedOrders _arrived = new();
    private readonly Lock _gate = new();
    private WorkerProcess? _worker;
    private OrderRole _role;
    private int _entries;
    private int _stale;
    private long _worstDelayNs;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Stopped_for_a_tenth_of_a_second_to_half_a_minute_it_sends_no_stale_entry_and_protects_again_I1()
    {
        Random random = Seed.Random(20261129, "SIGSTOP of the worker");
        int pauses = Seed.Count(ci: 10, full: 200);
        // Half a minute is for the full count; six seconds are beyond an entry's deadline and a socket's silence.
        double longest = Seed.Count(ci: 6, full: 30);
        VenueOptions options = new() { Seed = (ulong)random.Next(), Activity = 150 };
        LoopbackOptions loopback = new() { Arrived = OnArrival };
        CancellationToken token = TestContext.Current.CancellationToken;
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(options, loopback, token);
        string config = WorkerProcess.Configure(_folder, venue);
        using WorkerProcess worker = WorkerProcess.Start(_folder, "--config", config);
        await worker.GreetingAsync();
        long nakedMaxNs = 0;
        for (int pause = 0; pause < pauses; pause++)
        {
            // One in five is the 200 ms of a machine that swaps, one the longest.
            double seconds = (pause % 5) switch
            {
                0 => 0.2,
                4 => pause == pauses - 1 || pause % 20 == 4 ? longest : 1.2,
                _ => 0.1 * Math.Pow(20, random.NextDouble()),
            };
            OrderRole role = (pause % 3) switch { 0 => OrderRole.Entry, 1 => OrderRole.Stop, _ => OrderRole.None };
            await StopAsync(worker, role, random);
            await Task.Delay(TimeSpan.FromSeconds(seconds), token);
            long resumedNs = venue.Ask(v => v.NowNs);
            await worker.SignalAsync("CONT");
            long nakedNs = await WatchAsync(venue, worker, resumedNs);
            nakedMaxNs = Math.Max(nakedMaxNs, nakedNs);
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"pause {pause + 1,3} of {seconds,5:0.00} s at {role,-5}: naked {nakedNs / 1e9:0.000} s after it"));
        }

        await worker.SignalAsync("TERM");
        (int code, _, string errors) = await worker.EndAsync();
        Assert.True(code == 0, $"{code}: {errors}");
        Assert.Equal(0, _stale);
        Assert.True(_entries > 0, "no entry was ever sent");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{pauses} pauses, {_entries} entries, none stale, the oldest {_worstDelayNs / 1e6:0} ms after its decision"
            + $"; longest naked after a pause {nakedMaxNs / 1e9:0.000} s"));
    }

    /// <summary>Stops the process when the next order of the role reaches the venue; None: at any time.</summary>
    private async Task StopAsync(WorkerProcess worker, OrderRole role, Random random)
    {
        if (role == OrderRole.None)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1_500)), TestContext.Current.CancellationToken);
            await worker.SignalAsync("STOP");
            return;
        }

        lock (_gate) (_worker, _role) = (worker, role);
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            Assert.False(worker.HasExited, "the worker ended by itself");
            lock (_gate)
            {
                if (_worker is null) return;
                if (waited.Elapsed > LifeMax)
                {
                    // The market gives nothing to trade: any time will do.
                    _worker = null;
                    break;
                }
            }

            await Task.Delay(LookEvery, TestContext.Current.CancellationToken);
        }

        await worker.SignalAsync("STOP");
    }

    /// <summary>Longest time without a stop since it went on, until all is protected and a second more.</summary>
    private static async Task<long> WatchAsync(LoopbackKraken venue, WorkerProcess worker, long resumedNs)
    {
        long worstNs = 0;
        long coveredSinceNs = 0;
        while (true)
        {
            Assert.False(worker.HasExited, "the worker ended by itself");
            (long nowNs, long nakedNs) = venue.Ask(v =>
            {
                long most = 0;
                foreach (var one in VenueInstruments.Perpetuals)
                {
                    most = Math.Max(most, v.Oracle.UnprotectedCurrentNs(one.Symbol));
                }

                return (v.NowNs, most);
            });
            worstNs = Math.Max(worstNs, Math.Min(nakedNs, nowNs - resumedNs));
            Assert.True(worstNs <= NakedMaxNs, $"without a stop for {worstNs / 1e9} s after the pause");
            if (nakedNs > 0) coveredSinceNs = 0;
            else if (coveredSinceNs == 0) coveredSinceNs = nowNs;
            else if (nowNs - coveredSinceNs > SecondNs) return worstNs;
            await Task.Delay(LookEvery, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The venue's thread: while it stands here no answer leaves.</summary>
    private void OnArrival(VenueArrival arrival)
    {
        if (_arrived.Take(arrival) is not { } id) return;
        if (id.Role == OrderRole.Entry) Judge(arrival);
        lock (_gate)
        {
            if (_worker is null || id.Role != _role) return;
            using Process stop = Process.Start("kill", ["-STOP", _worker.Id.ToString(CultureInfo.InvariantCulture)]);
            stop.WaitForExit();
            _worker = null;
        }
    }

    /// <summary>Stale is what arrives after the moment that the order itself names.</summary>
    private void Judge(VenueArrival arrival)
    {
        using JsonDocument json = JsonDocument.Parse(arrival.Frame);
        JsonElement order = json.RootElement.GetProperty("params");
        Assert.True(order.TryGetProperty("deadline", out JsonElement deadline), "an entry without a deadline");
        long deadlineNs = (deadline.GetDateTimeOffset() - DateTimeOffset.UnixEpoch).Ticks * 100;
        Interlocked.Increment(ref _entries);
        if (arrival.TimeNs > deadlineNs) Interlocked.Increment(ref _stale);
        long delayNs = arrival.TimeNs - (deadlineNs - EntryLifeNs);
        _worstDelayNs = Math.Max(_worstDelayNs, delayNs);
    }
}
