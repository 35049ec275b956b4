using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Values;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Loopback;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>
/// A worker on a thread of its own, in real time and over sockets, beside a simulated Kraken; without signals of its
/// own, so that only what the test enters is traded.
/// </summary>
internal sealed class SocketCircle : IAsyncDisposable
{
    /// <summary>For a machine that is busy with other things; spent only on a failure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const long SecondNs = 1_000_000_000;

    private readonly ConcurrentQueue<Action> _acts = [];
    private readonly CancellationTokenSource _stop =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private readonly MemoryLogFile _file = new();
    private readonly ArrivedOrders _arrived;
    private readonly SocketWire _wire;
    private readonly LiveRun _run;
    private readonly Task _running;
    private volatile bool _isReady;

    private SocketCircle(LoopbackKraken venue, VenueOptions options, ArrivedOrders arrived)
    {
        Venue = venue;
        _arrived = arrived;
        _wire = new SocketWire(new VenueAddresses(
            venue.RestUrl, venue.SpotPublicUrl, venue.UnifiedPublicUrl, venue.UnifiedPrivateUrl));
        CircleOptions circle = new()
        {
            Venue = options,
            Limits = Circles.OperatorOnly,
            // Far from the market, so that nothing triggers; looked after often, so that the test is short.
            Protection = new()
            {
                SweepIntervalNs = 2 * SecondNs,
                SnapshotIntervalNs = 2 * SecondNs,
                TakeProfit = false,
            },
        };
        IntentLog log = IntentLog.Open(_file, circle.Mark, out _, out _)!;
        _run = new LiveRun(circle, _wire, log, 1, "paper", "simulated");
        _running = Task.Factory.StartNew(
            () => _run.Run(TimeSpan.FromMinutes(10), long.MaxValue, Act, _stop.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public LoopbackKraken Venue { get; }

    /// <summary>Entries that reached the venue, whatever became of them.</summary>
    public int EntriesArrived => _arrived.Ids.Count(id => id.Role == OrderRole.Entry);

    /// <summary>Up, with the account known, and with a price for the instrument.</summary>
    public static async Task<SocketCircle> StartAsync(FaultPlan faults)
    {
        VenueOptions options = new() { Activity = 12, Faults = faults };
        ArrivedOrders arrived = new();
        LoopbackOptions loopback = new() { Arrived = arrival => arrived.Take(arrival) };
        LoopbackKraken venue =
            await LoopbackKraken.StartAsync(options, loopback, TestContext.Current.CancellationToken);
        SocketCircle circle = new(venue, options, arrived);
        bool isUp = await circle.UntilAsync(_ => circle._isReady);
        if (!isUp) await circle.DisposeAsync();
        Assert.True(isUp, "the worker did not come up");
        return circle;
    }

    /// <summary>Buys at the market with a stop 2 % away, as an operator would.</summary>
    public void Enter()
    {
        long price = Venue.Ask(venue => venue.Oracle.LastPrice(Circles.Symbol));
        _acts.Enqueue(() =>
        {
            AccountRecord act = new()
            {
                Kind = AccountEventKind.Enter,
                InstrumentId = _run.Worker.IdOf(Circles.Symbol),
                Side = Side.Buy,
                Quantity = Circles.Quantity,
                QuantityDecimals = 4,
                Price = price * 101 / 100,
                TriggerPrice = price * 98 / 100,
            };
            _run.Worker.Operate(in act, _run.NowNs);
        });
    }

    /// <summary>Asks or tells the worker on its own thread, with its time.</summary>
    public Task<T> AskWorkerAsync<T>(Func<CircleWorker, long, T> question)
    {
        TaskCompletionSource<T> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _acts.Enqueue(() => asked.SetResult(question(_run.Worker, _run.NowNs)));
        return asked.Task;
    }

    /// <summary>Asks the worker until it says yes; false when it does not in a minute.</summary>
    public async Task<bool> UntilWorkerAsync(Predicate<CircleWorker> condition)
    {
        using CancellationTokenSource late = new(Patience);
        while (!await AskWorkerAsync((worker, _) => condition(worker)))
        {
            if (late.IsCancellationRequested) return false;
            Assert.False(Venue.Completion.IsCompleted || _running.IsCompleted, "venue or worker ended");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }

        return true;
    }

    public void Arm(VenueFault fault, int times = 1) => Venue.Ask(venue =>
    {
        for (int i = 0; i < times; i++) venue.Faults.Arm(fault);
        return times;
    });

    /// <summary>Asks the venue until it says yes; false when it does not in a minute, or the time given.</summary>
    public async Task<bool> UntilAsync(Predicate<SimulatedKraken> condition, TimeSpan? patience = null)
    {
        using CancellationTokenSource late = new(patience ?? Patience);
        while (!Venue.Ask(venue => condition(venue)))
        {
            if (late.IsCancellationRequested) return false;
            Assert.False(Venue.Completion.IsCompleted || _running.IsCompleted, "venue or worker ended");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }

        return true;
    }

    /// <summary>Ends the worker; it may be looked at from then on.</summary>
    public async Task<CircleWorker> EndAsync()
    {
        await _stop.CancelAsync();
        await _running;
        return _run.Worker;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _wire.DisposeAsync();
        await Venue.DisposeAsync();
        _file.Dispose();
        _stop.Dispose();
    }

    /// <summary>The worker's thread, at every standing: acts enter as an operator's would.</summary>
    private void Act()
    {
        _isReady = _run.Worker.Protection.Ready
            && _run.Worker.IdOf(Circles.Symbol) is >= 0 and var id
            && _run.Worker.Engine.Books.BookOf(id) is { State: Market.Book.BookState.InSync };
        while (_acts.TryDequeue(out Action? act)) act();
    }
}
