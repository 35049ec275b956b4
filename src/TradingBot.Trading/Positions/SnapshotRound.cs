// In:     snapshot records and what positions need to know.   Out: when to ask; what two complete snapshots agree on.
// Thread: the engine's.
// Keeps:  I11: absence acts only when two Complete snapshots, an interval apart, agree; Partial and Failed prove
//         nothing.
// Budget: per snapshot and tick.
using System;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Reconciliation;

namespace TradingBot.Trading.Positions;

/// <summary>The snapshot that is being read, and the next one to ask for.</summary>
internal sealed class SnapshotRound
{
    private readonly ProtectionOptions _options;
    private readonly OrderReports _reports;
    private readonly ProtectionCounters _counters;
    private readonly DifferenceLog _differences;
    private long _beganNs;
    private long _neededSinceNs;
    private long _askedNs = long.MinValue / 2;

    public SnapshotRound(
        ProtectionOptions options, OrderReports reports, ProtectionCounters counters, DifferenceLog differences)
    {
        _options = options;
        _reports = reports;
        _counters = counters;
        _differences = differences;
    }

    /// <summary>Number of the snapshot last begun.</summary>
    public long Number { get; private set; }

    public bool Running { get; private set; }

    /// <summary>Complete looks so far.</summary>
    public long Believed { get; private set; }

    /// <summary>A Complete snapshot was read since the lane came up.</summary>
    public bool Reconciled { get; private set; }

    public void Begin(long nowNs)
    {
        Number++;
        _differences.Look = Number;
        Running = true;
        _beganNs = nowNs;
    }

    /// <summary>What was known of the venue may have changed unseen.</summary>
    public void Lose()
    {
        Running = false;
        Reconciled = false;
    }

    /// <summary>True when the snapshot that ends may be believed.</summary>
    public bool End(Completeness completeness)
    {
        bool believed = Running && completeness == Completeness.Complete;
        Running = false;
        Reconciled |= believed;
        if (believed) Believed++;
        return believed;
    }

    /// <summary>True when a snapshot is due; it counts as asked.</summary>
    public bool Ask(long nowNs, bool needed, bool anythingOpen)
    {
        needed |= !Reconciled;
        if (!needed) _neededSinceNs = 0;
        else if (_neededSinceNs == 0) _neededSinceNs = nowNs;
        long waitedNs = nowNs - _askedNs;
        bool due = needed
            ? nowNs - _neededSinceNs >= _options.SnapshotDelayNs
                && (_askedNs <= _neededSinceNs || waitedNs >= _options.SnapshotIntervalNs)
            : waitedNs >= (anythingOpen ? _options.SweepIntervalNs : _options.IdleIntervalNs);
        if (due) _askedNs = nowNs;
        return due;
    }

    /// <summary>The lane came up: ask at once.</summary>
    public void AskedNow(long nowNs) => _askedNs = nowNs;

    /// <summary>Something about this position only a snapshot can tell.</summary>
    public bool Needs(ManagedPosition position, long nowNs)
    {
        if (position.AheadOfFills || position.DisputedNs != 0 || position.Orders.MissesFills()) return true;
        if (position.Clock.AgeNs(nowNs) >= _options.SnapshotDelayNs) return true;
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref readonly TrackedOrder order = ref position.Orders[i];
            if (!order.IsLive) continue;
            if (order.Phase == OrderPhase.Unknown || order.MissedNs != 0) return true;
            bool settled = order.Phase == OrderPhase.Working && !order.AwaitsProof && !order.Cancelling;
            if (!settled && nowNs - order.MutatedNs >= _options.SnapshotDelayNs) return true;
        }

