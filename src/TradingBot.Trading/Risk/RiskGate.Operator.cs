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
            case AccountEventKind.History when (uint)record.InstrumentId < (uint)_rules.Length:
                _rules[record.InstrumentId].HistoryUntilNs = record.Quantity == 0 ? record.TriggerPrice : 0;
                break;
            default:
                break;
        }
    }

    private void DecideEntry(ref readonly AccountRecord entry, long sequence)
    {
        OperatorRefusal = Refusal.BookNotInSync;
        if ((uint)entry.InstrumentId >= (uint)_symbols.Count) return;
        ref readonly InstrumentRules rules = ref RulesOf(entry.InstrumentId);
        Refusal refusal = CheckEntry(in entry, in rules, out Notional notional);
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
        Exposure.Reserve(in order, rules.QuotePlusOne - 1);
        _recentOrders[_recentNext++ % _recentOrders.Length] = _nowNs;
    }

    private Refusal CheckEntry(
        ref readonly AccountRecord entry, ref readonly InstrumentRules rules, out Notional notional)
    {
        ref readonly InstrumentRisk instrument = ref _instruments[entry.InstrumentId];
        notional = Notional.Zero;
        Refusal refusal = CheckMarket(in instrument, in rules);
        if (refusal != Refusal.None) return refusal;
        // At market it costs what the book asks for; how far it may walk beyond that is the venue's protection.
        long best = entry.Side == Side.Buy ? instrument.BestAsk : instrument.BestBid;
        long price = entry.Price != 0 ? entry.Price : best;
        byte decimals = entry.Price != 0 ? entry.PriceDecimals : instrument.PriceDecimals;
        if (!WithinCollar(price, decimals, in instrument)) return Refusal.PriceCollar;
        bool small = entry.Quantity <= 0 || OrderSize.IsBelow(
            entry.Quantity, entry.QuantityDecimals, rules.QuantityMinimum, rules.QuantityMinimumDecimals);
        if (small) return Refusal.BelowMinimum;
        bool onStep = OrderSize.IsOnStep(
            entry.Quantity, entry.QuantityDecimals, rules.QuantityIncrement, rules.QuantityIncrementDecimals);
        if (!onStep) return Refusal.OffStep;
        notional = rules.Inverse
            ? Notional.Of(1, 0, entry.Quantity, entry.QuantityDecimals)
            : Notional.Of(price, decimals, entry.Quantity, entry.QuantityDecimals);
        if (notional < Notional.Of(rules.CostMinimum, rules.CostMinimumDecimals, 1, 0))
        {
            return Refusal.BelowMinimum;
        }

        return CheckCaps(entry.InstrumentId, rules.QuotePlusOne - 1, notional);
    }
}
