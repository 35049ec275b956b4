// In:     one position with its orders, its market, engine time.
// Out:    the commands that bring it from where it is to where it should be; nothing when it is there.
// Thread: the engine's.
// Keeps:  I1 (proven stop or ladder), I10 (never asks whether entries are halted), I12 (a stop is cancelled only when
//         the
//         position is gone or another proven one covers all of it).
// Budget: per account event and tick of an open position.
using System;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Reconciliation;

namespace TradingBot.Trading.Stops;

/// <summary>Converges a position on its protection. Called after whatever may have changed it; repeated calls add
/// nothing.</summary>
internal sealed class StopGuard
{
    private readonly ProtectionOptions _options;
    private readonly CommandWriter _writer;
    private readonly OrderReports _reports;
    private readonly ProtectionCounters _counters;
    private readonly DifferenceLog _differences;
    private readonly ProfitTaking _profits;
    private readonly ExitLadder _exits;
    private readonly LiquidationBound _bound;
    private readonly StopBackstop _backstop;

    public StopGuard(
        ProtectionOptions options, CommandWriter writer, OrderReports reports, ProtectionCounters counters,
        DifferenceLog differences)
    {
        _options = options;
        _writer = writer;
        _reports = reports;
        _counters = counters;
        _differences = differences;
        _profits = new ProfitTaking(options, writer, counters);
        _exits = new ExitLadder(options, writer, counters);
        _bound = new LiquidationBound(options, counters);
        _backstop = new StopBackstop(options, counters);
    }

    /// <param name="position">What to look after.</param>
    /// <param name="market">Of its instrument.</param>
    /// <param name="laneUp">Commands can be sent; else only time passes.</param>
    /// <param name="halted">Entries that still work are taken back; nothing else changes.</param>
    /// <param name="looked">A whole look was read and none is being read: only then is a position known to be
    /// gone.</param>
    public void Converge(
        ManagedPosition position, ref readonly InstrumentMarket market, bool laneUp, bool halted, bool looked)
    {
        long nowNs = _writer.NowNs;
        GiveUpWaiting(position, nowNs);
        Int128 coverage = Coverage(position, in market, foreignOnly: false);
        bool open = position.Size != 0;
        bool bare = open && coverage < position.Size;
        position.Clock.Observe(nowNs, bare);
        position.RefusedClock.Observe(nowNs, bare && position.VenueRefusals > 0);
        if (laneUp)
        {
            CancelLapsedEntries(position, halted, nowNs);
            if (open) Protect(position, in market, coverage, nowNs);
            // A look that shows a position where we have none is disputed: its stop may be the last good one (I12).
            else if (position.Quantity == 0 && looked && position.DisputedNs == 0) CleanUp(position, nowNs);
        }

        if (position.Size != 0) Report(position, coverage);
    }

    /// <summary>
    /// Proven, right-sided, reduce-only stop quantity that is not on its way out and would fire before liquidation.
    /// </summary>
    public static Int128 Coverage(ManagedPosition position, ref readonly InstrumentMarket market, bool foreignOnly)
    {
        Int128 sum = 0;
        Int128 reference = StopPlan.ReferenceOf(position, in market);
        Int128 liquidation = StopPlan.LiquidationOf(position, reference);
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref readonly TrackedOrder order = ref position.Orders[i];
            if (order.Role != OrderRole.Stop || order.Phase != OrderPhase.Working || order.Cancelling) continue;
            if (order.Side != position.ClosingSide || !order.ReduceOnly || order.Type != OrderType.StopLoss) continue;
            if (foreignOnly && !order.IsForeign) continue;
            // Our own may have been moved into profit; what others placed must not lie beyond the market.
            bool moved = !order.IsForeign && (order.Trigger == position.PlannedStop || order.AwaitsProof);
            if (!moved && !StopPlan.IsBehind(order.Trigger, reference, position.Side)) continue;
            bool late = liquidation > 0 && !StopPlan.IsBehind(liquidation, order.Trigger, position.Side);
            if (late) continue;
            sum += order.ProvenRemaining;
        }