        return false;
    }

    /// <summary>Compares a position and its orders with the believed snapshot that just ended.</summary>
    public void Compare(ManagedPosition position, long nowNs)
    {
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref TrackedOrder order = ref position.Orders[i];
            if (order.IsLive && order.SeenRound != Number) Miss(position, ref order, nowNs);
        }

        if (position.VenueLiquidation > 0) position.Liquidation = position.VenueLiquidation;
        Int128 difference = position.VenueQuantity - position.Quantity;
        bool nothingOfOurs = position.Quantity == 0 && !position.Orders.AnyLive() && !position.Orders.MissesFills();
        if (difference == 0)
        {
            position.DisputedNs = 0;
            if (position.Quantity == 0) SettleEnded(position, nowNs);
        }
        else if (nothingOfOurs)
        {
            position.Correct(position.VenueQuantity, position.VenuePrice);
        }
        else if (Believed == 1 && ShowsMore(position))
        {
            // Nothing of this process is under way yet, and the venue tells its last trades only, so their sum proves
            // nothing. Emptied first: the position was never what the sum said, it did not flip.
            _counters.PositionsCorrected++;
            Note(position, ReconcileRule.FirstLook, nowNs);
            position.Correct(0, 0);
            position.Correct(position.VenueQuantity, position.VenuePrice);
        }
        else if (position.DisputedNs == 0 || position.DisputedQuantity != difference)
        {
            Note(position, ReconcileRule.Wait, nowNs);
            position.DisputedNs = nowNs;
            position.DisputedQuantity = difference;
        }
        else if (nowNs - position.DisputedNs >= _options.SnapshotIntervalNs)
        {
            _counters.PositionsCorrected++;
            Note(position, ReconcileRule.Correct, nowNs);
            position.Correct(position.VenueQuantity, position.VenuePrice);
        }
    }

    private void Note(ManagedPosition position, ReconcileRule rule, long nowNs) => _differences.Add(
        position, DifferenceField.Position, rule, position.Quantity, position.VenueQuantity, nowNs);

    private void Note(ManagedPosition position, ref readonly TrackedOrder order, ReconcileRule rule, long nowNs) =>
        _differences.Add(
            position, DifferenceField.Order, rule, order.Remaining, 0, nowNs, order.Id, order.Role);

    /// <summary>Presence acts at once; what the look does not show is absence, and waits for a second one.</summary>
    private static bool ShowsMore(ManagedPosition position)
    {
        Int128 shown = position.VenueQuantity;
        bool other = shown > 0 ? position.Quantity < 0 : position.Quantity > 0;
        return shown != 0 && (other || Int128.Abs(shown) > Int128.Abs(position.Quantity));
    }

    /// <summary>Fills that neither came nor left a trace in the position: both sides agree, so nothing is
    /// owed.</summary>
    private void SettleEnded(ManagedPosition position, long nowNs)
    {
        if (!position.Orders.MissesFills() || position.Orders.AnyLive()) return;
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref TrackedOrder order = ref position.Orders[i];
            bool owed = order.Phase == OrderPhase.Closed && order.Cumulative > order.Filled
                && nowNs - order.ClosedNs >= _options.AbsenceAgeNs;
            if (!owed) continue;
            _differences.Add(
                position, DifferenceField.Fills, ReconcileRule.Settle, order.Filled, order.Cumulative, nowNs,
                order.Id, order.Role);
            order.Filled = order.Cumulative;
        }

        if (position.State == PositionState.EntryPending && !position.Orders.MissesFills())
        {
            position.Fire(PositionInput.EntryEnded);
        }
    }

    private void Miss(ManagedPosition position, ref TrackedOrder order, long nowNs)
    {
        // Younger than the snapshot, or on its way: the snapshot cannot know.
        if (order.MutatedNs >= _beganNs || order.InFlight != CommandKind.None) return;
        bool proven = order.Phase == OrderPhase.Working;
        if (!proven && nowNs - order.SentNs < _options.AbsenceAgeNs) return;
        if (order.MissedNs == 0)
        {
            order.MissedNs = nowNs;
            Note(position, in order, ReconcileRule.Missed, nowNs);
            // Absence ends an order only when two looks agree, but a stop that one look did not show covers nothing
            // meanwhile: another is placed, and being reduce-only it does no harm if the first turns up again.
            bool guards = proven && order.Role == OrderRole.Stop && position.VenueQuantity != 0;
            if (guards) order.Phase = OrderPhase.Unknown;
            return;
        }

        if (nowNs - order.MissedNs < _options.SnapshotIntervalNs) return;
        _counters.Absences++;
        Note(position, in order, ReconcileRule.Absent, nowNs);
        order.ClosedByAbsence = true;
        _reports.End(position, ref order, VenueReason.None, byVenue: proven, nowNs);
    }
}
