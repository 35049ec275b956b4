// In:     answers to commands and reports of the execution stream, in any order, repeated or missing.
// Out:    the order's phase, quantities and what the position makes of it.
// Thread: the engine's.
// Keeps:  I3 (unknown is a phase), I7 (an execution counts once), one mutation in flight until it is answered.
// Budget: per account event.
using System;
using TradingBot.Market.Values;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Reconciliation;
using TradingBot.Trading.Stops;

namespace TradingBot.Trading.Orders;

/// <summary>Applies one account record to the order and the position it is about.</summary>
internal sealed class OrderReports
{
    private readonly ProtectionOptions _options;
    private readonly CommandWriter _writer;
    private readonly ProtectionCounters _counters;
    private readonly DifferenceLog _differences;
    private readonly ExecutionIds _executions = new();

    public OrderReports(
        ProtectionOptions options, CommandWriter writer, ProtectionCounters counters, DifferenceLog differences)
    {
        _options = options;
        _writer = writer;
        _counters = counters;
        _differences = differences;
        Removals = new RemovalWatch(options.RemovalsMax, options.RemovalWindowNs);
    }

    /// <summary>Stops that somebody else removed.</summary>
    public RemovalWatch Removals { get; }

    /// <summary>Why entries are to halt, as far as reports of orders tell; the stage takes it and clears it.</summary>
    public OwnHalt Halt { get; set; }

    public void Apply(ManagedPosition position, ref readonly AccountRecord record, long nowNs, long round)
    {
        if (!LedgerScale.TryQuantity(record.Quantity, record.QuantityDecimals, out Int128 quantity)
            || !LedgerScale.TryQuantity(record.CumulativeQuantity, record.QuantityDecimals, out Int128 cumulative)
            || !LedgerScale.TryPrice(record.Price, record.PriceDecimals, out Int128 price)
            || !LedgerScale.TryPrice(record.TriggerPrice, record.PriceDecimals, out Int128 trigger))
        {
            _counters.Unusable++;
            position.Quarantined = true;
            return;
        }

        position.RaiseDecimals(record.PriceDecimals, record.QuantityDecimals);
        int index = position.Orders.IndexOf(record.Id, record.VenueOrderHigh, record.VenueOrderLow);
        switch (record.Kind)
        {
            case AccountEventKind.Accepted:
            case AccountEventKind.Refused:
            case AccountEventKind.Unknown:
                if (index >= 0) Answer(position, ref position.Orders[index], in record, nowNs);
                break;
            case AccountEventKind.OrderOpen:
                if (index < 0)
                {
                    index = Admit(position, in record, nowNs);
                    bool found = index >= 0 && record.Snapshot;
                    if (found) Found(position, in position.Orders[index], quantity, nowNs);
                }

                if (index >= 0) Open(ref position.Orders[index], in record, quantity, cumulative, trigger, round);
                break;
            case AccountEventKind.Amended:
                if (index >= 0) Amended(ref position.Orders[index], quantity, trigger);
                break;
            case AccountEventKind.OrderClosed:
                if (index >= 0) Closed(position, ref position.Orders[index], in record, cumulative, nowNs);
                break;
            case AccountEventKind.Fill:
                Fill(position, index, in record, quantity, cumulative, price, nowNs);
                break;
            default:
                _counters.Unusable++;
                break;
        }
    }

    /// <summary>An order is over. <paramref name="byVenue"/>: by the venue's own word, not refused nor given up by
    /// us.</summary>
    public void End(ManagedPosition position, ref TrackedOrder order, VenueReason reason, bool byVenue, long nowNs)
    {
        order.Phase = OrderPhase.Closed;
        order.ClosedNs = nowNs;
        order.AwaitsProof = false;
        switch (order.Role)
        {
            case OrderRole.Entry when position.Quantity == 0 && order.Done == order.Filled:
                position.Fire(PositionInput.EntryEnded);
                break;
            case OrderRole.Stop when position.Size != 0:
                StopEnded(position, ref order, reason, byVenue || order.WasProven, nowNs);
                break;
            case OrderRole.TakeProfit when !byVenue:
                _counters.TakeProfitsRefused++;
                break;
            default:
                break;
        }
    }

    private void StopEnded(
        ManagedPosition position, ref TrackedOrder order, VenueReason reason, bool byVenue, long nowNs)
    {
        if (reason == VenueReason.WouldTriggerAtOnce)
        {
            position.ExitWanted = true;
        }
        else if (byVenue && order.Done > 0 && order.Done < order.Quantity)
        {
            _counters.StopsFiredIncomplete++;
            position.Fire(PositionInput.StopFellShort);
            position.ExitWanted = true;
        }
        else if (byVenue && order.Done == 0 && !order.Cancelling)
        {
            _counters.StopsRemoved++;
            bool stood = order.WasProven && !order.IsForeign;
            if (stood && Removals.Note(nowNs)) Halt = OwnHalt.StopsRemoved;
        }
    }

