// In:     real time, a wire of real sockets, an intent log on disk.   Out: the worker's life, and its standing for
//         others.
// Thread: one runs Step; the page's threads read published bytes.
// Keeps:  engine time = Unix time at the start plus monotonic time since: it never steps back.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using TradingBot.Kraken.Feed;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.History;
using TradingBot.Worker.Operator;

namespace TradingBot.Worker.Circle;

/// <summary>The worker in real time.</summary>
internal sealed class LiveRun
{
    private const long StatusEveryNs = 250_000_000;
    private const long TickNs = 50_000_000;
    private const long EndingMaxNs = 3_000_000_000;

    private readonly SocketWire _sockets;
    private readonly IWire _wire;
    private readonly string _mode;
    private readonly string _venue;
    private readonly StoreWriter? _store;
    private readonly RunKeeping? _keeping;
    private readonly long _startTimestamp = Stopwatch.GetTimestamp();
    private readonly long _startNs;
    private long _readyBytes;
    private int _readyCollections;
    private byte[] _status = [];
    private long _statusNs;
    private int _ringDepth;
    private int _ringDepthMax;

    /// <param name="options">What the worker shall be.</param>
    /// <param name="sockets">Where things arrive; the worker sleeps until something does.</param>
    /// <param name="log">The intent log, open.</param>
    /// <param name="epoch">Of this start.</param>
    /// <param name="mode">For the standing: what is traded with.</param>
    /// <param name="venue">For the standing: who answers.</param>
    /// <param name="wire">What the worker speaks through, where that is not the sockets themselves.</param>
    /// <param name="store">Told of by the standing; null: none.</param>
    /// <param name="journal">Begins the journal of a worker that starts at the given time; null: none.</param>
    /// <param name="halt">The halt that the log holds; null: none.</param>
    /// <param name="script">Acts at their times; null: none.</param>
    /// <param name="recovered">Records of the log before this start; null: none.</param>
    /// <param name="tap">Begins the recording of its feed, as <paramref name="journal"/> does; null: none.</param>
    /// <param name="history">Its side of universe and history; null: none.</param>
    /// <param name="lease">The account's; null: it has none, and nobody else can have one.</param>
    /// <param name="handOver">What a watchdog reads; null: nothing is handed over.</param>
    public LiveRun(
        CircleOptions options, SocketWire sockets, IntentLog log, uint epoch, string mode, string venue,
        IWire? wire = null, StoreWriter? store = null, Func<long, InputJournal?>? journal = null,
        HaltLatch? halt = null, ScriptRun? script = null, Func<long, FeedTap?>? tap = null,
        IReadOnlyList<IntentRecord>? recovered = null, MarketHistory? history = null, EntryHandOver? handOver = null,
        LeaseKeeper? lease = null)
    {
        _sockets = sockets;
        _wire = wire ?? sockets;
        _mode = mode;
        _venue = venue;
        _store = store;
        _startNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        Tap = tap?.Invoke(_startNs);
        Worker = new CircleWorker(options, _wire, log, epoch, _startNs, journal?.Invoke(_startNs), halt, Tap)
        {
            HandOver = handOver,
        };
        Script = script;
        MarketHistory = history;
        AccountRecord? day = DayOpening.Act(recovered ?? [], _startNs, options.Protection.TakerFeePpm);
        if (day is { } act) Worker.Operate(in act, _startNs);
        AccountRecord? earlier = DayOpening.Results(recovered ?? [], options.Protection);
        if (earlier is { } results) Worker.Operate(in results, _startNs);
        Lease = lease;
        lease?.Step(Worker, _startNs);
        if (store is null) return;
        store.Rows = new RunRows(epoch);
        _keeping = new RunKeeping(store.Rows);
    }

    public CircleWorker Worker { get; }

    /// <summary>Records the feed; null: nothing does.</summary>
    public FeedTap? Tap { get; }

    public ScriptRun? Script { get; }

    /// <summary>Renews the account's lease; null: there is none.</summary>
    public LeaseKeeper? Lease { get; }

    /// <summary>Remembers its attempts to connect for the next start; null: nobody does.</summary>
    public ConnectionFile? Connections { get; init; }

