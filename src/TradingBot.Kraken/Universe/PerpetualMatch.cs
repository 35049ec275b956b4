using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Kraken.Universe;

/// <summary>Which linear perpetual belongs to a spot instrument.</summary>
/// <remarks>
/// Only <c>PF_</c>, by the whole base and never by a part of it (ETH is not ETHFI), only for dollars, only where the
/// contract is listed and where its price is the spot's within 5 % when both are known: a contract on a thousandth or
/// on a renamed asset fails that.
/// </remarks>
public sealed class PerpetualMatch
{
    private const decimal PriceRatioMax = 1.05m;

    private readonly Dictionary<string, InstrumentSpec> _byBase = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">Two linear perpetuals have one base.</exception>
    public PerpetualMatch(IEnumerable<InstrumentSpec> specs)
    {
        ArgumentNullException.ThrowIfNull(specs);
        foreach (InstrumentSpec spec in specs.Where(IsCandidate))
        {
            if (_byBase.TryAdd(spec.Base, spec)) continue;
            throw new InvalidOperationException($"{_byBase[spec.Base].Id} and {spec.Id} are both on {spec.Base}");
        }
    }

    /// <summary>The contract of a spot instrument; null and why when there is none.</summary>
    public InstrumentSpec? Of(
        InstrumentSpec spot, decimal? spotPrice, Func<InstrumentSpec, decimal?> priceOf, out string why)
    {
        ArgumentNullException.ThrowIfNull(spot);
        ArgumentNullException.ThrowIfNull(priceOf);
        why = "";
        if (!spot.IsSpot || spot.Quote != "USD") return null;
        if (!_byBase.TryGetValue(spot.Base, out InstrumentSpec? perpetual)) return null;
        if (spotPrice is not > 0 || priceOf(perpetual) is not { } price || price <= 0) return perpetual;
        decimal ratio = Math.Max(spotPrice.Value, price) / Math.Min(spotPrice.Value, price);
        if (ratio <= PriceRatioMax) return perpetual;
        why = $"{perpetual.Id} trades at {price:0.########} and spot at {spotPrice:0.########}: not the same thing";
        return null;
    }

    private static bool IsCandidate(InstrumentSpec spec) =>
        spec is { Kind: InstrumentKind.LinearPerpetual, Quote: "USD", Status: not InstrumentStatus.Delisted };
}
