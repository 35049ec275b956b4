namespace TradingBot.Simulation.Venue;

/// <summary>What somebody else traded: the taker's side, in ticks and lots.</summary>
internal readonly record struct FlowTrade(bool TakerBuys, long Price, long Lots);

/// <summary>One side of a market's book as an order of ours meets it: ticks and lots, best first.</summary>
/// <remarks>Two inhabitants: the synthetic market's own side, and a side mirrored from an observed feed.</remarks>
internal interface IVenueSide
{
    /// <summary>A quote is there that an order may take; while false the best price and lots mean nothing.</summary>
    bool CanBeTaken { get; }

    long BestPrice { get; }

    long BestLots { get; }

    /// <summary>Takes from the best level: never more than is there.</summary>
    void TakeBest(long lots);

    /// <summary>Shown at a price; <see cref="long.MaxValue"/> where the book does not reach.</summary>
    long LotsShownAt(long price);
}

/// <summary>What matching, rules and frames need of a market, wherever its prices come from.</summary>
internal interface IVenueMarket
{
    string Symbol { get; }

    /// <summary>Decimals of ticks and lots.</summary>
    int PriceDecimals { get; }

    int QuantityDecimals { get; }

    /// <summary>Prices are multiples of this many ticks; quantities of this many lots, and no fewer than the
    /// least.</summary>
    long PriceStep { get; }

    long LotsStep { get; }

    long LotsLeast { get; }

    /// <summary>False once it is traded no more.</summary>
    bool IsListed => true;

    /// <summary>False while orders may rest but not match.</summary>
    bool IsMatching { get; }

    long LastPrice { get; }

    long IndexPrice { get; }

    /// <summary>False while nothing is paid for holding: the market of the index is closed.</summary>
    bool PaysFunding => true;

    /// <summary>What positions are weighed at.</summary>
    long MarkPrice { get; }

    IVenueSide Bids { get; }

    IVenueSide Asks { get; }

    /// <summary>Counts a fill of ours as a trade of the market; its id.</summary>
    long PrintTrade(long price, long lots);
}
