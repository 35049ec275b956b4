using System;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Risk;
using TradingBot.Trading.Stops;

namespace TradingBot.Trading;

/// <content>Entries, whoever wanted them, and the acts of an operator or a script.</content>
public sealed partial class ProtectionStage
{
    /// <summary>From the ledger's price × quantity to money.</summary>
    private const int NotionalShift =
        LedgerScale.PriceDecimals + LedgerScale.QuantityDecimals - Notional.Decimals;

    /// <summary>Take-profits noted for the entry that comes next, and of which instrument; -1 = none noted.</summary>
    private readonly TargetPlan _noted = new();
    private int _notedFor = -1;
    private bool _notedUnusable;

    /// <summary>What the last entry an operator asked for came to, once the gate had let it through.</summary>
    public EntryRefusal OperatorEntry { get; private set; }

    /// <summary>What the last exit or move of a stop an operator asked for came to.</summary>
    public ActRefusal OperatorAct { get; private set; }

    private void OnApproved(ref readonly ApprovedOrder order)
    {
        EntryRefusal refusal = !order.IsApproved ? EntryRefusal.Unusable
            : !IsTradable(order.InstrumentId) ? EntryRefusal.NotTradable
            : _desk.Account(_round.Reconciled, ProtectionOverdue);
        if (refusal == EntryRefusal.None) refusal = Send(in order);
        if (order.ByOperator) OperatorEntry = refusal;
        _desk.Count(refusal);
    }

    private EntryRefusal Send(ref readonly ApprovedOrder order)
    {
        int id = order.InstrumentId;
        ManagedPosition position = Admit(id);
        EntryRefusal refusal = EntryDesk.Instrument(position);
        if (refusal != EntryRefusal.None) return refusal;
        bool noted = order.ByOperator && _notedFor == id;
        if (!LedgerScale.TryPrice(order.LimitPrice.Mantissa, order.PriceDecimals, out Int128 limit)
            || !LedgerScale.TryPrice(order.StopPrice.Mantissa, order.PriceDecimals, out Int128 stop)
            || !LedgerScale.TryQuantity(order.Quantity.Mantissa, order.QuantityDecimals, out Int128 quantity)
            || (noted && _notedUnusable))
        {
            return EntryRefusal.Unusable;
        }

        ref readonly InstrumentMarket market = ref _markets[id];
        // An order may be told with fewer decimals than its stop and its shares need.
        position.RaiseDecimals(
            Math.Max(order.PriceDecimals, market.PriceDecimals),
            Math.Max(order.QuantityDecimals, market.QuantityDecimals));
        refusal = _desk.Send(
            position, in market, order.Side, quantity, limit, stop, noted ? _noted : null, order.ExpiresNs);
        _exposure?.Hold(id, HeldBy(position, in market));
        return refusal;
    }

    private void NoteTarget(ref readonly AccountRecord record)
    {
        if (_notedFor != record.InstrumentId) ForgetTargets();
        _notedFor = record.InstrumentId;
        // An entry that shall have no take-profit.
        if (record.TriggerPrice == 0) return;
        bool usable = LedgerScale.TryPrice(record.TriggerPrice, record.PriceDecimals, out Int128 price)
            && _noted.TryAdd(price);
        if (!usable) _notedUnusable = true;
    }

    private void ForgetTargets()
    {
        _noted.Clear();
        _notedFor = -1;
        _notedUnusable = false;
    }

    private void Leave(ManagedPosition position)
    {
        bool open = position.Quantity != 0 || position.Orders.LiveCount(OrderRole.Entry) > 0;
        OperatorAct = open ? ActRefusal.None : ActRefusal.NothingOpen;
        position.ExitWanted = open;
    }

    private void Move(ManagedPosition position, ref readonly AccountRecord record)
    {
        bool usable = LedgerScale.TryPrice(record.TriggerPrice, record.PriceDecimals, out Int128 trigger);
        if (usable) position.RaiseDecimals(record.PriceDecimals, 0);
        OperatorAct = usable
            ? StopGuard.Move(position, in _markets[position.InstrumentId], trigger) : ActRefusal.Unusable;
        if (OperatorAct != ActRefusal.None) Counters.MovesRefused++;
    }

    private void Resume(int instrumentId)
    {
        _desk.Halted = false;
        for (int i = 0; i < _admittedCount; i++)
        {
            if (instrumentId < 0 || instrumentId == _admitted[i]) Admitted(i).Quarantined = false;
        }
    }

    /// <summary>What position and working entries are worth: at their own prices, else at the middle of the
    /// book.</summary>
    private static Notional HeldBy(ManagedPosition position, ref readonly InstrumentMarket market)
    {
        Int128 price = position.AveragePrice > 0 ? position.AveragePrice : market.Middle;
        Int128 product = checked(Int128.Abs(position.Quantity) * price);
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref readonly TrackedOrder order = ref position.Orders[i];
            if (order.Role != OrderRole.Entry || !order.IsLive) continue;
            product = checked(product + (order.Remaining * (order.Limit > 0 ? order.Limit : market.Middle)));
        }

        Int128 unit = Pow10.Of(NotionalShift);
        // Away from zero, so that a cap is never undercut.
        return new Notional((product + unit - 1) / unit);
    }
}
