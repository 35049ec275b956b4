using System.Collections.Generic;
using System.Text;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Operator;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Circle;

/// <content>Acts of an operator or a script: inputs like any other, numbered, journalled and answered.</content>
internal sealed partial class CircleWorker
{
    /// <summary>Acts kept for the standing.</summary>
    private const int ActsMax = 50;

    private const string BreachPersists = "drawdown_persists";

    private readonly Queue<ActNote> _acts = new();

    /// <summary>The halt in effect; null when entries are let in.</summary>
    public HaltLatch? Halt { get; private set; }

    /// <summary>The last acts, oldest first.</summary>
    public IReadOnlyCollection<ActNote> Acts => _acts;

    public long ActsDone { get; private set; }

    public long ActsRefused { get; private set; }

    /// <summary>An act of the operator or a script enters like anything else.</summary>
    /// <param name="act">What is wanted.</param>
    /// <param name="nowNs">Engine time.</param>
    /// <param name="why">Of halt and resume: the operator's words.</param>
    /// <returns>Why it was not done, in one word of the reports; empty when it was.</returns>
    public string Operate(in AccountRecord act, long nowNs, string why = "")
    {
        _journal?.Act(in act, Encoding.UTF8.GetBytes(why), nowNs, _input.Next, CommandHash);
        if (act.Kind == AccountEventKind.Resume && Protection.IsDrawdownBeyond)
        {
            // What halted it still is: a resume would halt again, and would look as if somebody had looked.
            Note(in act, nowNs, why, BreachPersists);
            return BreachPersists;
        }

        string refusal = Latch(in act, nowNs, why);
        Tell(in act, nowNs);
        if (refusal.Length == 0) refusal = RefusalOf(act.Kind);
        bool isQuiet = act.Kind is AccountEventKind.Target or AccountEventKind.History or AccountEventKind.DayResult
            or AccountEventKind.Lease or AccountEventKind.Ending or AccountEventKind.Results;
        if (!isQuiet) Note(in act, nowNs, why, refusal);
        Exchange(nowNs);
        return refusal;
    }

    /// <summary>What the log holds is told to the engine again, and not written again.</summary>
    private void Restore(HaltLatch halt, long nowNs)
    {
        AccountRecord act = new()
        {
            Kind = AccountEventKind.Halt,
            InstrumentId = None,
            ExchangeTimeNs = halt.SinceNs,
            Snapshot = true,
        };
        Operate(in act, nowNs, halt.Why);
    }

    /// <summary>
    /// A halt holds over restarts because the log does. It is in effect even where the log cannot be written.
    /// </summary>
    private string Latch(in AccountRecord act, long nowNs, string why)
    {
        if (act.Kind is not (AccountEventKind.Halt or AccountEventKind.Resume)) return "";
        bool halts = act.Kind == AccountEventKind.Halt;
        Halt = halts ? new HaltLatch(why, act.Snapshot ? act.ExchangeTimeNs : nowNs) : null;
        if (act.Snapshot) return "";
        IntentRecord record = new()
        {
            Kind = halts ? IntentRecordKind.Halt : IntentRecordKind.Resume,
            Epoch = Epoch,
            TimeNs = nowNs,
            Why = ReasonText.Of(why),
        };
        return _log.TryAppend(in record, protective: true) && _log.TrySync() ? "" : "not_durable";
    }

    /// <summary>
    /// The engine halted by itself: the log holds it over restarts as it does an operator's. True when there was
    /// something to do.
    /// </summary>
    private bool LatchOwn(long nowNs)
    {
        if (Protection.OwnHalt == OwnHalt.None || Halt is not null) return false;
        AccountRecord act = new() { Kind = AccountEventKind.Halt, InstrumentId = None };
        string why = HaltLatch.WordsOf(Protection.OwnHalt);
        string refusal = Latch(in act, nowNs, why);
        Tell(in act, nowNs);
        Note(in act, nowNs, why, refusal);
        return true;
    }

    private string RefusalOf(AccountEventKind kind)
    {
        switch (kind)
        {
            case AccountEventKind.Enter:
                Refusal gate = Engine.Gate.OperatorRefusal;
                return gate != Refusal.None
                    ? ReplayReport.NameOf(gate) : ActWords.Of(Protection.OperatorEntry, EntryRefusal.None);
            case AccountEventKind.Exit or AccountEventKind.MoveStop:
                return ActWords.Of(Protection.OperatorAct, ActRefusal.None);
            default:
                return "";
        }
    }

    private void Note(in AccountRecord act, long nowNs, string why, string refusal)
    {
        if (refusal.Length == 0) ActsDone++;
        else ActsRefused++;
        bool named = act.Kind is not (AccountEventKind.Halt or AccountEventKind.Resume)
            && (uint)act.InstrumentId < (uint)_symbols.Count;
        string symbol = named ? _market.SymbolOf(act.InstrumentId) : "";
        if (_acts.Count == ActsMax) _acts.Dequeue();
        _acts.Enqueue(new ActNote(nowNs, ActWords.Of(act.Kind, AccountEventKind.None), symbol, why, refusal));
    }
}
