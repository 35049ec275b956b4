using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>What a fill cost; the amount in the units of its ledger.</summary>
internal readonly record struct VenueFee(long Amount, bool InBase);

/// <summary>What an account makes of orders and fills: matching asks it and knows no money itself.</summary>
/// <remarks>Two inhabitants: positions on margin, and the balances of spot.</remarks>
internal interface IVenueLedger
{
    /// <summary>Null when the order is welcome, else the venue's words.</summary>
    string? Refusal(OrderTicket ticket, IReadOnlyList<VenueOrder> live);

    /// <summary>Null when the change is welcome, else the venue's words.</summary>
    string? AmendRefusal(VenueOrder order, OrderChange change, IReadOnlyList<VenueOrder> live);

    /// <summary>How much of its rest an order may trade at a price.</summary>
    long Allowed(VenueOrder order, long price, IReadOnlyList<VenueOrder> live);

    /// <summary>Why an order ends that is not filled and may never trade again; null: it may.</summary>
    string? EndOf(VenueOrder order);

    /// <summary>Why an order ends that may trade nothing where it would have to trade now.</summary>
    string ShortReason { get; }

    /// <summary>Books a fill and what it costs; the order still stands as before it.</summary>
    VenueFee Book(VenueOrder order, long price, long lots, bool isMaker, long nowNs);

    /// <summary>Orders that end because what they reduce has become smaller.</summary>
    IReadOnlyList<VenueOrder> Surplus(int market, IReadOnlyList<VenueOrder> live);

    /// <summary>Something of a market's orders or fills changed.</summary>
    void Settle(int market, IReadOnlyList<VenueOrder> live, long nowNs);

    /// <summary>Whether what it holds of a market fits into 64 bits with more decimals.</summary>
    bool CanWiden(int market, int quantityDecimals);

    /// <summary>Brings what it holds of a market to more decimals.</summary>
    void Widen(int market, int priceDecimals, int quantityDecimals);
}