        return sum;
    }

    /// <summary>The stop's new place: never one that means more risk, nor one the market is through.</summary>
    public static ActRefusal Move(ManagedPosition position, ref readonly InstrumentMarket market, Int128 trigger)
    {
        if (position.Size == 0 || position.PlanSide != position.Side) return ActRefusal.NothingOpen;
        if (trigger <= 0) return ActRefusal.Unusable;
        if (trigger % StopPlan.Increment(in market, position.PriceDecimals) != 0) return ActRefusal.OffIncrement;
        if (StopPlan.IsBehind(trigger, position.PlannedStop, position.Side)) return ActRefusal.LoosensProtection;
        bool through = market.Middle > 0 && !StopPlan.IsBehind(trigger, market.Middle, position.Side);
        if (through) return ActRefusal.ThroughMarket;
        position.PlannedStop = trigger;
        return ActRefusal.None;
    }

    private void GiveUpWaiting(ManagedPosition position, long nowNs)
    {
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref TrackedOrder order = ref position.Orders[i];
            if (order.Phase == OrderPhase.None) continue;
            bool unproven = order.Phase is OrderPhase.Sent or OrderPhase.Accepted;
            long patienceNs = order.Role == OrderRole.Stop ? _options.StopGraceNs : _options.AnswerTimeoutNs;
            if (unproven && nowNs - order.SentNs >= patienceNs)
            {
                _reports.Unknown(ref order, CommandKind.Place);
            }
            else if (order.InFlight != CommandKind.None && nowNs - order.MutatedNs >= _options.AnswerTimeoutNs)
            {
                _reports.Unknown(ref order, order.InFlight);
            }
        }
    }

    private void CancelLapsedEntries(ManagedPosition position, bool halted, long nowNs)
    {
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref TrackedOrder order = ref position.Orders[i];
            if (order.Role != OrderRole.Entry || order.Phase != OrderPhase.Working) continue;
            bool lapsed = order.ExpiresNs != 0 && nowNs >= order.ExpiresNs;
            bool unwanted = halted || position.ExitWanted || position.State == PositionState.Flat;
            if (lapsed || unwanted) CancelOnce(position, ref order, nowNs);
        }
    }

    /// <summary>The position is gone: nothing of ours stays behind that could act on the next one.</summary>
    private void CleanUp(ManagedPosition position, long nowNs)
    {
        // An entry that still lives may fill: then the wish to be out stands.
        if (position.Orders.LiveCount(OrderRole.Entry) == 0) position.ExitWanted = false;
        position.StopRefusals = 0;
        position.StopCoarseness = 0;
        position.VenueRefusals = 0;
        position.ExitRung = 0;
        position.ExitsAtMarket = false;
        position.Liquidation = 0;
        position.Targets.Restart();
        position.LadderNs = 0;
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref TrackedOrder order = ref position.Orders[i];
            bool leftover = order.Role != OrderRole.Entry && order.Phase == OrderPhase.Working && !order.IsForeign;
            if (leftover) CancelOnce(position, ref order, nowNs);
        }
    }

    private void CancelOnce(ManagedPosition position, ref TrackedOrder order, long nowNs)
    {
        if (order.InFlight != CommandKind.None) return;
        if (order.Cancelling && nowNs - order.MutatedNs < _options.AnswerTimeoutNs) return;
        _writer.Cancel(position, ref order);
    }

    private void Protect(ManagedPosition position, ref readonly InstrumentMarket market, Int128 coverage, long nowNs)
    {
        if (position.PlanSide != position.Side) Adopt(position, in market);
        Escalate(position, nowNs);
        // Neither entry nor market known: a stop has no place yet, and the time runs.
        if (position.PlanSide != position.Side)
        {
            if (position.ExitWanted) _exits.Converge(position, in market, nowNs);
            return;
        }

        _bound.Converge(position, in market);
        _backstop.Converge(position, in market, nowNs);
        CancelAddingTakeProfits(position, nowNs);
        GuardStop(position, in market, nowNs);
        if (position.ExitWanted) _exits.Converge(position, in market, nowNs);
        else if (coverage >= position.Size) _profits.Converge(position, in market);
    }

    /// <summary>Time without a proven stop: the ladder begins anew each grace, and in the end the position is
    /// closed.</summary>
    private void Escalate(ManagedPosition position, long nowNs)
    {
        long ageNs = position.Clock.AgeNs(nowNs);
        if (ageNs <= _options.StopGraceNs) return;
        if (nowNs - position.LadderNs > _options.StopGraceNs)
        {
            _counters.GraceExceeded++;
            position.LadderNs = nowNs;
            position.StopRefusals = 0;
            if (!position.ExitWanted) position.Fire(PositionInput.GraceExceeded);
        }

        // While the venue takes no orders nothing can be helped, so that time is not held against the position.
        long owedNs = Math.Min(ageNs, nowNs - position.RefusedUntilNs);
        if (owedNs <= _options.CloseAfterNs || position.ExitWanted) return;
        _counters.ClosedUnprotected++;
        position.ExitWanted = true;
    }

    /// <summary>A position nothing is planned for: somebody else's, or one that was thought never to have
    /// opened.</summary>
    private void Adopt(ManagedPosition position, ref readonly InstrumentMarket market)
    {
        Int128 increment = StopPlan.Increment(in market, position.PriceDecimals);
        Int128 anchor = StopPlan.Anchor(position.AveragePrice, market.Middle, position.Side);
        if (anchor <= 0) return;
        _counters.PositionsAdopted++;
        _differences.Add(
            position, DifferenceField.Position, ReconcileRule.Adopt, 0, position.Quantity, _writer.NowNs);
        _writer.StartIntent(position);
        position.PlanSide = position.Side;
        position.Targets.Clear();
        position.PlannedStop = StopPlan.Trigger(anchor, position.Side, _options.AdoptedStopDistancePpm, increment);
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref readonly TrackedOrder order = ref position.Orders[i];
            bool ours = order.Role == OrderRole.Stop && order.Phase == OrderPhase.Working && !order.IsForeign;
            bool right = order.Side == position.ClosingSide && StopPlan.IsBehind(order.Trigger, anchor, position.Side);
            // A stop of an earlier run stays where it is.
            if (ours && right) position.PlannedStop = order.Trigger;
        }
    }

    private void GuardStop(ManagedPosition position, ref readonly InstrumentMarket market, long nowNs)
    {
        Int128 size = position.Size;
        // Stops that others placed stay as they are: ours is the complement.
        Int128 needed = Int128.Max(0, size - Coverage(position, in market, foreignOnly: true));
        int best = BestStop(position, needed, out bool pending);
        if (best < 0)
        {
            if (needed == 0) Settled(position);
            else if (!pending) PlaceStop(position, in market, needed, nowNs);
            return;
        }

        ref TrackedOrder stop = ref position.Orders[best];
        if (GaveUpMove(position, in stop, needed)) position.PlannedStop = stop.Trigger;
        bool idle = stop.InFlight == CommandKind.None && !stop.AwaitsProof;
        bool lacking = stop.ProvenRemaining < needed || stop.Trigger != position.PlannedStop;
        Int128 wanted = Int128.Max(needed, Int128.Min(stop.Remaining, size));
        if (stop.AmendFailed)
        {
            if (lacking && !pending) PlaceStop(position, in market, wanted, nowNs);
        }
        else if (idle && (lacking || stop.Remaining > size))
        {
            if (nowNs < position.StopNotBeforeNs && position.VenueRefusals > 0) return;
            _counters.StopsAmended++;
            _writer.Amend(position, ref stop, wanted + stop.Done, position.PlannedStop);
            return;
        }

        if (!idle || stop.Remaining < needed) return;
        if (!lacking) Settled(position);
        CancelOthers(position, best, nowNs);
    }

    /// <summary>The stop is where it should be: what was refused on the way no longer matters.</summary>
    private static void Settled(ManagedPosition position)
    {
        position.StopRefusals = 0;
        position.VenueRefusals = 0;
    }

    /// <summary>Replacements of a stop that covers everything are refused: only the move is given up.</summary>
    private bool GaveUpMove(ManagedPosition position, ref readonly TrackedOrder stop, Int128 needed) =>
        position.StopRefusals > _options.StopAttemptsMax && stop.ProvenRemaining >= needed
        && stop.Trigger != position.PlannedStop;

    /// <summary>Of our proven stops: the one that covers all, is in place, and is newest, in that order.</summary>
    private static int BestStop(ManagedPosition position, Int128 needed, out bool pending)
    {
        int best = -1;
        pending = false;
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref readonly TrackedOrder order = ref position.Orders[i];
            bool ours = order.Role == OrderRole.Stop && !order.IsForeign && order.Side == position.ClosingSide;
            if (!ours || !order.IsExpected) continue;
            if (order.Phase != OrderPhase.Working) pending = true;
            else if (best < 0 || IsBetter(position, needed, in order, in position.Orders[best])) best = i;
        }

        return best;
    }

    private static bool IsBetter(
        ManagedPosition position, Int128 needed, ref readonly TrackedOrder left, ref readonly TrackedOrder right)
    {
        bool leftCovers = left.ProvenRemaining >= needed;
        bool rightCovers = right.ProvenRemaining >= needed;
        if (leftCovers != rightCovers) return leftCovers;
        bool leftPlaced = left.Trigger == position.PlannedStop;
        bool rightPlaced = right.Trigger == position.PlannedStop;
        if (leftPlaced != rightPlaced) return leftPlaced;
        return left.Id.High != right.Id.High ? left.Id.High > right.Id.High : left.Id.Low > right.Id.Low;
    }

    /// <summary>The position turned over: targets of the one before stand on its own side, and are of no use.</summary>
    private void CancelAddingTakeProfits(ManagedPosition position, long nowNs)
    {
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref TrackedOrder order = ref position.Orders[i];
            bool adds = order.Role == OrderRole.TakeProfit && order.Phase == OrderPhase.Working
                && !order.IsForeign && order.Side == position.Side;
            if (adds) CancelOnce(position, ref order, nowNs);
        }
    }

    /// <summary>The venue proved a stop that covers everything: older ones of ours may go (I12).</summary>
    private void CancelOthers(ManagedPosition position, int best, long nowNs)
    {
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref TrackedOrder order = ref position.Orders[i];
            bool other = i != best && order.Role == OrderRole.Stop && order.Phase == OrderPhase.Working
                && !order.IsForeign;
            if (other) CancelOnce(position, ref order, nowNs);
        }
    }

    private void PlaceStop(
        ManagedPosition position, ref readonly InstrumentMarket market, Int128 quantity, long nowNs)
    {
        if (position.StopRefusals > _options.StopAttemptsMax
            || position.Orders.CountIn(OrderRole.Stop, OrderPhase.Unknown) >= _options.StopsUnknownMax)
        {
            position.ExitWanted = true;
            return;
        }

        if (nowNs < position.StopNotBeforeNs) return;
        if (market.Middle > 0 && !StopPlan.IsBehind(position.PlannedStop, market.Middle, position.Side))
        {
            // The market is beyond the plan: such a stop would fire at once or be refused, so the position is closed;
            // while that runs, what is left gets a stop the venue can accept.
            if (!position.ExitWanted) _counters.ClosedBeyondStop++;
            position.ExitWanted = true;
            position.PlannedStop = StopPlan.Trigger(
                market.Middle, position.Side, _options.AdoptedStopDistancePpm, StopPlan.Increment(in market,
                position.PriceDecimals));
        }

        if (market.Increment == 0 && position.StopCoarseness > 0)
        {
            position.PlannedStop = StopPlan.Coarser(
                position.PlannedStop, position.Side, position.PriceDecimals, position.StopCoarseness);
        }

        int index = _writer.Place(
            position, OrderRole.Stop, OrderType.StopLoss, position.ClosingSide, quantity, limit: 0,
            position.PlannedStop, nowNs + _options.StopDeadlineNs, otherTrigger: position.StopRefusals % 2 == 1);
        if (index < 0) return;
        _counters.StopsPlaced++;
        bool afterUnknown = position.Orders.CountIn(OrderRole.Stop, OrderPhase.Unknown) > 0;
        position.StopNotBeforeNs = afterUnknown ? nowNs + _options.StopIntervalNs : nowNs;
    }

    private static void Report(ManagedPosition position, Int128 coverage)
    {
        bool moving = false;
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref readonly TrackedOrder order = ref position.Orders[i];
            moving |= order.Role == OrderRole.Stop && order.IsLive && order.AwaitsProof;
        }

        bool covered = coverage >= position.Size;
        if (covered && !moving) position.Fire(PositionInput.Covered);
        else if (coverage > 0) position.Fire(PositionInput.Short);
        else position.Fire(PositionInput.Bare);
    }
}