    private void Answer(ManagedPosition position, ref TrackedOrder order, ref readonly AccountRecord record, long nowNs)
    {
        bool expected = order.InFlight == record.Command;
        if (expected) order.InFlight = CommandKind.None;
        switch (record.Kind)
        {
            case AccountEventKind.Accepted:
                bool pending = order.Phase is OrderPhase.Sent or OrderPhase.Unknown;
                if (record.Command == CommandKind.Place && pending) order.Phase = OrderPhase.Accepted;
                break;
            case AccountEventKind.Refused:
                Refused(position, ref order, in record, nowNs);
                break;
            default:
                if (expected) Unknown(ref order, record.Command);
                break;
        }
    }

    /// <summary>Nobody will tell what became of the mutation.</summary>
    public void Unknown(ref TrackedOrder order, CommandKind command)
    {
        _counters.Unknowns++;
        order.InFlight = CommandKind.None;
        if (command == CommandKind.Place && order.Phase is OrderPhase.Sent or OrderPhase.Accepted)
        {
            order.Phase = OrderPhase.Unknown;
        }
        if (command == CommandKind.Amend) order.AmendFailed = true;
    }

    private void Refused(ManagedPosition position, ref TrackedOrder order, ref readonly AccountRecord record,
        long nowNs)
    {
        switch (record.Command)
        {
            case CommandKind.Place when order.IsLive && order.Phase != OrderPhase.Working:
                if (order.Role is OrderRole.Stop or OrderRole.Exit)
                {
                    ProtectionRefused(position, order.Role, record.Reason, nowNs);
                }

                End(position, ref order, record.Reason, byVenue: false, nowNs);
                break;
            case CommandKind.Amend:
                if (order.Role == OrderRole.Stop)
                {
                    _counters.StopAmendsRefused++;
                    if (IsOfVenue(record.Reason)) WaitForVenue(position, nowNs);
                }

                order.AmendFailed = true;
                order.AwaitsProof = false;
                break;
            // An order the venue does not know is probably gone: only evidence decides. One that the venue takes no
            // cancel of now is asked again when an answer would have been overdue.
            case CommandKind.Cancel when record.Reason != VenueReason.UnknownOrder && !IsOfVenue(record.Reason):
                order.Cancelling = false;
                break;
            default:
                break;
        }
    }

    /// <summary>The refusal says what the venue is at present, and nothing of the order.</summary>
    private static bool IsOfVenue(VenueReason reason) => reason
        is VenueReason.VenueMode or VenueReason.RateLimited or VenueReason.Unauthorised or VenueReason.Deadline;

    private void ProtectionRefused(ManagedPosition position, OrderRole role, VenueReason reason, long nowNs)
    {
        if (role == OrderRole.Stop) _counters.StopsRefused++;
        if (IsOfVenue(reason))
        {
            WaitForVenue(position, nowNs);
        }
        else if (reason == VenueReason.ReduceOnly)
        {
            // The venue sees no position to reduce: it is gone, or not there yet. A look decides; until then neither
            // a refusal of the stop nor a reason to close at any price.
            position.StopNotBeforeNs = nowNs + _options.ExitIntervalNs;
            position.ExitNotBeforeNs = nowNs + _options.ExitIntervalNs;
        }
        else if (role == OrderRole.Stop)
        {
            position.StopRefusals++;
            // The price may not lie on the venue's step, which nobody may have told: the next one is coarser.
            if (reason == VenueReason.InvalidArguments) position.StopCoarseness++;
        }
        else
        {
            // Perhaps it was the form: the next one is a market order, which the venue must know.
            position.ExitsAtMarket |= reason == VenueReason.InvalidArguments;
            position.ExitNotBeforeNs = nowNs + _options.ExitIntervalNs;
        }
    }

    private void WaitForVenue(ManagedPosition position, long nowNs)
    {
        _counters.VenueRefusals++;
        int doublings = Math.Min(position.VenueRefusals, 10);
        position.Wait(nowNs + Math.Min(_options.VenueRetryMaxNs, _options.VenueRetryNs << doublings));
    }

    private static void Open(
        ref TrackedOrder order, ref readonly AccountRecord record, Int128 quantity, Int128 cumulative, Int128 trigger,
        long round)
    {
        // Reports overtake each other: what ended stays ended, unless only absence said so.
        if (order.Phase == OrderPhase.Closed)
        {
            if (!order.ClosedByAbsence) return;
            order.ClosedByAbsence = false;
        }

        bool fresh = order.Phase != OrderPhase.Working || record.Snapshot;
        order.Phase = OrderPhase.Working;
        order.WasProven = true;
        order.MissedNs = 0;
        order.Cumulative = Int128.Max(order.Cumulative, cumulative);
        order.VenueHigh = record.VenueOrderHigh;
        order.VenueLow = record.VenueOrderLow;
        if (record.Snapshot) order.SeenRound = round;
        if (!fresh) return;
        order.Quantity = quantity;
        order.Trigger = trigger;
        // With the amend still unanswered the snapshot may be older than its effect.
        if (order.InFlight != CommandKind.Amend) order.AwaitsProof = false;
    }

