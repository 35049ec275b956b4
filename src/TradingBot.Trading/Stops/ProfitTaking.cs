// In:     an open position that proven stops cover, and where its profits are to be taken.
// Out:    a reduce-only take-profit a target, brought to its share as the position grows and shrinks.
// Thread: the engine's.
// Keeps:  what take-profits of one plan may still fill is never more than the position.
// Budget: per account event and tick of an open position.
using System;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;

namespace TradingBot.Trading.Stops;

/// <summary>Places and sizes the take-profits of a plan.</summary>
internal sealed class ProfitTaking
{
    private readonly ProtectionOptions _options;
    private readonly CommandWriter _writer;
    private readonly ProtectionCounters _counters;

    public ProfitTaking(ProtectionOptions options, CommandWriter writer, ProtectionCounters counters)
    {
        _options = options;
        _writer = writer;
        _counters = counters;
    }

    /// <summary>Repeated calls add nothing.</summary>
    public void Converge(ManagedPosition position, ref readonly InstrumentMarket market)
    {
        TargetPlan plan = position.Targets;
        // A fill the venue counted and did not tell yet would be given to another target.
        if (plan.Count == 0 || position.Orders.MissesFills()) return;
        Int128 lot = market.Lot > 0 ? market.Lot : Pow10.Of(LedgerScale.QuantityDecimals - position.QuantityDecimals);
        // What the targets divide: what is open, and what they took of it already.
        Int128 whole = position.Size + TakeFills(position);
        Int128 left = position.Size;
        Span<Int128> shares = stackalloc Int128[TargetPlan.Max];
        plan.Divide(whole, lot, market.Minimum, shares);
        for (int i = 0; i < plan.Count; i++)
        {
            Int128 wanted = Int128.Clamp(shares[i] - plan.FilledOf(i), 0, left);
            left -= wanted;
            int index = plan.OrderOf(i).IsNone ? -1 : position.Orders.IndexOf(plan.OrderOf(i), 0, 0);
            if (plan.IsWithdrawn(i) && (index < 0 || !position.Orders[index].IsLive)) plan.Free(i);
            if (plan.OrderOf(i).IsNone) Place(position, i, wanted);
            else Resize(position, i, index, wanted);
        }

        plan.FirstTaken |= FirstIsTaken(plan, shares);
        if (plan.FirstTaken) BreakEven(position, in market);
    }

    /// <summary>The first that has a share is filled.</summary>
    private static bool FirstIsTaken(TargetPlan plan, ReadOnlySpan<Int128> shares)
    {
        int first = 0;
        while (first < plan.Count && shares[first] == 0) first++;
        return first < plan.Count && plan.FilledOf(first) >= shares[first];
    }

    /// <summary>The first target is filled: what is left shall not become a loss. Only ever towards less
    /// risk.</summary>
    private void BreakEven(ManagedPosition position, ref readonly InstrumentMarket market)
    {
        if (!_options.BreakEven || position.Targets.IsSingle || position.PlanSide != position.Side) return;
        Int128 trigger = StopPlan.BreakEven(
            position.AveragePrice, position.Side, _options.TakerFeePpm,
            StopPlan.Increment(in market, position.PriceDecimals));
        bool tightens = StopPlan.IsBehind(position.PlannedStop, trigger, position.Side);
        if (!tightens || market.Middle <= 0 || !StopPlan.IsBehind(trigger, market.Middle, position.Side)) return;
        _counters.StopsAtBreakEven++;
        position.PlannedStop = trigger;
    }

    private static Int128 TakeFills(ManagedPosition position)
    {
        TargetPlan plan = position.Targets;
        Int128 sum = 0;
        for (int i = 0; i < plan.Count; i++)
        {
            // The place of an order that ended may be another's by now: what it filled was noted while it was there.
            int index = plan.OrderOf(i).IsNone ? -1 : position.Orders.IndexOf(plan.OrderOf(i), 0, 0);
            if (index >= 0) plan.Filled(i, position.Orders[index].Filled);
            sum += plan.FilledOf(i);
        }

        return sum;
    }

    private void Place(ManagedPosition position, int target, Int128 quantity)
    {
        if (quantity == 0) return;
        int index = _writer.Place(
            position, OrderRole.TakeProfit, OrderType.TakeProfit, position.ClosingSide, quantity, limit: 0,
            position.Targets.PriceOf(target), deadlineNs: 0);
        if (index < 0) return;
        _counters.TakeProfitsPlaced++;
        position.Targets.Placed(target, position.Orders[index].Id);
    }

    /// <summary>One that ended or was refused is not placed again.</summary>
    private void Resize(ManagedPosition position, int target, int index, Int128 wanted)
    {
        if (index < 0) return;
        ref TrackedOrder order = ref position.Orders[index];
        bool idle = order.Phase == OrderPhase.Working && !order.Cancelling && order.InFlight == CommandKind.None
            && !order.AwaitsProof && !order.AmendFailed;
        if (!idle || order.Remaining == wanted) return;
        if (wanted == 0)
        {
            position.Targets.Withdraw(target);
            _writer.Cancel(position, ref order);
            return;
        }

        _writer.Amend(position, ref order, wanted + order.Done, order.Trigger);
    }
}
