// In:     approved orders and the operator's.   Out: entries with their planned stop, or counted refusals.
// Thread: the engine's.
// Keeps:  I1 and I11 (no entry while protection is overdue or nothing is reconciled), I3 (none after an unknown
//         outcome),
//         one entry per intent, one position per instrument.
// Budget: per order.
using System;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Stops;

namespace TradingBot.Trading.Positions;

/// <summary>Turns orders into entries.</summary>
internal sealed class EntryDesk
{
    /// <summary>1 s before the lease's end.</summary>
    private const long LeaseMarginNs = 1_000_000_000;

    private readonly ProtectionOptions _options;
    private readonly CommandWriter _writer;
    private readonly long[] _counts = new long[(int)EntryRefusal.LeaseLapsed + 1];

    public EntryDesk(ProtectionOptions options, CommandWriter writer)
    {
        _options = options;
        _writer = writer;
    }

    public bool Halted { get; set; }

    public bool LaneUp { get; set; }

    /// <summary>End of the account's lease, Unix ns; never where nobody told of one.</summary>
    public long LeaseUntilNs { get; set; } = long.MaxValue;

    /// <summary>No entry may be at work at the venue any more.</summary>
    public bool IsLeaseOver => _writer.NowNs >= LastDeadlineNs;

    /// <summary>The venue must have matched an entry by then: a clock may be some way off.</summary>
    private long LastDeadlineNs => LeaseUntilNs == long.MaxValue ? long.MaxValue : LeaseUntilNs - LeaseMarginNs;

    public long CountOf(EntryRefusal refusal) => _counts[(int)refusal];

    public EntryRefusal Count(EntryRefusal refusal)
    {
        _counts[(int)refusal]++;
        return refusal;
    }

    /// <summary>Whether the account as a whole admits entries.</summary>
    public EntryRefusal Account(bool reconciled, bool protectionOverdue, bool dayLost) =>
        !reconciled ? EntryRefusal.NotReconciled
        : !LaneUp ? EntryRefusal.LaneDown
        : Halted ? EntryRefusal.Halted
        : IsLeaseOver ? EntryRefusal.LeaseLapsed
        : protectionOverdue ? EntryRefusal.ProtectionOverdue
        : dayLost ? EntryRefusal.DayLost : EntryRefusal.None;

    /// <summary>Whether there is room for one more beside those that are open or being entered.</summary>
    public EntryRefusal Room(int open, int sameSide)
    {
        bool full = _options.PositionsMax > 0 && open >= _options.PositionsMax;
        bool leaning = _options.SameSideMax > 0 && sameSide >= _options.SameSideMax;
        return full || leaning ? EntryRefusal.TooManyPositions : EntryRefusal.None;
    }

    /// <summary>Whether the instrument does.</summary>
    public EntryRefusal Instrument(ManagedPosition position)
    {
        if (position.Quarantined) return EntryRefusal.Quarantined;
        bool cooling = position.StopFilledNs != 0 && _writer.NowNs - position.StopFilledNs < _options.StopCooldownNs;
        if (cooling) return EntryRefusal.CoolingDown;
        if (position.Orders.AnyUnknown()) return EntryRefusal.OutcomeUnknown;
        bool free = position.State == PositionState.Flat && position.IsQuiet;
        return free ? EntryRefusal.None : EntryRefusal.Occupied;
    }

    /// <summary>Sends the entry; its stop is planned before it leaves.</summary>
    /// <param name="limit">0 = at market.</param>
    /// <param name="stop">0 = at the configured distance from limit or market.</param>
    /// <param name="targets">Take-profits asked for; null = one by the configured rule.</param>
    public EntryRefusal Send(
        ManagedPosition position, ref readonly InstrumentMarket market, Side side, Int128 quantity, Int128 limit,
        Int128 stop, TargetPlan? targets, long expiresNs)
    {
        Int128 anchor = limit > 0 ? limit : market.Middle;
        if (side == Side.None || quantity <= 0 || anchor <= 0) return EntryRefusal.Unusable;
        Int128 increment = StopPlan.Increment(in market, position.PriceDecimals);
        Int128 planned = stop > 0 ? stop : StopPlan.Trigger(anchor, side, _options.StopDistancePpm, increment);
        if (!StopPlan.IsBehind(planned, anchor, side)) return EntryRefusal.StopNotBehind;
        if (limit % increment != 0 || planned % increment != 0) return EntryRefusal.OffIncrement;
        EntryRefusal refusal = targets is null ? EntryRefusal.None : Check(targets, anchor, side, increment);
        if (refusal != EntryRefusal.None) return refusal;
        position.PlanSide = side;
        position.PlannedStop = planned;
        if (targets is not null)
        {
            position.Targets.CopyFrom(targets);
        }
        else
        {
            position.Targets.Clear();
            for (int i = 0; _options.TakeProfit && i < _options.Targets.Length; i++)
            {
                TargetStep step = _options.Targets[i];
                position.Targets.TryAdd(
                    StopPlan.Target(anchor, planned, side, step.RiskPercent, increment), step.SharePercent);
            }
        }

        _writer.StartIntent(position);
        OrderType type = limit > 0 ? OrderType.Limit : OrderType.Market;
        long deadlineNs = Math.Min(_writer.NowNs + _options.EntryDeadlineNs, LastDeadlineNs);
        if (expiresNs != 0) deadlineNs = Math.Min(deadlineNs, expiresNs);
        int index = _writer.Place(position, OrderRole.Entry, type, side, quantity, limit, trigger: 0, deadlineNs);
        if (index < 0) return EntryRefusal.Occupied;
        position.Orders[index].ExpiresNs = expiresNs;
        position.Fire(PositionInput.EntrySent);
        return EntryRefusal.None;
    }

    private static EntryRefusal Check(TargetPlan targets, Int128 anchor, Side side, Int128 increment)
    {
        Side opposite = side == Side.Buy ? Side.Sell : Side.Buy;
        for (int i = 0; i < targets.Count; i++)
        {
            if (!StopPlan.IsBehind(targets.PriceOf(i), anchor, opposite)) return EntryRefusal.TargetNotBeyond;
            if (targets.PriceOf(i) % increment != 0) return EntryRefusal.OffIncrement;
        }

        return EntryRefusal.None;
    }
}
