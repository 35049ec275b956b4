using System;
using TradingBot.Market.Events;
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
    private readonly bool[] _converged;
    private int _notedFor = -1;
    private bool _notedUnusable;

    /// <summary>What the last entry an operator asked for came to, once the gate had let it through.</summary>
    public EntryRefusal OperatorEntry { get; private set; }

    /// <summary>What the last exit or move of a stop an operator asked for came to.</summary>
    public ActRefusal OperatorAct { get; private set; }

    /// <summary>The UTC day's result, open positions at the middle of their books and fees estimated; funding is not
    /// in it.</summary>
    public Notional ResultOfDay => new(_day.Units);

    /// <summary>The day's loss reached its limit: no entries until midnight UTC.</summary>
    public bool IsDayLost => _day.IsLost;

    /// <summary>How far the result lies below its best, over all starts.</summary>
    public Notional DrawdownNow => new(_drawdown.Units);

    /// <summary>That is as much as is told, or as halts entries: then they are not resumed while it lasts.</summary>
    public bool IsDrawdownWarned => _drawdown.IsWarned;

    public bool IsDrawdownBeyond => _drawdown.IsBeyond;

    /// <summary>Entries that may rest at the venue.</summary>
    public int EntriesAtWork
    {
        get
        {
            int sum = 0;
            for (int i = 0; i < _admittedCount; i++) sum += Admitted(i).Orders.LiveCount(OrderRole.Entry);
            return sum;
        }
    }

    private void WatchDay()
    {
        Int128 worth = 0;
        for (int i = 0; i < _admittedCount; i++) worth += Admitted(i).Worth(_options.TakerFeePpm);
        worth /= Pow10.Of(NotionalShift);
        bool lost = _day.IsLost;
        _day.Observe(worth, _nowNs);
        if (_day.IsLost && !lost) ConvergeAll();
        bool beyond = _drawdown.IsBeyond;
        _drawdown.Observe(worth, _nowNs);
        if (!_drawdown.IsBeyond || beyond) return;
        _reports.Halt = OwnHalt.Drawdown;
        HaltSelf();
    }

    private void OnApproved(ref readonly ApprovedOrder order)
    {
        EntryRefusal refusal = !order.IsApproved ? EntryRefusal.Unusable
            : !IsTradable(order.InstrumentId) ? EntryRefusal.NotTradable
            : _desk.Account(_round.Reconciled, ProtectionOverdue, _day.IsLost);
        if (refusal == EntryRefusal.None) refusal = Send(in order);
        if (order.ByOperator) OperatorEntry = refusal;
        _desk.Count(refusal);
    }

    private EntryRefusal Send(ref readonly ApprovedOrder order)
    {
        int id = order.InstrumentId;
        ManagedPosition position = Admit(id);
        EntryRefusal refusal = _desk.Instrument(position);
        if (refusal == EntryRefusal.None) refusal = RoomFor(order.Side);
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

    private EntryRefusal RoomFor(Side side)
    {
        int open = 0;
        int sameSide = 0;
        for (int i = 0; i < _admittedCount; i++)
        {
            ManagedPosition position = Admitted(i);
            bool entering = position.State == PositionState.EntryPending;
            if (position.Quantity == 0 && !entering) continue;
            open++;
            if ((entering ? position.PlanSide : position.Side) == side) sameSide++;
        }

        return _desk.Room(open, sameSide);
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

    /// <summary>What is due and was refused goes out first when the venue says that it takes orders again.</summary>
    private void OnVenueStatus(ref readonly MarketEvent e)
    {
        if (e.Dialect != Dialect.Unified || e.Detail != (int)VenueSystem.Online) return;
        for (int i = 0; i < _admittedCount; i++)
        {
            if (Admitted(i).VenueRefusals == 0) continue;
            Admitted(i).Proceed();
            Converge(Admitted(i));
        }
    }

    /// <summary>
    /// All positions, the most endangered first: what is at stake over how near its end is. Commands leave in this
    /// order, so when the venue's budget is short, the last ones wait.
    /// </summary>
    private void ConvergeByDanger()
    {
        Array.Clear(_converged);
        for (int done = 0; done < _admittedCount; done++)
        {
            int next = -1;
            Int128 most = -1;
            for (int i = 0; i < _admittedCount; i++)
            {
                if (_converged[i]) continue;
                Int128 danger = DangerOf(Admitted(i));
                if (danger <= most) continue;
                most = danger;
                next = i;
            }

            _converged[next] = true;
            Converge(Admitted(next));
        }
    }

    /// <summary>Notional over the distance to liquidation, in parts per million of the price; all of it where that is
    /// not told.</summary>
    private static Int128 DangerOf(ManagedPosition position)
    {
        Int128 price = position.AveragePrice;
        if (position.Quantity == 0 || price <= 0) return 0;
        Int128 distance = position.Liquidation > 0 ? Int128.Abs(price - position.Liquidation) : price;
        Int128 ppm = Int128.Max(1, distance * 1_000_000 / price);
        return checked(Int128.Abs(position.Quantity) * price) / ppm;
    }

    /// <summary>As an operator's halt; only an operator lifts it.</summary>
    private void HaltSelf()
    {
        if (OwnHalt == OwnHalt.None) OwnHalt = _reports.Halt;
        _reports.Halt = OwnHalt.None;
        _desk.Halted = true;
        ConvergeAll();
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
        OwnHalt = OwnHalt.None;
        _reports.Removals.Forget();
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
