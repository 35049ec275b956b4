using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>
/// What the simulated venue lists: five spot instruments and their five perpetuals, in the same order.
/// </summary>
internal static class VenueInstruments
{
    /// <summary>Quiet enough that ten markets together make about ten events a second.</summary>
    private const int IntervalUs = 850_000;

    public static readonly SyntheticInstrument[] Perpetuals =
    [
        Perpetual("PF_XBTUSD", "BTC", 0, 4, 63_000, 40_000, "1", "0.0001", gapTicks: 4),
        Perpetual("PF_ETHUSD", "ETH", 1, 3, 18_772, 60_000, "0.1", "0.001", gapTicks: 3),
        Perpetual("PF_SOLUSD", "SOL", 2, 2, 14_231, 80_000, "0.01", "0.01", gapTicks: 2),
        Perpetual("PF_DOGEUSD", "DOGE", 5, 0, 21_346, 400_000, "1e-05", "1", gapTicks: 3),
        Perpetual("PF_ADAUSD", "ADA", 4, 0, 8_423, 120_000, "0.0001", "1", gapTicks: 2),
    ];

    public static readonly SyntheticInstrument[] Spot =
        [.. SyntheticInstrument.All.Select(instrument => instrument with
        {
            IntervalUs = IntervalUs + (instrument.IntervalUs / 4),
            LevelsMin = LevelsMin,
        })];

    /// <summary>More than the deepest window we sell (25), so that it refills from stock.</summary>
    private const int LevelsMin = 32;

    /// <summary>All symbols, for people.</summary>
    public static string AllSymbols => string.Join(
        ", ", SyntheticInstrument.All.Select(spot => $"{spot.Symbol} with {spot.UnifiedSymbol}"));

    /// <summary>Whether one of the symbols is known here.</summary>
    public static bool IsKnown(string symbol) => PlaceOf(symbol) >= 0;

    /// <summary>Places of what shall be listed, in the usual order; all without a symbol.</summary>
    /// <exception cref="ArgumentException">A symbol is not known.</exception>
    public static IEnumerable<int> Listed(IReadOnlyList<string> symbols)
    {
        foreach (string symbol in symbols)
        {
            if (!IsKnown(symbol)) throw new ArgumentException($"The simulated venue has no {symbol}.", nameof(symbols));
        }

        HashSet<int> places = [.. symbols.Select(PlaceOf)];
        return Enumerable.Range(0, Perpetuals.Length).Where(place => places.Count == 0 || places.Contains(place));
    }

    /// <summary>Perpetual and spot market of each place that shall be listed.</summary>
    /// <exception cref="ArgumentException">A symbol is not known.</exception>
    public static IEnumerable<(int Place, SyntheticInstrument Perpetual, SyntheticInstrument Spot)> Listed(
        VenueOptions options)
    {
        int count = options.PerpetualCount > 0 ? options.PerpetualCount : Perpetuals.Length;
        SyntheticInstrument[] relatives = SyntheticInstrument.First(Math.Max(count, Perpetuals.Length));
        int[] places = options.PerpetualCount > 0 ? [.. Enumerable.Range(0, count)] : [.. Listed(options.Symbols)];
        foreach (int place in places)
        {
            SyntheticInstrument perpetual = Perpetuals[place % Perpetuals.Length];
            SyntheticInstrument spot = Spot[place % Perpetuals.Length];
            if (place >= Perpetuals.Length)
            {
                (string symbol, string unified, string asset) =
                    (relatives[place].Symbol, relatives[place].UnifiedSymbol, relatives[place].Base);
                perpetual = perpetual with
                {
                    Symbol = unified,
                    UnifiedSymbol = unified,
                    Base = asset,
                    Price = SyntheticInstrument.Scaled(perpetual.Price, place),
                };
                spot = spot with
                {
                    Symbol = symbol,
                    UnifiedSymbol = unified,
                    Base = asset,
                    Price = SyntheticInstrument.Scaled(spot.Price, place),
                };
            }

            yield return (place, Paced(perpetual, options, places.Length), Paced(spot, options, places.Length));
        }
    }

    /// <summary>Symbols of the first so many pairs.</summary>
    public static (string[] Spot, string[] Perpetuals) SymbolsOf(int pairs)
    {
        SyntheticInstrument[] first = SyntheticInstrument.First(pairs);
        return ([.. first.Select(one => one.Symbol)], [.. first.Select(one => one.UnifiedSymbol)]);
    }

    private static SyntheticInstrument Paced(SyntheticInstrument instrument, VenueOptions options, int pairs)
    {
        if (options.StepsPerSecond == 0)
        {
            return instrument with { IntervalUs = instrument.IntervalUs / options.Activity };
        }

        // Two markets a pair, each of which makes its share of the steps.
        long intervalUs = Math.Max(2L * pairs * 1_000_000 / options.StepsPerSecond, 1);
        return instrument with
        {
            IntervalUs = (int)Math.Min(intervalUs, int.MaxValue),
            IntervalLeastUs = Math.Clamp(intervalUs / 10, 1, instrument.IntervalLeastUs),
        };
    }

    private static int PlaceOf(string symbol) => Array.FindIndex(
        SyntheticInstrument.All, spot => spot.Symbol == symbol || spot.UnifiedSymbol == symbol);

    private static SyntheticInstrument Perpetual(string symbol, string asset, int priceDecimals, int quantityDecimals,
        long price, long levelLots, string priceStep, string quantityStep, int gapTicks) => new()
        {
            Symbol = symbol,
            UnifiedSymbol = symbol,
            Base = asset,
            PriceDecimals = priceDecimals,
            QuantityDecimals = quantityDecimals,
            Price = price,
            SpreadTicks = 1,
            GapTicks = gapTicks,
            LevelLots = levelLots,
            IntervalUs = IntervalUs,
            Increment = priceStep,
            QuantityIncrement = quantityStep,
            QuantityMin = quantityStep,
            RoundLots = 1_000,
            LevelsMin = LevelsMin,
        };
}
