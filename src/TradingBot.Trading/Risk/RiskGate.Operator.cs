using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Trading.Risk;

/// <content>What a person or a script asks for: quantities are given, everything else is checked as for a
/// signal.</content>
public sealed partial class RiskGate
{
    /// <summary>No new exposure, whoever wants it, until it is resumed.</summary>
    public bool Halted { get; private set; }

    /// <summary>What the last entry an operator asked for came to.</summary>
    public Refusal OperatorRefusal { get; private set; }

    private void OnAccount(ref readonly AccountRecord record, long sequence)
    {
        switch (record.Kind)
        {
            case AccountEventKind.Halt:
                Halted = true;
                break;
            case AccountEventKind.Resume:
                Halted = false;
                break;
            case AccountEventKind.Enter:
                DecideEntry(in record, sequence);
                break;
            case AccountEventKind.History when (uint)record.InstrumentId < (uint)_instruments.Length:
                _instruments[record.InstrumentId].HistoryUntilNs = record.Quantity == 0 ? record.TriggerPrice : 0;
                break;
            default:
                break;
        }
    }

    private void DecideEntry(ref readonly AccountRecord entry, long sequence)
    {
        OperatorRefusal = Refusal.BookNotInSync;
        if ((uint)entry.InstrumentId >= (uint)_symbols.Count) return;
        ref InstrumentRisk instrument = ref _instruments[entry.InstrumentId];
        if (instrument.QuotePlusOne == 0) LookUp(entry.InstrumentId, ref instrument);
        Refusal refusal = CheckEntry(in entry, in instrument, out Notional notional);
        OperatorRefusal = refusal;
        _counts[(entry.InstrumentId * Reasons) + (int)refusal]++;
        _decisions.Add(_symbols.StableHashOf(entry.InstrumentId));
        _decisions.Add(_nowNs);
        _decisions.Add(((ulong)refusal << 16) | ((ulong)entry.Kind << 8) | (ulong)entry.Side);
        _decisions.AddDecimal(entry.Price, entry.PriceDecimals);
        _decisions.AddDecimal(entry.TriggerPrice, entry.PriceDecimals);
        _decisions.AddDecimal(entry.Quantity, entry.QuantityDecimals);
        if (refusal != Refusal.None) return;
        ref ApprovedOrder order = ref Orders.Append();
        order = new ApprovedOrder(
            sequence, _nowNs, _nowNs + _limits.OrderTimeToLiveNs, entry.InstrumentId, entry.Side,
            new Price(entry.Price), entry.PriceDecimals, new Quantity(entry.Quantity), entry.QuantityDecimals, notional,
            new Price(entry.TriggerPrice), byOperator: true);
        Exposure.Reserve(in order, instrument.QuotePlusOne - 1);
        _recentOrders[_recentNext++ % _recentOrders.Length] = _nowNs;
    }

    private Refusal CheckEntry(
        ref readonly AccountRecord entry, ref readonly InstrumentRisk instrument, out Notional notional)
    {
        notional = Notional.Zero;
        Refusal refusal = CheckMarket(in instrument);
        if (refusal != Refusal.None) return refusal;
        // At market it costs what the book asks for; how far it may walk beyond that is the venue's protection.
        long best = entry.Side == Side.Buy ? instrument.Book.BestAsk : instrument.Book.BestBid;
        long price = entry.Price != 0 ? entry.Price : best;
        byte decimals = entry.Price != 0 ? entry.PriceDecimals : instrument.Book.PriceDecimals;
        if (!WithinCollar(price, decimals, in instrument.Book)) return Refusal.PriceCollar;
        bool small = entry.Quantity <= 0 || OrderSize.IsBelow(
            entry.Quantity, entry.QuantityDecimals, instrument.QuantityMinimum, instrument.QuantityMinimumDecimals);
        if (small) return Refusal.BelowMinimum;
        bool onStep = OrderSize.IsOnStep(
            entry.Quantity, entry.QuantityDecimals, instrument.QuantityIncrement, instrument.QuantityIncrementDecimals);
        if (!onStep) return Refusal.OffStep;
        notional = instrument.Inverse
            ? Notional.Of(1, 0, entry.Quantity, entry.QuantityDecimals)
            : Notional.Of(price, decimals, entry.Quantity, entry.QuantityDecimals);
        if (notional < Notional.Of(instrument.CostMinimum, instrument.CostMinimumDecimals, 1, 0))
        {
            return Refusal.BelowMinimum;
        }

        return CheckCaps(entry.InstrumentId, instrument.QuotePlusOne - 1, notional);
    }
}
