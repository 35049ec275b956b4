using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Values;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Journal;
using TradingBot.Tests.Loopback;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>Two starts of the worker over real sockets; then everything again without any.</summary>
public sealed class LiveJournalTests
{
    private const int Entries = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly VenueOptions _venue = new()
    {
        Activity = 12,
        Seed = 5,
        StartNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
    };

    [Fact]
    public async Task Two_starts_over_sockets_are_the_same_again_and_so_is_the_venue_I5()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        ConcurrentQueue<VenueArrival> arrivals = [];
        LoopbackOptions loopback = new() { StartNs = _venue.StartNs, Arrived = arrivals.Enqueue };
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(_venue, loopback, token);
        using MemoryLogFile logFile = new();
        List<byte[]> journals = [];
        List<(ulong Commands, string State)> lives = [];
        for (int life = 0; life < 2; life++)
        {
            MemoryLogFile journal = new();
            LiveRun run = await LiveAsync(kraken, logFile, journal, token);
            lives.Add((run.Worker.CommandHash, StateHash.Of(run.Worker.Engine)));
            journals.Add(Journals.Content(journal));
            Assert.True(run.Worker.Protection.Counters.Fills >= Entries, "nothing was filled");
        }

        for (int life = 0; life < 2; life++)
        {
            JournalReplay? replay = JournalReplay.Open(new MemoryStream(journals[life]), out string error);
            Assert.True(replay is not null, error);
            replay.Run();
            Assert.True(replay.Divergence is null, replay.Divergence?.ToString());
            Assert.Equal(JournalEnd.Ended, replay.Reader.End);
            Assert.Equal(lives[life], (replay.Worker.CommandHash, replay.StateHashText));
            Assert.Equal((uint)life + 1, replay.Header.Epoch);
            Assert.Equal(life == 0, replay.Header.LogRecords == 0);
            Assert.True(replay.SameBuild && replay.Commands.Count >= 2 * Entries, $"{replay.Commands.Count} commands");
        }

        await kraken.DisposeAsync();
        AssertSameVenue([.. arrivals], journals);
    }

    /// <summary>A worker that enters and leaves a few times; ends when that is done.</summary>
    private async Task<LiveRun> LiveAsync(
        LoopbackKraken kraken, MemoryLogFile logFile, MemoryLogFile journalFile, CancellationToken token)
    {
        CircleOptions options = new() { Venue = _venue, Limits = Circles.OperatorOnly };
        VenueAddresses addresses = new(
            kraken.RestUrl, kraken.SpotPublicUrl, kraken.UnifiedPublicUrl, kraken.UnifiedPrivateUrl);
        await using SocketWire wire = new(addresses);
        JournaledLogFile file = new(logFile);
        IntentLog log = IntentLog.Open(file, options.Mark, out List<IntentRecord> recovered, out _)!;
        uint epoch = recovered.Count == 0 ? 1 : recovered.Max(record => record.Epoch) + 1;
        LiveRun run = new(options, wire, log, epoch, "paper", "simulated", journal: startNs =>
            file.Journal = WorkerJournal.Begin(journalFile, options, log, epoch, startNs, folder: null));
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(token);
        Script script = new(run, kraken);
        await Task.Factory.StartNew(
            () => run.Run(Patience, long.MaxValue, () => script.Go(done), done.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        run.Worker.EndJournal();
        run.Worker.Journal!.Dispose();
        Assert.Equal((JournalFault.None, 0L), (run.Worker.Journal.Fault, run.Worker.Journal.RecordsLost));
        Assert.True(script.IsDone, "the script did not come to its end");
        return run;
    }

    /// <summary>
    /// The recorded arrivals, at their times, to a venue in this process: it must send the worker's sockets the frames
    /// they received, byte for byte.
    /// </summary>
    private void AssertSameVenue(VenueArrival[] arrivals, List<byte[]> journals)
    {
        Dictionary<int, List<byte[]>> twin = VenueTwin.Frames(_venue, arrivals);
        int frames = 0;
        int reports = 0;
        HashSet<int> seen = [];
        foreach (byte[] journal in journals)
        {
            foreach (List<byte[]> received in Received(journal))
            {
                // The venue numbers sockets in the order they arrive, which the worker does not see.
                int match = twin.Keys.Single(id => !seen.Contains(id) && IsPrefix(received, twin[id]));
                Assert.True(seen.Add(match));
                frames += received.Count;
                reports += received.Count(frame => frame.AsSpan().StartsWith("{\"channel\":\"executions\""u8));
            }
        }

        Assert.Equal(6, seen.Count);
        Assert.True(frames > 500 && reports > 4 * Entries, $"{frames} frames, {reports} reports");
    }

    /// <summary>What each socket of a journal received, in order; sockets that greet alike differ soon after.</summary>
    private static List<List<byte[]>> Received(byte[] journal)
    {
        Dictionary<int, List<byte[]>> sockets = [];
        foreach (InputRecord record in Journals.Read(journal))
        {
            if (record.Kind != InputRecordKind.Frame) continue;
            if (!sockets.TryGetValue(record.Connection, out List<byte[]>? frames))
            {
                sockets[record.Connection] = frames = [];
            }

            frames.Add(record.Bytes.ToArray());
        }

        return [.. sockets.Values];
    }

    private static bool IsPrefix(List<byte[]> received, List<byte[]> sent)
    {
        if (received.Count > sent.Count) return false;
        for (int i = 0; i < received.Count; i++)
        {
            if (!received[i].AsSpan().SequenceEqual(sent[i])) return false;
        }

        return true;
    }

    /// <summary>Enters, waits for the stop, leaves; on the worker's thread, at every standing.</summary>
    private sealed class Script(LiveRun run, LoopbackKraken kraken)
    {
        private int _acts;
        private int _pause;

        private ProtectionStage Protection => run.Worker.Protection;

        public bool IsDone => _acts == 2 * Entries && IsFlat;

        private bool IsFlat
        {
            get
            {
                for (int i = 0; i < Protection.PositionCount; i++)
                {
                    if (Protection.PositionAt(i).Quantity != 0) return false;
                }

                return true;
            }
        }

        public void Go(CancellationTokenSource done)
        {
            if (IsDone) done.Cancel();
            int id = run.Worker.IdOf(Circles.Symbol);
            if (!Protection.Ready || id < 0 || ++_pause < 2) return;
            bool enters = _acts % 2 == 0;
            if (_acts == 2 * Entries || enters != IsFlat) return;
            _pause = 0;
            _acts++;
            long price = kraken.Ask(venue => venue.Oracle.LastPrice(Circles.Symbol));
            AccountRecord act = new()
            {
                Kind = enters ? AccountEventKind.Enter : AccountEventKind.Exit,
                InstrumentId = id,
                Side = Side.Buy,
                Quantity = enters ? Circles.Quantity : 0,
                QuantityDecimals = 4,
                Price = enters ? price * 101 / 100 : 0,
                TriggerPrice = enters ? price * 98 / 100 : 0,
            };
            run.Worker.Operate(in act, run.NowNs);
        }
    }
}
