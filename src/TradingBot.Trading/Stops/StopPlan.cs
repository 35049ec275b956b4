using System;
using TradingBot.Market.Values;
using TradingBot.Trading.Positions;

namespace TradingBot.Trading.Stops;

/// <summary>Where stops and targets go; exact, at the ledger's price scale.</summary>
internal static class StopPlan
{
    private const int Million = 1_000_000;

    /// <summary>The stop of a position on <paramref name="side"/>, <paramref name="ppm"/> away from the
    /// anchor.</summary>
    public static Int128 Trigger(Int128 anchor, Side side, int ppm, Int128 increment)
    {
        Int128 distance = anchor * ppm;
        Int128 exact = side == Side.Buy ? (anchor * Million) - distance : (anchor * Million) + distance;
        // Rounded towards the anchor: less risk.
        return OnIncrement(exact, Million, increment, up: side == Side.Buy);
    }

    /// <summary>The price at twice the risk in profit, rounded towards the entry.</summary>
    public static Int128 Target(Int128 entry, Int128 stop, Side side, Int128 increment)
    {
        Int128 exact = entry + ((entry - stop) * 2);
        return OnIncrement(exact, 1, increment, up: side == Side.Sell);
    }

    /// <summary>The stop lies where a loss would be: below a long, above a short.</summary>
    public static bool IsBehind(Int128 trigger, Int128 reference, Side side) =>
        trigger > 0 && (side == Side.Buy ? trigger < reference : trigger > reference);

    /// <summary>The worse of entry and market: a stop must lie behind both.</summary>
    public static Int128 Anchor(Int128 entry, Int128 middle, Side side)
    {
        if (entry <= 0) return middle;
        if (middle <= 0) return entry;
        return side == Side.Buy ? Int128.Min(entry, middle) : Int128.Max(entry, middle);
    }

    /// <summary>One unit of the instrument's last decimal when the venue did not say.</summary>
    public static Int128 Increment(ref readonly InstrumentMarket market, byte priceDecimals) =>
        market.Increment > 0 ? market.Increment : Pow10.Of(LedgerScale.PriceDecimals - priceDecimals);

    private static Int128 OnIncrement(Int128 value, int per, Int128 increment, bool up)
    {
        Int128 step = increment * per;
        Int128 steps = value / step;
        if (up && steps * step != value) steps++;
        return steps * increment;
    }
}
