// In:     the intent log, which others append to.   Out: its rows in the store; figures that anybody may read.
// Thread: its own, "store writer". Nobody waits for it but Finish.
// Keeps:  I2: only durable records become rows. The log is the queue: what is not projected waits there, so nothing is
//         copied, nothing is bounded but the group, and a store that fails or lags costs the engine nothing.
// Budget: rows lag by one turn (20 ms) and one fsync; when the store fails, by as long as it does.
using System;
using System.Diagnostics;
using System.Threading;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Database;

/// <summary>How the store stands; one value, published whole.</summary>
/// <param name="Projected">Newest record of the log in the rows.</param>
/// <param name="Errors">Turns that failed since the start.</param>
/// <param name="Fault">Why it fails now, or null.</param>
/// <param name="AliveTimestamp">When it last wrote or answered (Stopwatch ticks).</param>
public sealed record StoreStanding(long Projected, long Errors, string? Fault, long AliveTimestamp)
{
    public bool IsFailing => Fault is not null;

    /// <summary>Time since the store last wrote or answered.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(AliveTimestamp);
}

/// <summary>Follows the intent log and keeps the store's rows up with it.</summary>
public sealed class StoreWriter : IDisposable
{
    /// <summary>Records of one transaction, some tens of milliseconds: what follows waits one fsync more.</summary>
    private const int GroupMax = 4_096;

    /// <summary>The same for a server, where each row is a round trip: a group stays well below a second.</summary>
    private const int ServerGroupMax = 64;

    private const int TurnMs = 20;
    private const int RetryMs = 500;
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RowsEvery = TimeSpan.FromSeconds(1);

    /// <summary>A store on a medium that hangs is left behind at the end; the log has everything.</summary>
    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(10);

    private readonly IntentLog _log;
    private readonly StorePlace _place;
    private readonly AccountMark _mark;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new();
    private RunRows? _rows;
    private long _rowsTimestamp;
    private StateStore? _store;
    private StoreStanding _standing;

    /// <summary>Starts to follow.</summary>
    /// <param name="store">An open store that was checked against the log; from here on the writer's own.</param>
    /// <param name="place">Where it lies: after a fault it is opened anew.</param>
    /// <param name="log">The log to follow; its file stays open until Finish has returned.</param>
    /// <param name="time">Time for the columns that say when.</param>
    public StoreWriter(StateStore store, StorePlace place, IntentLog log, TimeProvider time)
    {
        _store = store;
        _place = place;
        _mark = store.Mark;
        _log = log;
        _time = time;
        _standing = new StoreStanding(store.LastRecord, 0, null, Stopwatch.GetTimestamp());
        _thread = new Thread(Run) { Name = "store writer", IsBackground = true };
        _thread.Start();
    }

    public StoreStanding Standing => Volatile.Read(ref _standing);

    /// <summary>Rows of the run that are written beside those of the log; given once, before it trades.</summary>
    public RunRows? Rows
    {
        get => Volatile.Read(ref _rows);
        set => Volatile.Write(ref _rows, value);
    }

    /// <summary>Durable records that are not rows yet.</summary>
    public long Lag => Math.Max(0, _log.Durable - Standing.Projected);

    /// <summary>Projects what is left and closes the store; returns why it could not, or null.</summary>
    public string? Finish()
    {
        _stop.Set();
        if (!_thread.Join(FinishWithin))
        {
            return $"{_place}: the disk did not answer for {FinishWithin.TotalSeconds:0} s.";
        }

        StoreStanding standing = Standing;
        return standing.Fault ?? (Lag > 0 ? $"{_place} is {Lag} records behind the intent log." : null);
    }

    public void Dispose()
    {
        Finish();
        // A thread that hangs on a medium would still look at it.
        if (!_thread.IsAlive) _stop.Dispose();
    }

    private void Run()
    {
        int pauseMs = 0;
        while (!_stop.Wait(pauseMs)) pauseMs = Turn() ? TurnMs : RetryMs;
        // A group is bounded, so one turn may leave something. A turn that fails ends it; the next start catches up.
        bool good = Turn();
        while (good && (Lag > 0 || Rows is { IsEmpty: false })) good = Turn();
        _store?.Dispose();
        _store = null;
    }

    /// <summary>The mouth: whatever goes wrong is the store's standing and never the process' end.</summary>
    private bool Turn()
    {
        StoreFault? fault;
        try
        {
            fault = Step();
        }
#pragma warning disable CA1031 // A mouth (ARCHITECTURE.md): the fault is published and counted.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            fault = new StoreFault(
                StoreFaultKind.Unreachable, $"{_place}: {thrown.GetType().Name}: {thrown.Message} Look at the disk.");
        }

        if (fault is null) return true;
        StoreStanding before = _standing;
        Volatile.Write(ref _standing, before with { Errors = before.Errors + 1, Fault = fault.Text });
        return false;
    }

    private StoreFault? Step()
    {
        if (_standing.IsFailing || _store is null)
        {
            _store?.Dispose();
            _store = null;
            StoreOpening opening = StateStore.Reopen(_place, _mark, _time);
            if (opening.Fault is not null) return opening.Fault;
            _store = opening.Store!;
            StoreFault? unfit = _store.CheckAgainst(_log) ?? _store.ProveWritable();
            if (unfit is not null) return unfit;
        }

        bool behind = _log.Durable > _store.LastRecord;
        bool due = _standing.IsFailing || _standing.Age >= PingEvery;
        // The log comes first: rows of the run wait until there is nothing of it left to do, a second at least.
        bool waits = !behind && Rows is { IsEmpty: false }
            && (_stop.IsSet || Stopwatch.GetElapsedTime(_rowsTimestamp) >= RowsEvery);
        if (!behind && !due && !waits) return null;
        if (waits) _rowsTimestamp = Stopwatch.GetTimestamp();
        int most = _place.IsServer ? ServerGroupMax : GroupMax;
        StoreFault? fault = waits ? _store.Write(Rows!) : behind ? _store.Project(_log, most) : _store.Ping();
        if (fault is not null) return fault;
        StoreStanding next = new(_store.LastRecord, _standing.Errors, null, Stopwatch.GetTimestamp());
        Volatile.Write(ref _standing, next);
        return null;
    }
}