    private static void Amended(ref TrackedOrder order, Int128 quantity, Int128 trigger)
    {
        if (!order.IsLive) return;
        order.Phase = OrderPhase.Working;
        order.MissedNs = 0;
        order.Quantity = quantity;
        if (trigger > 0) order.Trigger = trigger;
        order.AwaitsProof = false;
        order.AmendFailed = false;
    }

    private void Closed(
        ManagedPosition position, ref TrackedOrder order, ref readonly AccountRecord record, Int128 cumulative,
        long nowNs)
    {
        order.Cumulative = Int128.Max(order.Cumulative, cumulative);
        order.InFlight = CommandKind.None;
        order.ClosedByAbsence = false;
        if (order.IsLive) End(position, ref order, record.Reason, byVenue: true, nowNs);
    }

    private void Fill(
        ManagedPosition position, int index, ref readonly AccountRecord record, Int128 quantity, Int128 cumulative,
        Int128 price,
        long nowNs)
    {
        bool named = record.ExecutionHigh != 0 || record.ExecutionLow != 0;
        if (named && !_executions.TryAdd(record.ExecutionHigh, record.ExecutionLow))
        {
            _counters.FillsRepeated++;
            return;
        }

        if (record.Side == Side.None || quantity <= 0)
        {
            _counters.Unusable++;
            return;
        }

        _counters.Fills++;
        bool reduces = !record.Id.IsNone && record.Id.Role != OrderRole.Entry;
        if (record.Id.Role == OrderRole.Stop) position.StopFilledNs = nowNs;
        position.Add(record.Side == Side.Buy ? quantity : -quantity, price, reduces);
        if (index < 0)
        {
            Suspect(in record);
            return;
        }

        ref TrackedOrder order = ref position.Orders[index];
        order.Filled += quantity;
        order.Cumulative = Int128.Max(order.Cumulative, cumulative);
        order.MissedNs = 0;
        if (order.ClosedByAbsence && order.Filled < order.Quantity)
        {
            order.ClosedByAbsence = false;
            order.Phase = OrderPhase.Working;
        }

        if (order.IsLive) order.Phase = OrderPhase.Working;
        if (order.IsLive && order.Filled >= order.Quantity && !order.AwaitsProof)
        {
            End(position, ref order, VenueReason.None, byVenue: true, nowNs);
        }
    }

    private void Found(
        ManagedPosition position, ref readonly TrackedOrder order, Int128 quantity, long nowNs) =>
        _differences.Add(
            position, DifferenceField.Order, ReconcileRule.Found, 0, quantity, nowNs, order.Id, order.Role);

    /// <summary>
    /// A snapshot may show what was sent before the log was lost; news of such an order is a second owner's (I13).
    /// </summary>
    private void Suspect(ref readonly AccountRecord record)
    {
        if (record.Id.IsNone || _writer.CanBeOurs(record.Id)) return;
        _writer.Avoid(record.Id);
        if (record.Snapshot) return;
        _counters.StrangersOrders++;
        Halt = OwnHalt.AnotherOwner;
    }

    /// <summary>An order we have no place for yet: ours of an earlier epoch, or somebody else's stop.</summary>
    private int Admit(ManagedPosition position, ref readonly AccountRecord record, long nowNs)
    {
        bool stop = record.ReduceOnly && record.Type == OrderType.StopLoss;
        if (record.Id.IsNone && !stop)
        {
            _counters.Unusable++;
            return -1;
        }

        Suspect(in record);
        int index = position.Orders.Claim();
        if (index < 0)
        {
            _counters.TableFull++;
            return index;
        }

        ref TrackedOrder order = ref position.Orders[index];
        order.Id = record.Id;
        order.VenueHigh = record.VenueOrderHigh;
        order.VenueLow = record.VenueOrderLow;
        order.Role = record.Id.IsNone ? OrderRole.Stop : record.Id.Role;
        order.Type = record.Type;
        order.Side = record.Side;
        order.ReduceOnly = record.ReduceOnly;
        order.Phase = OrderPhase.Accepted;
        order.SentNs = nowNs;
        order.MutatedNs = nowNs;
        // An entry nobody here intends: cancelled at the next look.
        if (order.Role == OrderRole.Entry) order.ExpiresNs = nowNs;
        return index;
    }
}
