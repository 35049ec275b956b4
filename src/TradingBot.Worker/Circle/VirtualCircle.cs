// In:     options with a seed.   Out: the whole circle run in virtual time, with crashes where asked for.
// Thread: one. Time jumps from one due thing to the next; nothing waits.
// Keeps:  I5: the same options and acts give the same commands and the same state, byte for byte.
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Operator;

namespace TradingBot.Worker.Circle;

/// <summary>
/// A simulated Kraken that lives on, and the worker that starts, runs, dies and starts again beside it.
/// </summary>
internal sealed class VirtualCircle : IDisposable
{
    private readonly CircleOptions _options;
    private readonly MemoryLogFile _file = new();
    private readonly Func<uint, ILogFile>? _journals;
    private IWire _wire;
    private bool _isDisposed;

    /// <param name="options">What worker and venue shall be.</param>
    /// <param name="journals">Gives the file for the journal of a start, by its epoch; null: none is kept.</param>
    public VirtualCircle(CircleOptions options, Func<uint, ILogFile>? journals = null)
    {
        _options = options;
        _journals = journals;
        Venue = new SimulatedKraken(options.Venue);
        Trace.Add(options.Venue.Habits.ToString());
        _wire = Trace.Over(new VirtualWire(Venue));
        Worker = Start();
    }

    public SimulatedKraken Venue { get; }

    public CircleWorker Worker { get; private set; }

    /// <summary>Everything that passed between worker and venue, as a hash.</summary>
    public WireTrace Trace { get; } = new();

    /// <summary>Acts at their times; null: none.</summary>
    public ScriptRun? Script { get; set; }

    /// <summary>The intent log's file, for tests that break it.</summary>
    public MemoryLogFile File => _file;

    /// <summary>The intent log of this life.</summary>
    public IntentLog Log { get; private set; }

    public long NowNs => Venue.NowNs;

    /// <summary>Records the last start read back.</summary>
    public IReadOnlyList<IntentRecord> Recovered { get; private set; } = [];

    /// <summary>Runs for a while of virtual time.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="watch">Told after every step; true ends the run early.</param>
    public bool Run(TimeSpan duration, Func<bool>? watch = null)
    {
        long endNs = NowNs + (duration.Ticks * 100);
        while (true)
        {
            long nextNs = Math.Min(Script?.NextDueNs ?? long.MaxValue, Worker.NextDueNs);
            long dueNs = Math.Max(NowNs, Math.Min(_wire.NextDueNs, nextNs));
            if (dueNs > endNs) break;
            Venue.AdvanceTo(dueNs);
            Worker.Step(dueNs);
            Script?.Step(Worker, dueNs);
            if (watch?.Invoke() == true) return true;
        }

        Venue.AdvanceTo(endNs);
        return false;
    }

    /// <summary>The process dies here: sockets close, what was not synced may be torn; then a new one starts.</summary>
    public void CrashAndRestart(int tornBytes = 0)
    {
        Worker.Vanish();
        EndJournal();
        _file.CutPower(tornBytes);
        _wire = Trace.Over(new VirtualWire(Venue));
        Worker = Start();
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        EndJournal();
        _file.Dispose();
    }

    private void EndJournal()
    {
        Worker.EndJournal();
        Worker.Journal?.Dispose();
    }

    /// <summary>Start and recovery in one: read the log, take the next epoch, begin.</summary>
    [MemberNotNull(nameof(Log))]
    private CircleWorker Start()
    {
        JournaledLogFile file = new(_file);
        IntentLog? log = IntentLog.Open(
            file, _options.Mark, out List<IntentRecord> recovered, out IntentLogFault fault);
        if (log is null) throw new InvalidOperationException($"The intent log cannot be used: {fault}.");
        Log = log;
        Recovered = recovered;
        uint epoch = 0;
        foreach (IntentRecord record in recovered) epoch = Math.Max(epoch, record.Epoch);
        epoch++;
        file.Journal = _journals is null ? null
            : WorkerJournal.Begin(_journals(epoch), _options, log, epoch, NowNs, folder: null, waits: true);
        HaltLatch? halt = HaltLatch.OfStart(recovered, _options.StartsMax, NowNs);
        CircleWorker worker = new(_options, _wire, log, epoch, NowNs, file.Journal, halt);
        AccountRecord? day = DayOpening.Act(recovered, NowNs, _options.Protection.TakerFeePpm);
        if (day is { } act) worker.Operate(in act, NowNs);
        if (DayOpening.Results(recovered, _options.Protection) is { } results) worker.Operate(in results, NowNs);
        return worker;
    }
}
