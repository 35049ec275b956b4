using System;
using TradingBot.Market.Events;

namespace TradingBot.Bench.Ratios;

/// <summary>A comparison of speeds is worth nothing when the results differ: here they are compared.</summary>
internal static class EqualResults
{
    public static void Require(ReadOnlySpan<MarketEvent> ours, ReadOnlySpan<MarketEvent> reference, int frame)
    {
        Require(ours.Length == reference.Length, $"frame {frame}: {ours.Length} events, not {reference.Length}");
        for (int i = 0; i < ours.Length; i++)
        {
            ref readonly MarketEvent a = ref ours[i];
            ref readonly MarketEvent b = ref reference[i];
            bool equal = a.Kind == b.Kind && a.InstrumentId == b.InstrumentId && a.Flags == b.Flags
                && a.Price == b.Price && a.PriceDecimals == b.PriceDecimals
                && a.Quantity == b.Quantity && a.QuantityDecimals == b.QuantityDecimals
                && a.Number == b.Number && a.Detail == b.Detail
                && a.ExchangeTimeNs == b.ExchangeTimeNs && a.Channel == b.Channel && a.Dialect == b.Dialect;
            Require(equal, $"frame {frame}: event {i} of kind {a.Kind} differs from the reference's {b.Kind}");
        }
    }

    public static void Require(bool equal, string what)
    {
        if (!equal) throw new InvalidOperationException("The contestants do not agree: " + what + ".");
    }
}
