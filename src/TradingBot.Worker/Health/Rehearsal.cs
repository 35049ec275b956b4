// In:     a lane's session, orders that cannot trade.   Out: what became of each step, and what is known now.
// Thread: the caller's.
// Keeps:  every order it placed is cancelled by its id before it returns, and a look proves that none is left.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Health;

/// <summary>One thing that was tried.</summary>
/// <param name="Name">What.</param>
/// <param name="Outcome">accepted, refused, unknown, or no answer; with the reason.</param>
/// <param name="Milliseconds">From the request to its answer.</param>
internal sealed record RehearsalStep(string Name, string Outcome, double Milliseconds);

/// <summary>A question that no document answers, and what was seen.</summary>
internal sealed record KnownAnswer(string Question, string Answer);

/// <summary>Places, moves and cancels far orders of the least size, and a far trigger.</summary>
internal sealed class Rehearsal(LaneSession session, RehearsalPlan plan, Action<RehearsalStep> tell)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReportPatience = TimeSpan.FromSeconds(3);

    private readonly List<RehearsalStep> _steps = [];
    private readonly List<KnownAnswer> _known = [];
    private readonly HashSet<ClientOrderId> _alive = [];

    public IReadOnlyList<RehearsalStep> Steps => _steps;

    public IReadOnlyList<KnownAnswer> Known => _known;

    /// <summary>Why it broke off, or what is left at the venue; empty when all is well.</summary>
    public string Fault { get; private set; } = "";

    /// <exception cref="OperationCanceledException">It was told to stop, and has cleaned up.</exception>
    public void Run(CancellationToken stop)
    {
        long beganNs = session.NowNs;
        bool isUp = session.Until(() => session.Lane.IsUp, 2 * Patience, stop);
        Note("connect and look at the account", isUp ? "complete" : $"no: {session.LastLoss}", beganNs);
        if (!isUp)
        {
            Fault = "the lane did not come up: " + WordsOf(session.Lane.Counters.OtherErrors);
            return;
        }

        try
        {
            RunLimit(stop);
            RunStop(stop);
            RunTogether(stop);
        }
        finally
        {
            // Whatever happened, also an interruption: nothing of ours stays.
            CleanUp(CancellationToken.None);
        }

        LaneCounters counters = session.Lane.Counters;
        Learn("members of the venue's frames that nobody assumed", WordsOf(counters.UnknownKeys));
        Learn("words of the venue that nobody has listed", WordsOf(counters.UnknownWords));
        Learn("errors of the venue that nobody has listed", WordsOf(counters.OtherErrors));
    }

    private void RunLimit(CancellationToken stop)
    {
        AccountRecord? placed = Do("place a far limit order, post only", plan.Entry, stop);
        if (placed is not { Kind: AccountEventKind.Accepted } accepted) return;
        int answeredAt = LastIndexOf(plan.Entry.Id, AccountEventKind.Accepted);
        bool isOpen = Reported(plan.Entry.Id, AccountEventKind.OrderOpen, stop);
        int openAt = LastIndexOf(plan.Entry.Id, AccountEventKind.OrderOpen);
        Learn("a report of a resting order", !isOpen ? "none came in 3 s"
            : openAt < answeredAt ? "came before the answer" : "came after the answer");
        AccountRecord? moved = Do("move its price", plan.Moved(plan.Entry), stop);
        bool isMoved = moved is { Kind: AccountEventKind.Accepted };
        bool isTold = isMoved && Reported(plan.Entry.Id, AccountEventKind.Amended, stop);
        string yes = isTold ? "yes, and a report says so" : "yes, without a report";
        Learn("a price can be changed in place", isMoved ? yes : "no: " + Words(moved));
        if (isMoved) Learn("the venue's id after a change", IdAfter(accepted, AccountEventKind.Amended, plan.Entry.Id));
        Finish("cancel it", plan.Entry, stop);
    }

    private void RunStop(CancellationToken stop)
    {
        AccountRecord? placed = Do("place a far trigger", plan.Stop, stop);
        bool isTaken = placed is { Kind: AccountEventKind.Accepted };
        string question = plan.Stop.ReduceOnly
            ? "a reduce-only trigger without a position" : "a trigger to sell what the account may not hold";
        Learn(question, isTaken ? "is taken" : "is not taken: " + Words(placed));
        if (!isTaken) return;
        bool isOpen = Reported(plan.Stop.Id, AccountEventKind.OrderOpen, stop);
        bool isClosed = session.Of(plan.Stop.Id).Any(one => one.Record.Kind == AccountEventKind.OrderClosed);
        Learn("a taken trigger", isClosed ? "was ended by the venue at once" : isOpen ? "is reported as resting"
            : "is reported by nothing");
        if (isClosed) return;
        AccountRecord? moved = Do("move its trigger", plan.Moved(plan.Stop), stop);
        Learn("a trigger can be changed in place",
            moved is { Kind: AccountEventKind.Accepted } ? "yes" : "no: " + Words(moved));
        Finish("cancel it", plan.Stop, stop);
    }

    /// <summary>Two orders in one step: a lane that can sends them in one request.</summary>
    private void RunTogether(CancellationToken stop)
    {
        OrderCommand first = plan.Second;
        OrderCommand second = plan.Second with { Id = ClientOrderId.Of(first.Id.Epoch, 3, OrderRole.Entry, 0) };
        long beganNs = session.NowNs;
        int from = session.Told.Count;
        long batchedBefore = session.Lane.Counters.Batched;
        _alive.Add(first.Id);
        _alive.Add(second.Id);
        session.Submit(first, second);
        session.Until(() => OutcomeOf(first.Id, from) is not null && OutcomeOf(second.Id, from) is not null, Patience,
            stop);
        bool isBatch = session.Lane.Counters.Batched > batchedBefore;
        Note(isBatch ? "place two orders in one request" : "place two orders one after the other",
            $"{Words(OutcomeOf(first.Id, from))}; {Words(OutcomeOf(second.Id, from))}", beganNs);
        Drop(first.Id, from);
        Drop(second.Id, from);
        if (_alive.Contains(first.Id)) Finish("cancel the first", first, stop);
        if (_alive.Contains(second.Id)) Finish("cancel the second", second, stop);
    }

    /// <summary>A cancel, and the report that the order is no more.</summary>
    private void Finish(string name, OrderCommand order, CancellationToken stop)
    {
        AccountRecord? cancelled = Do(name, RehearsalPlan.Cancel(order), stop);
        bool isClosed = Reported(order.Id, AccountEventKind.OrderClosed, stop);
        if (cancelled is { Kind: AccountEventKind.Accepted } && isClosed) _alive.Remove(order.Id);
    }

    /// <summary>What may be left is cancelled once more, and two looks must not show it.</summary>
    private void CleanUp(CancellationToken stop)
    {
        foreach (ClientOrderId id in (ClientOrderId[])[.. _alive])
        {
            Do("cancel what may be left", RehearsalPlan.Cancel(plan.Entry with { Id = id }), stop);
        }

        long beganNs = session.NowNs;
        int from = session.Told.Count;
        session.Submit(new OrderCommand { Kind = CommandKind.Snapshot });
        bool isSeen = session.Until(() => IsLooked(from), 2 * Patience, stop);
        ClientOrderId[] left =
        [
            .. session.Told.Skip(from).Where(one => one.Record is { Snapshot: true, Kind: AccountEventKind.OrderOpen })
                .Select(one => one.Record.Id).Where(id => id.Epoch == plan.Entry.Id.Epoch).Distinct(),
        ];
        Note("look at the account", !isSeen ? "no complete look" : left.Length == 0 ? "nothing is left"
            : $"{left.Length} orders are left", beganNs);
        if (isSeen && left.Length == 0) return;
        string ids = string.Join(", ", (left.Length > 0 ? left : [.. _alive]).Select(TextOf));
        Fault = "orders of the rehearsal may be left at the venue: cancel them by hand: "
            + (ids.Length > 0 ? ids : "see the open orders of the account");
    }

    private bool IsLooked(int from) => session.Told.Skip(from).Any(one =>
        one.Record is { Kind: AccountEventKind.SnapshotEnd, Completeness: Completeness.Complete });

    private AccountRecord? Do(string name, OrderCommand command, CancellationToken stop)
    {
        long beganNs = session.NowNs;
        int from = session.Told.Count;
        if (command.Kind == CommandKind.Place) _alive.Add(command.Id);
        session.Submit(command);
        session.Until(() => OutcomeOf(command.Id, from) is not null, Patience, stop);
        AccountRecord? outcome = OutcomeOf(command.Id, from);
        if (command.Kind == CommandKind.Place) Drop(command.Id, from);
        Note(name, Words(outcome), beganNs);
        return outcome;
    }

    /// <summary>A definite refusal leaves nothing behind.</summary>
    private void Drop(ClientOrderId id, int from)
    {
        if (OutcomeOf(id, from) is { Kind: AccountEventKind.Refused }) _alive.Remove(id);
    }

    private AccountRecord? OutcomeOf(ClientOrderId id, int from)
    {
        foreach ((_, AccountRecord record) in session.Of(id, from))
        {
            bool isOutcome = record.Kind is AccountEventKind.Accepted or AccountEventKind.Refused
                or AccountEventKind.Unknown;
            if (isOutcome) return record;
        }

        return null;
    }

    private bool Reported(ClientOrderId id, AccountEventKind kind, CancellationToken stop) =>
        session.Until(() => session.Of(id).Any(one => one.Record.Kind == kind), ReportPatience, stop);

    private int LastIndexOf(ClientOrderId id, AccountEventKind kind) =>
        session.Told.FindLastIndex(one => one.Record.Id == id && one.Record.Kind == kind && !one.Record.Snapshot);

    private string IdAfter(AccountRecord accepted, AccountEventKind kind, ClientOrderId id)
    {
        AccountRecord last = session.Of(id).LastOrDefault(one => one.Record.Kind == kind).Record;
        if (last.Kind != kind || (accepted.VenueOrderHigh, accepted.VenueOrderLow) == (0UL, 0UL)) return "not told";
        bool isKept = (last.VenueOrderHigh, last.VenueOrderLow) == (accepted.VenueOrderHigh, accepted.VenueOrderLow);
        return isKept ? "stays" : "is another one";
    }

    private void Note(string name, string outcome, long beganNs)
    {
        RehearsalStep step = new(name, outcome, (session.NowNs - beganNs) / 1e6);
        _steps.Add(step);
        tell(step);
    }

    private void Learn(string question, string answer) => _known.Add(new KnownAnswer(question, answer));

    private static string Words(AccountRecord? outcome) => outcome switch
    {
        null => "no answer",
        { Kind: AccountEventKind.Accepted } => "accepted",
        { Kind: AccountEventKind.Refused } => $"refused ({outcome.Value.Reason})",
        _ => $"unknown ({outcome.Value.Reason})",
    };

    private static string WordsOf(NameCounter counter)
    {
        string[] names = new string[counter.Names];
        for (int i = 0; i < names.Length; i++) names[i] = Encoding.UTF8.GetString(counter.NameOf(i));
        return names.Length == 0 ? "none" : string.Join(", ", names);
    }

    private static string TextOf(ClientOrderId id)
    {
        Span<byte> text = stackalloc byte[ClientOrderId.TextBytes];
        id.Write(text);
        return Encoding.ASCII.GetString(text);
    }
}
