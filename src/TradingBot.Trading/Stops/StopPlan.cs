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

    /// <summary>The stop of a position on <paramref name="side"/>, that far from the reference, rounded towards it:
    /// less risk.</summary>
    public static Int128 Behind(Int128 reference, Int128 distance, Side side, Int128 increment) => OnIncrement(
        side == Side.Buy ? reference - distance : reference + distance, 1, increment, up: side == Side.Buy);

    /// <summary>The price at so much of the risk in profit, in percent, rounded towards the entry.</summary>
    public static Int128 Target(Int128 entry, Int128 stop, Side side, int riskPercent, Int128 increment)
    {
        Int128 exact = (entry * 100) + ((entry - stop) * riskPercent);
        return OnIncrement(exact, 100, increment, up: side == Side.Sell);
    }

    /// <summary>The stop lies where a loss would be: below a long, above a short.</summary>
    public static bool IsBehind(Int128 trigger, Int128 reference, Side side) =>
        trigger > 0 && (side == Side.Buy ? trigger < reference : trigger > reference);

    /// <summary>The stop nearest to liquidation that still leaves the buffer, rounded away from it.</summary>
    public static Int128 InsideLiquidation(Int128 liquidation, Side side, int bufferPpm, Int128 increment)
    {
        Int128 distance = liquidation * bufferPpm;
        Int128 exact = side == Side.Buy
            ? (liquidation * Million) + distance : (liquidation * Million) - distance;
        return OnIncrement(exact, Million, increment, up: side == Side.Buy);
    }

    /// <summary>Where closing pays the fees of both sides and no more, rounded towards profit.</summary>
    public static Int128 BreakEven(Int128 entry, Side side, int feePpm, Int128 increment)
    {
        Int128 fees = entry * 2 * feePpm;
        Int128 exact = side == Side.Buy ? (entry * Million) + fees : (entry * Million) - fees;
        return OnIncrement(exact, Million, increment, up: side == Side.Buy);
    }

    /// <summary>Where an exit may fill at worst: that far beyond the reference, rounded towards it.</summary>
    public static Int128 ExitLimit(Int128 reference, Side side, int ppm, Int128 increment) =>
        Trigger(reference, side, ppm, increment);

    /// <summary>
    /// Where a stop must lie behind: the market, so that one moved into profit by hand counts; without it the entry.
    /// </summary>
    public static Int128 ReferenceOf(ManagedPosition position, ref readonly InstrumentMarket market) =>
        market.Middle > 0 ? market.Middle : position.AveragePrice;

    /// <summary>0 when not said, or when it would be liquidated already, which then is no price of
    /// liquidation.</summary>
    public static Int128 LiquidationOf(ManagedPosition position, Int128 reference) =>
        IsBehind(position.Liquidation, reference, position.Side) ? position.Liquidation : 0;

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

    /// <summary>A price with so many digits fewer, rounded towards less risk; as it is when no digit can go.</summary>
    public static Int128 Coarser(Int128 trigger, Side side, byte priceDecimals, int digits)
    {
        Int128 step = Pow10.Of(LedgerScale.PriceDecimals - priceDecimals);
        for (int i = 0; i < digits && step * 100 < trigger; i++) step *= 10;
        return OnIncrement(trigger, 1, step, up: side == Side.Buy);
    }

    private static Int128 OnIncrement(Int128 value, int per, Int128 increment, bool up)
    {
        Int128 step = increment * per;
        Int128 steps = value / step;
        if (up && steps * step != value) steps++;
        return steps * increment;
    }
}
