// In:     what a comparison of ours with a complete look comes to.   Out: records by number, for people.
// Thread: the engine's.
// Keeps:  decides nothing: with it or without, the same commands.
using System;
using TradingBot.Market.Ring;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;

namespace TradingBot.Trading.Reconciliation;

/// <summary>Differences in the order they were met; the oldest are overwritten.</summary>
internal sealed class DifferenceLog
{
    /// <summary>Two hundred instruments with five orders each, once.</summary>
    public const int Capacity = 1_024;

    /// <summary>Number of the look that is being read, or was last.</summary>
    public long Look { get; set; }

    public RecordLog<Difference> Records { get; } = new(Capacity);

    public void Add(
        ManagedPosition position, DifferenceField field, ReconcileRule rule, Int128 ours, Int128 venue,
        long nowNs, ClientOrderId id = default, OrderRole role = OrderRole.None)
    {
        ref Difference difference = ref Records.Append();
        difference = default;
        difference.TimeNs = nowNs;
        difference.Look = Look;
        difference.InstrumentId = position.InstrumentId;
        difference.Field = field;
        difference.Rule = rule;
        difference.Id = id;
        difference.Role = role;
        difference.Decimals = position.QuantityDecimals;
        difference.Ours = LedgerScale.QuantityMantissa(ours, position.QuantityDecimals);
        difference.Venue = LedgerScale.QuantityMantissa(venue, position.QuantityDecimals);
    }
}
