using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Simulation.Paper;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Circle;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Paper;

/// <summary>
/// The worker on paper in virtual time: market data of a simulated Kraken that never sees its orders.
/// </summary>
internal sealed class PaperCircle : IDisposable
{
    public const string Symbol = ScriptedFeed.Perpetual;
    public const long Quantity = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-paper-").FullName;
    private readonly MemoryLogFile _log = new();
    private readonly CircleOptions _options;

    public PaperCircle(
        ulong seed = 1, bool trades = false, VenueOptions? venue = null, FeedSockets? sockets = null)
    {
        Venue = new SimulatedKraken((venue ?? new VenueOptions()) with { Seed = seed });
        _options = new CircleOptions
        {
            Venue = new VenueOptions { Seed = seed },
            Mark = "paper:kraken",
            // A cap of nothing: the gate refuses every signal, so the account holds what the operator entered alone.
            Limits = trades ? new() : Circles.OperatorOnly,
            Sockets = sockets ?? new(),
        };
        Start();
        Run(TimeSpan.FromSeconds(15));
    }

    public SimulatedKraken Venue { get; }

    public RecordingWire Outer { get; private set; } = null!;

    public PaperWire Wire { get; private set; } = null!;

    public CircleWorker Worker { get; private set; } = null!;

    public VenueOracle Oracle => Wire.Oracle;

    public long Position => Oracle.PositionLots(Symbol);

    public byte[] Account => File.ReadAllBytes(Path.Combine(_folder, "paper-account.json"));

    public OracleOrder[] Stops =>
        [.. Oracle.LiveOrders.Where(order => order.Symbol == Symbol && order.Type == VenueOrderType.StopLoss)];

    public bool Run(TimeSpan duration, Func<bool>? watch = null)
    {
        long endNs = Venue.NowNs + (duration.Ticks * 100);
        while (true)
        {
            long dueNs = Math.Max(Venue.NowNs, Math.Min(Wire.NextDueNs, Worker.NextDueNs));
            if (dueNs > endNs) break;
            Venue.AdvanceTo(dueNs);
            Worker.Step(dueNs);
            if (watch?.Invoke() == true) return true;
        }

        Venue.AdvanceTo(endNs);
        return false;
    }

    public bool Until(Func<bool> condition, double seconds) =>
        condition() || Run(TimeSpan.FromSeconds(seconds), condition);

    /// <summary>Enters at the market, with a stop at a distance in hundredths of a percent.</summary>
    public void Enter(Side side = Side.Buy, int stopPoints = 200)
    {
        long price = Oracle.LastPrice(Symbol);
        int sign = side == Side.Buy ? 1 : -1;
        Worker.Operate(
            new AccountRecord
            {
                Kind = AccountEventKind.Enter,
                InstrumentId = Worker.IdOf(Symbol),
                Side = side,
                Quantity = Quantity,
                QuantityDecimals = 4,
                Price = price + (sign * price / 100),
                TriggerPrice = price - (sign * price * stopPoints / 10_000),
                PriceDecimals = 0,
            },
            Venue.NowNs);
    }

    public void Exit() => Worker.Operate(
        new AccountRecord { Kind = AccountEventKind.Exit, InstrumentId = Worker.IdOf(Symbol) }, Venue.NowNs);

    /// <summary>The process dies: its sockets close, its memory is gone, the market lives on for a while.</summary>
    public void Restart(TimeSpan down)
    {
        Worker.Vanish();
        _log.CutPower();
        Venue.AdvanceTo(Venue.NowNs + (down.Ticks * 100));
        Start();
    }

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Start()
    {
        Outer = new RecordingWire(new VirtualWire(Venue));
        Wire = PaperKraken.Over(Outer, _folder, _options, out string fault)
            ?? throw new InvalidOperationException(fault);
        IntentLog? log = IntentLog.Open(_log, _options.Mark, out List<IntentRecord> recovered, out _);
        Assert.NotNull(log);
        uint epoch = recovered.Count == 0 ? 0 : recovered.Max(record => record.Epoch);
        Worker = new CircleWorker(_options, Wire, log, epoch + 1, Venue.NowNs);
    }
}