    /// <summary>Its side of universe and history; null: none.</summary>
    public MarketHistory? MarketHistory { get; }

    /// <summary>Where operators ask for a halt.</summary>
    public OperatorInbox Inbox { get; } = new();

    /// <summary>What the page's curves are drawn from.</summary>
    public RunHistory History { get; } = new();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startTimestamp);

    /// <summary>The worker's standing as JSON, at most a quarter of a second old while it runs.</summary>
    public byte[] Status => Volatile.Read(ref _status);

    /// <summary>Time since the standing was made: a worker that hangs shows here.</summary>
    public TimeSpan StatusAge => TimeSpan.FromTicks((NowNs - Volatile.Read(ref _statusNs)) / 100);

    /// <summary>Bytes the whole process has allocated since the worker was ready.</summary>
    public long AllocatedBytes => GC.GetTotalAllocatedBytes() - _readyBytes;

    /// <summary>Garbage collections since then; each stops every thread.</summary>
    public int Collections => GC.CollectionCount(0) - _readyCollections;

    /// <summary>The worker's time, Unix ns.</summary>
    public long NowNs => _startNs + (Elapsed.Ticks * 100);

    /// <summary>Runs until the time is over, enough events were handled or the stop is asked for.</summary>
    public void Run(TimeSpan duration, long stepsMax, Action? progressed, CancellationToken stop)
    {
        Worker.MakeReady();
        _readyBytes = GC.GetTotalAllocatedBytes();
        _readyCollections = GC.CollectionCount(0);
        for (long step = 0; step < stepsMax && Elapsed < duration && !stop.IsCancellationRequested; step++)
        {
            long nowNs = NowNs;
            _ringDepth = Math.Max(_ringDepth, _sockets.Waiting);
            Worker.Step(nowNs);
            Worker.HandOver?.Beat(nowNs);
            Lease?.Step(Worker, nowNs);
            Connections?.Keep(Worker.ConnectionsEarnedNs);
            Inbox.Serve(Worker, nowNs);
            Script?.Step(Worker, nowNs);
            MarketHistory?.Step(Worker, nowNs);
            _keeping?.Take(Worker, nowNs);
            if (nowNs - _statusNs >= StatusEveryNs) Publish(nowNs, progressed);
            long dueNs = Math.Min(_wire.NextDueNs, Script?.NextDueNs ?? long.MaxValue);
            long waitNs = Math.Clamp(dueNs - nowNs, 0, TickNs);
            _sockets.Wait(TimeSpan.FromTicks(waitNs / 100), stop);
        }

        TakeEntriesBack();
        MarketHistory?.Step(Worker, NowNs);
        _keeping?.TakeEquity(Worker, NowNs);
        Publish(NowNs, progressed);
    }

    /// <summary>
    /// The end of a run leaves stops and targets where they are, and no entry behind that nobody would look after. A
    /// venue that does not answer is not waited for: entries lapse, and the watchdog knows them.
    /// </summary>
    private void TakeEntriesBack()
    {
        if (Worker.Protection.EntriesAtWork == 0) return;
        AccountRecord act = new() { Kind = AccountEventKind.Ending, InstrumentId = -1 };
        Worker.Operate(in act, NowNs);
        long endNs = NowNs + EndingMaxNs;
        while (Worker.Protection.EntriesAtWork > 0 && NowNs < endNs)
        {
            Worker.Step(NowNs);
            _sockets.Wait(TimeSpan.FromTicks(TickNs / 100), CancellationToken.None);
        }
    }

    private void Publish(long nowNs, Action? progressed)
    {
        _ringDepthMax = Math.Max(_ringDepthMax, _ringDepth);
        RingDepth ring = new(_ringDepth, _ringDepthMax);
        _ringDepth = 0;
        Volatile.Write(
            ref _status,
            WorkerStatus.Of(
                Worker, _mode, _venue, nowNs, _startNs, _store, ring, Script, MarketHistory, Lease?.Fault ?? ""));
        History.Look(Worker, nowNs);
        Volatile.Write(ref _statusNs, nowNs);
        progressed?.Invoke();
    }
}
