// In:     commands that a lane may send, answers, time.   Out: the lane's writes, and one first outcome per command.
// Thread: its lane's.
// Keeps:  of one order at most one mutation is unanswered; what finds no room in the budget waits if it protects,
//         reduces or cancels, and is refused unsent if it adds risk; nothing is sent twice.
// Budget: searches are linear over a handful; allocates per order.
using System;
using System.Collections.Generic;
using TradingBot.Kraken.Budgets;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>Commands of one lane on their way from submission to outcome.</summary>
/// <param name="options">Times.</param>
/// <param name="budget">What the venue lets through.</param>
/// <param name="counters">The lane's.</param>
/// <param name="mayWrite">The lane can write at present: else what waits for the budget goes on waiting.</param>
/// <param name="write">Writes the command and numbers its request.</param>
internal sealed class CommandDesk(
    LaneOptions options, IOrderBudget budget, LaneCounters counters, Func<bool> mayWrite, Action<Flight> write)
{
    private readonly CommandsInFlight _commands = new();
    private readonly Queue<AccountRecord> _records = new();

    /// <summary>Told of a command whose outcome became Unknown; null: nobody asks for more.</summary>
    public Action<Flight>? GaveUp { get; init; }

    /// <summary>The lane's time: it never steps back.</summary>
    public long NowNs { get; private set; }

    /// <summary>What is used of the budget by now.</summary>
    public int TokensUsed => budget.UsedAt(NowNs);

    /// <summary>When <see cref="OnTimer"/> has something to do, Unix ns.</summary>
    public long NextDueNs
    {
        get
        {
            long due = long.MaxValue;
            foreach (Flight flight in _commands.All)
            {
                if (flight.State != FlightState.Unknown) due = Math.Min(due, flight.DueNs);
                if (!IsHeld(flight)) continue;
                due = Math.Min(due, budget.FreeAtNs(UrgencyOf(flight.Command), flight.Command, NowNs));
            }

            return due;
        }
    }

    /// <summary>How urgent a command is, by what its order is for.</summary>
    public static Urgency UrgencyOf(in OrderCommand command)
    {
        bool isStop = command.Id.Role == OrderRole.Stop;
        return command.Kind switch
        {
            CommandKind.Cancel => Urgency.Cancel,
            _ when isStop => Urgency.Protect,
            CommandKind.Place when !command.ReduceOnly => Urgency.Entry,
            _ => Urgency.Reduce,
        };
    }

    public void Advance(long nowNs) => NowNs = Math.Max(NowNs, nowNs);

    /// <summary>A command without fault: it is written, waits its turn, or is refused for want of room.</summary>
    public void Take(in OrderCommand command)
    {
        bool mustWait = _commands.IsUnanswered(command.Id);
        Flight? flight = _commands.Add(command);
        if (flight is null) Refuse(command, VenueReason.RateLimited);
        else if (mustWait) counters.Waited++;
        else WriteOrHold(flight);
    }

    public void OnTimer()
    {
        // By index: sending what waited for an answer changes states, not places.
        for (int i = 0; i < _commands.All.Count; i++)
        {
            Flight flight = _commands.All[i];
            if (flight.State != FlightState.Unanswered || flight.DueNs > NowNs) continue;
            counters.AckTimeouts++;
            GiveUp(flight, VenueReason.None);
        }

        ServeHeld();
    }

    /// <summary>The connection is gone: nobody will answer, and what waits has no turn any more.</summary>
    public void Abandon()
    {
        foreach (Flight flight in _commands.All)
        {
            if (flight.State == FlightState.Unanswered) TellOutcome(flight.Command, AccountEventKind.Unknown);
        }

        foreach (Flight flight in _commands.All)
        {
            if (flight.State == FlightState.Waiting) Refuse(flight.Command, VenueReason.VenueMode);
        }

        _commands.Clear();
    }

    /// <summary>What is not sent yet has no turn any more; what is under way may still be answered.</summary>
    public void RefuseWaiting()
    {
        for (int i = _commands.All.Count - 1; i >= 0; i--)
        {
            Flight flight = _commands.All[i];
            if (flight.State != FlightState.Waiting) continue;
            _commands.Remove(flight);
            Refuse(flight.Command, VenueReason.VenueMode);
        }
    }

    /// <summary>The command whose request has this number; null when none is under way.</summary>
    public Flight? Find(long requestId) => _commands.Find(requestId);

    /// <summary>The flight is written now, and its answer is awaited.</summary>
    public void Await(Flight flight, long requestId)
    {
        flight.State = FlightState.Unanswered;
        flight.RequestId = requestId;
        flight.DueNs = NowNs + options.AckTimeoutNs;
    }

    /// <summary>The definite answer: the command leaves, its order's next one may go.</summary>
    public void Settle(Flight flight, in AccountRecord outcome)
    {
        if (outcome.Late) counters.LateAnswers++;
        _commands.Remove(flight);
        Tell(outcome);
        WriteNext(flight.Command.Id);
    }

    /// <summary>The command stays, so that a late answer finds it; its order is free for the next mutation.</summary>
    public void GiveUp(Flight flight, VenueReason reason)
    {
        flight.State = FlightState.Unknown;
        TellOutcome(flight.Command, AccountEventKind.Unknown, reason);
        GaveUp?.Invoke(flight);
        WriteNext(flight.Command.Id);
    }

    /// <summary>Once more, because the venue did not look at the first; false when there is no room for it.</summary>
    public bool TryWriteAgain(Flight flight)
    {
        if (flight.IsResent || !TryPay(flight)) return false;
        flight.IsResent = true;
        counters.Resent++;
        write(flight);
        return true;
    }

    /// <summary>The venue says that it was too much.</summary>
    public void LearnOfLimit()
    {
        counters.RateRefusals++;
        budget.OnVenueRefused(NowNs);
    }

    public void Refuse(in OrderCommand command, VenueReason reason) =>
        TellOutcome(command, AccountEventKind.Refused, reason);

    public void TellOutcome(in OrderCommand command, AccountEventKind kind, VenueReason reason = VenueReason.None) =>
        Tell(OutcomeOf(command, kind, reason));

    public void Tell(in AccountRecord record) => _records.Enqueue(record);

    public bool TryTakeRecord(out AccountRecord record) => _records.TryDequeue(out record);

    public static AccountRecord OutcomeOf(in OrderCommand command, AccountEventKind kind, VenueReason reason) => new()
    {
        Kind = kind,
        Reason = reason,
        Command = command.Kind,
        Id = command.Id,
        InstrumentId = command.InstrumentId,
        Type = command.Type,
        Side = command.Side,
        ReduceOnly = command.ReduceOnly,
        Quantity = command.Quantity,
        QuantityDecimals = command.QuantityDecimals,
        Price = command.LimitPrice,
        TriggerPrice = command.TriggerPrice,
        PriceDecimals = command.PriceDecimals,
    };

    private bool TryPay(Flight flight) =>
        budget.TryTake(UrgencyOf(flight.Command), flight.Command, NowNs);

    private static bool IsHeld(Flight flight) =>
        flight.State == FlightState.Waiting && flight.DueNs != long.MaxValue;

    private void WriteOrHold(Flight flight)
    {
        Urgency urgency = UrgencyOf(flight.Command);
        if (TryPay(flight))
        {
            write(flight);
            return;
        }

        if (urgency >= Urgency.Entry)
        {
            RefuseUnbudgeted(flight);
            return;
        }

        if (IsHeld(flight)) return;
        counters.Held++;
        flight.DueNs = NowNs + options.HoldMaxNs;
    }

    /// <summary>The most urgent first, and among equals the oldest; what waited too long is refused.</summary>
    private void ServeHeld()
    {
        if (_commands.All.Count == 0) return;
        for (Urgency urgency = Urgency.Protect; urgency < Urgency.Entry; urgency++)
        {
            for (int i = 0; i < _commands.All.Count; i++)
            {
                Flight flight = _commands.All[i];
                if (!IsHeld(flight) || UrgencyOf(flight.Command) != urgency) continue;
                if (mayWrite() && TryPay(flight))
                {
                    write(flight);
                }
                else if (flight.DueNs <= NowNs)
                {
                    RefuseUnbudgeted(flight);
                    i--;
                }
            }
        }
    }

    /// <summary>An outcome that is known is better than an order that comes when nobody expects it.</summary>
    private void RefuseUnbudgeted(Flight flight)
    {
        counters.Unbudgeted++;
        _commands.Remove(flight);
        Refuse(flight.Command, VenueReason.RateLimited);
        WriteNext(flight.Command.Id);
    }

    private void WriteNext(ClientOrderId id)
    {
        Flight? next = _commands.NextWaiting(id);
        if (next is null) return;
        if (mayWrite())
        {
            WriteOrHold(next);
            return;
        }

        // It cannot be sent now, and a command that waits for that could act on another day's market.
        _commands.Remove(next);
        Refuse(next.Command, VenueReason.VenueMode);
        WriteNext(id);
    }
}
