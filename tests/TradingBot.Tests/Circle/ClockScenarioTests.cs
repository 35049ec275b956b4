using System;
using System.IO;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Dashboard;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>A worker whose clock is not the venue's, in virtual time.</summary>
public sealed class ClockScenarioTests
{
    private const long Second = 1_000_000_000;
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Fact]
    public void Clocks_that_part_refuse_entries_alone_and_clocks_that_meet_let_them_in_again()
    {
        using ApartCircle circle = new();
        circle.Run(20);
        Assert.Equal("", circle.Enter());
        Assert.True(circle.Until(() => circle.Venue.Oracle.PositionLots(Circles.Symbol) != 0, 10), "not filled");
        Assert.True(circle.Until(() => circle.Venue.Oracle.UnprotectedCurrentNs(Circles.Symbol) == 0, 10), "no stop");

        // The machine slept: the venue is five seconds further.
        circle.Sleep(5 * Second);
        Assert.True(circle.Until(() => circle.Worker.Clock.IsClosed, 20), "not noticed");
        Assert.Equal("clock_skew", circle.Enter());
        Assert.InRange(circle.Worker.Clock.SkewNs, -5_100_000_000, -4_800_000_000);
        circle.Worker.Operate(
            new AccountRecord
            {
                Kind = AccountEventKind.MoveStop,
                InstrumentId = circle.Worker.IdOf(Circles.Symbol),
                TriggerPrice = circle.Venue.Oracle.LastPrice(Circles.Symbol) * 975 / 1000,
            },
            circle.NowNs);
        Assert.Equal("", circle.Operate(AccountEventKind.Exit));
        Assert.True(circle.Until(() => circle.Venue.Oracle.PositionLots(Circles.Symbol) == 0, 10), "no exit");

        // As if somebody had set the machine's clock right.
        circle.Leap(5 * Second);
        circle.Run(20);
        Assert.Equal("clock_skew", circle.Enter());
        Assert.True(circle.Until(() => !circle.Worker.Clock.IsClosed, 90), "stays shut");
        circle.Run(30);
        Assert.Equal("", circle.Enter());
    }

    [Fact]
    public void A_clock_ahead_from_the_start_is_told_by_status_metrics_readiness_and_a_line()
    {
        using ApartCircle circle = new(apartNs: 8 * Second);
        Assert.True(circle.Until(() => circle.Worker.Clock.IsClosed, 60), "not noticed");
        Assert.Equal("clock_skew", circle.Enter());
        byte[] bytes = WorkerStatus.Of(circle.Worker, "paper", "simulated", circle.NowNs, circle.NowNs, store: null);
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement venue = document.RootElement.GetProperty("venue_state");
        Assert.False(venue.GetProperty("derivatives").GetProperty("entries").GetBoolean());
        JsonElement clock = venue.GetProperty("clock");
        Assert.Equal("apart", clock.GetProperty("state").GetString());
        Assert.InRange(clock.GetProperty("least_ms").GetDouble(), 6_000, 8_000);
        Assert.InRange(clock.GetProperty("most_ms").GetDouble(), 8_000, 8_200);
        string metrics = StatusMetrics.Of(bytes);
        Assert.Contains("tradingbot_clock_state 2", metrics, Ordinal);
        Assert.Contains("tradingbot_clock_closings_total 1", metrics, Ordinal);
        string ready = Readiness.Of(bytes, TimeSpan.Zero, TimeSpan.FromSeconds(3)).ToString();
        Assert.Contains("FAIL clock: ", ready, Ordinal);
        using StringWriter lines = new();
        ClockLine line = new(lines);
        line.Look(circle.Worker.Clock);
        line.Look(circle.Worker.Clock);
        Assert.StartsWith("NO ENTRIES: this machine's clock less the venue's is ", lines.ToString(), Ordinal);
        Assert.Single(lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void What_the_clock_refused_is_refused_again_by_the_journal_I5()
    {
        MemoryLogFile journal = new();
        string state;
        using (ApartCircle circle = new(journal: journal))
        {
            circle.Run(20);
            circle.Sleep(4 * Second);
            Assert.True(circle.Until(() => circle.Worker.Clock.IsClosed, 20), "not noticed");
            Assert.Equal("clock_skew", circle.Enter());
            circle.Run(5);
            state = StateHash.Of(circle.Worker.Engine);
        }

        JournalReplay replay = CircleJournalTests.Replay(Journals.Content(journal));
        Assert.Null(replay.Divergence);
        Assert.Equal(state, replay.StateHashText);
        Assert.True(replay.Worker.Clock.IsClosed);
        int id = replay.Worker.IdOf(Circles.Symbol);
        Assert.Equal(1, replay.Worker.Engine.Gate.CountOf(id, Refusal.ClockSkew));
    }

    /// <summary>Worker and venue by calls, each with a clock of its own.</summary>
    private sealed class ApartCircle : IDisposable
    {
        private readonly MemoryLogFile _file = new();
        private readonly InputJournal? _journal;
        private readonly ApartWire _wire;

        public ApartCircle(long apartNs = 0, MemoryLogFile? journal = null)
        {
            CircleOptions options = new() { Limits = Circles.OperatorOnly };
            Venue = new SimulatedKraken(options.Venue);
            _wire = new ApartWire(new VirtualWire(Venue)) { ApartNs = apartNs };
            JournaledLogFile file = new(_file);
            IntentLog log = IntentLog.Open(file, options.Mark, out _, out _)!;
            if (journal is not null)
            {
                _journal = WorkerJournal.Begin(journal, options, log, 1, NowNs, folder: null, waits: true);
                file.Journal = _journal;
            }

            Worker = new CircleWorker(options, _wire, log, 1, NowNs, _journal);
        }

        public SimulatedKraken Venue { get; }

        public CircleWorker Worker { get; }

        /// <summary>The worker's time.</summary>
        public long NowNs => Venue.NowNs + _wire.ApartNs;

        public void Run(double seconds) => Until(() => false, seconds);

        public bool Until(Func<bool> condition, double seconds)
        {
            long endNs = NowNs + (long)(seconds * 1e9);
            while (!condition())
            {
                long dueNs = Math.Max(NowNs, Math.Min(_wire.NextDueNs, Worker.NextDueNs));
                if (dueNs > endNs) return false;
                Venue.AdvanceTo(dueNs - _wire.ApartNs);
                Worker.Step(dueNs);
            }

            return true;
        }

        /// <summary>The venue goes on, the worker's clock does not.</summary>
        public void Sleep(long ns)
        {
            Venue.AdvanceTo(Venue.NowNs + ns);
            _wire.ApartNs -= ns;
        }

        public void Leap(long ns) => _wire.ApartNs += ns;

        public string Enter()
        {
            long price = Venue.Oracle.LastPrice(Circles.Symbol);
            return Worker.Operate(
                new AccountRecord
                {
                    Kind = AccountEventKind.Enter,
                    InstrumentId = Worker.IdOf(Circles.Symbol),
                    Side = Side.Buy,
                    Quantity = Circles.Quantity,
                    QuantityDecimals = 4,
                    Price = price * 101 / 100,
                    TriggerPrice = price * 98 / 100,
                },
                NowNs);
        }

        public string Operate(AccountEventKind kind) => Worker.Operate(
            new AccountRecord { Kind = kind, InstrumentId = Worker.IdOf(Circles.Symbol) }, NowNs);

        public void Dispose()
        {
            Worker.EndJournal();
            _journal?.Dispose();
            _file.Dispose();
        }
    }

    /// <summary>A wire whose two ends do not agree on the time.</summary>
    private sealed class ApartWire(IWire wire) : IWire
    {
        /// <summary>The worker's time less the venue's.</summary>
        public long ApartNs { get; set; }

        public long NextDueNs => wire.NextDueNs == long.MaxValue ? long.MaxValue : wire.NextDueNs + ApartNs;

        public long ClockNs => wire.ClockNs + ApartNs;

        public int Open(WireEndpoint endpoint) => wire.Open(endpoint);

        public void Close(int connection) => wire.Close(connection);

        public bool Send(int connection, ReadOnlySpan<byte> frame) => wire.Send(connection, frame);

        public int Request(WireRequest request) => wire.Request(request);

        public bool TryReceive(long nowNs, out WireEvent wireEvent) => wire.TryReceive(nowNs - ApartNs, out wireEvent);
    }
}
