// In:     what an order shall be.   Out: commands, in order; the order's place in the table.
// Thread: the engine's.
// Keeps:  at most one unacknowledged mutation per order; an id is used once; commands are values only.
// Budget: per order.
using System;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Trading.Positions;

namespace TradingBot.Trading.Orders;

/// <summary>Writes commands and notes them in the order they concern.</summary>
internal sealed class CommandWriter
{
    /// <summary>Far more than one event causes; the driver drains it after each.</summary>
    public const int LogCapacity = 4_096;

    private readonly uint _epoch;
    private readonly ProtectionCounters _counters;
    private long _sequence;
    private long _nextIntent;

    public CommandWriter(uint epoch, ProtectionCounters counters)
    {
        _epoch = epoch;
        _counters = counters;
    }

    public RecordLog<OrderCommand> Log { get; } = new(LogCapacity);

    public long NowNs { get; private set; }

    public void Begin(long sequence, long nowNs)
    {
        _sequence = sequence;
        NowNs = nowNs;
    }

    /// <summary>
    /// Whether this process, or one before it, can have given this id: a later epoch, or an intent of ours that was
    /// never begun, is somebody else's on the same account (I13).
    /// </summary>
    public bool CanBeOurs(ClientOrderId id) =>
        id.Epoch < _epoch || (id.Epoch == _epoch && id.Intent < _nextIntent);

    /// <summary>
    /// An id of our own epoch that we did not give is of a log that was lost: what comes after it is given next, since
    /// an id is never used twice.
    /// </summary>
    public void Avoid(ClientOrderId id)
    {
        if (id.Epoch != _epoch || id.Intent == ClientOrderId.IntentMax) return;
        _nextIntent = Math.Max(_nextIntent, id.Intent + 1);
    }

    /// <summary>A new intent: its roles start at revision 0.</summary>
    public void StartIntent(ManagedPosition position)
    {
        position.Intent = _nextIntent++;
        position.StopRevision = 0;
        position.ExitRevision = 0;
        position.TakeProfitRevision = 0;
    }

    /// <summary>Places an order in a role; -1 when the table is full.</summary>
    public int Place(
        ManagedPosition position, OrderRole role, OrderType type, Side side, Int128 quantity, Int128 limit,
        Int128 trigger, long deadlineNs, bool immediate = false, bool otherTrigger = false)
    {
        int index = position.Orders.Claim();
        if (index < 0)
        {
            _counters.TableFull++;
            return index;
        }

        ref TrackedOrder order = ref position.Orders[index];
        order.Id = NextId(position, role);
        order.Role = role;
        order.Type = type;
        order.Side = side;
        order.Quantity = quantity;
        order.AskedQuantity = quantity;
        order.Limit = limit;
        order.Trigger = trigger;
        order.AskedTrigger = trigger;
        order.ReduceOnly = role != OrderRole.Entry;
        order.Immediate = immediate;
        order.OtherTrigger = otherTrigger;
        order.Phase = OrderPhase.Sent;
        order.InFlight = CommandKind.Place;
        order.SentNs = NowNs;
        order.MutatedNs = NowNs;
        ref OrderCommand command = ref Append(position, ref order, CommandKind.Place);
        command.DeadlineNs = deadlineNs;
        if (role == OrderRole.Entry)
        {
            command.PlannedStop = LedgerScale.PriceMantissa(position.PlannedStop, position.PriceDecimals);
        }
        return index;
    }

    public void Amend(ManagedPosition position, ref TrackedOrder order, Int128 quantity, Int128 trigger)
    {
        order.AskedQuantity = quantity;
        order.AskedTrigger = trigger;
        order.AwaitsProof = true;
        order.InFlight = CommandKind.Amend;
        order.MutatedNs = NowNs;
        Append(position, ref order, CommandKind.Amend);
    }

    public void Cancel(ManagedPosition position, ref TrackedOrder order)
    {
        order.Cancelling = true;
        order.InFlight = CommandKind.Cancel;
        order.MutatedNs = NowNs;
        _counters.Cancels++;
        Append(position, ref order, CommandKind.Cancel);
    }

    public void Snapshot()
    {
        ref OrderCommand command = ref Log.Append();
        command = default;
        command.CauseSequence = _sequence;
        command.TimeNs = NowNs;
        command.Kind = CommandKind.Snapshot;
        command.InstrumentId = -1;
        _counters.Snapshots++;
    }

    private ClientOrderId NextId(ManagedPosition position, OrderRole role)
    {
        bool exhausted = position.StopRevision > ClientOrderId.RevisionMax
            || position.ExitRevision > ClientOrderId.RevisionMax
            || position.TakeProfitRevision > ClientOrderId.RevisionMax;
        if (position.Intent < 0 || exhausted) StartIntent(position);
        int revision = role switch
        {
            OrderRole.Stop => position.StopRevision++,
            OrderRole.Exit => position.ExitRevision++,
            OrderRole.TakeProfit => position.TakeProfitRevision++,
            _ => 0,
        };
        return ClientOrderId.Of(_epoch, position.Intent, role, revision);
    }

    private ref OrderCommand Append(ManagedPosition position, ref TrackedOrder order, CommandKind kind)
    {
        ref OrderCommand command = ref Log.Append();
        command = default;
        command.CauseSequence = _sequence;
        command.TimeNs = NowNs;
        command.Kind = kind;
        command.Id = order.Id;
        command.InstrumentId = position.InstrumentId;
        command.Type = order.Type;
        command.Side = order.Side;
        command.ReduceOnly = order.ReduceOnly;
        command.ImmediateOrCancel = order.Immediate;
        command.OtherTrigger = order.OtherTrigger;
        command.PriceDecimals = position.PriceDecimals;
        command.QuantityDecimals = position.QuantityDecimals;
        command.Quantity = LedgerScale.QuantityMantissa(order.AskedQuantity, position.QuantityDecimals);
        command.LimitPrice = LedgerScale.PriceMantissa(order.Limit, position.PriceDecimals);
        command.TriggerPrice = LedgerScale.PriceMantissa(order.AskedTrigger, position.PriceDecimals);
        return ref command;
    }
}
