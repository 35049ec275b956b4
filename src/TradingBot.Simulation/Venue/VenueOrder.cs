using System;

namespace TradingBot.Simulation.Venue;

public enum VenueOrderType : byte
{
    Limit,
    Market,
    StopLoss,
    TakeProfit,
    StopLossLimit,
    TakeProfitLimit,

    /// <summary>A stop-loss whose trigger follows the best price by a distance.</summary>
    TrailingStop,
}

/// <summary>Which order ends when one account would trade with itself.</summary>
public enum SelfTradeRule : byte
{
    /// <summary>The arriving one: the venue's default.</summary>
    CancelNewest,
    CancelOldest,
    CancelBoth,
}

/// <summary>In which asset a spot order shall pay its fee, where the client says it.</summary>
public enum FeePreference : byte
{
    None,
    InBase,
    InQuote,
}

public enum VenueOrderState : byte
{
    /// <summary>A limit order in the book.</summary>
    Resting,

    /// <summary>A stop or take-profit that waits for its price.</summary>
    Untriggered,

    /// <summary>Its price was reached: it meets the book of the next step.</summary>
    Triggered,

    Filled,
    Canceled,
}

/// <summary>What a client asks for, with numbers already in ticks and lots.</summary>
internal sealed record OrderTicket
{
    public required int Market { get; init; }

    public required bool IsBuy { get; init; }

    public required VenueOrderType Type { get; init; }

    public required long Lots { get; init; }

    public string ClientId { get; init; } = string.Empty;

    /// <summary>0 = none; likewise the trigger.</summary>
    public long LimitPrice { get; init; }

    public long TriggerPrice { get; init; }

    public bool TriggerByIndex { get; init; }

    public bool TriggerByMark { get; init; }

    /// <summary>The distance of a trailing stop: in ticks, or else in millionths of the price.</summary>
    public long TrailTicks { get; init; }

    public long TrailPpm { get; init; }

    /// <summary>Where a trailing stop would trigger if this price were the best so far.</summary>
    public long TrailFrom(long price)
    {
        long distance = TrailTicks > 0 ? TrailTicks : (long)((Int128)price * TrailPpm / 1_000_000);
        return IsBuy ? price + distance : price - distance;
    }

    public bool ReduceOnly { get; init; }

    public bool PostOnly { get; init; }

    public bool ImmediateOrCancel { get; init; }

    /// <summary>The venue's own: it closes a part of a position that margin no longer carries.</summary>
    public bool IsLiquidation { get; init; }

    public SelfTradeRule SelfTrade { get; init; }

    public FeePreference Fees { get; init; }

    /// <summary>A number of the client's own, not unique; 0 = none.</summary>
    public int UserReference { get; init; }

    /// <summary>Whether it says where it triggers: a trailing stop says how far behind.</summary>
    public bool HasTrigger => Type == VenueOrderType.TrailingStop ? TrailTicks > 0 || TrailPpm > 0 : TriggerPrice > 0;

    public bool IsTriggered => Type is not (VenueOrderType.Limit or VenueOrderType.Market);

    public bool HasLimit =>
        Type is VenueOrderType.Limit or VenueOrderType.StopLossLimit or VenueOrderType.TakeProfitLimit;
}

/// <summary>What an amendment changes; 0 leaves as it is.</summary>
internal readonly record struct OrderChange(long Lots, long LimitPrice, long TriggerPrice);

/// <summary>One order of the account, from acceptance on.</summary>
internal sealed class VenueOrder(string id, OrderTicket ticket, long timeNs)
{
    /// <summary>The venue's own; an edit may give it another.</summary>
    public string Id { get; set; } = id;

    public OrderTicket Ticket { get; } = ticket;

    public long PlacedNs { get; } = timeNs;

    public int Market => Ticket.Market;

    public bool IsBuy => Ticket.IsBuy;

    public int Sign => IsBuy ? 1 : -1;

    /// <summary>It waits, or waited, for a price: a stop-loss or a take-profit, with or without a limit.</summary>
    public bool IsStop => Ticket.IsTriggered;

    public bool ReduceOnly => Ticket.ReduceOnly;

    public VenueOrderState State { get; set; }

    public bool IsLive => State is VenueOrderState.Resting or VenueOrderState.Untriggered or VenueOrderState.Triggered;

    public long Lots { get; set; } = ticket.Lots;

    public long FilledLots { get; set; }

    public long RemainingLots => Lots - FilledLots;

    /// <summary>Σ price × lots of its fills: cost in units of a tick and lot.</summary>
    public Int128 TickLots { get; set; }

    public long LimitPrice { get; set; } = ticket.LimitPrice;

    public long TriggerPrice { get; set; } = ticket.TriggerPrice;

    /// <summary>When its price was reached; 0 before.</summary>
    public long TriggeredNs { get; set; }

    /// <summary>When it was placed or last amended.</summary>
    public long TouchedNs { get; set; } = timeNs;

    /// <summary>Quantity of others at our price that came before us.</summary>
    public long AheadLots { get; set; }

    /// <summary>Σ of what its fills owe in fees, in units of <see cref="SpotLedger"/>.</summary>
    public Int128 FeeUnits { get; set; }
}

/// <summary>One fill of the account.</summary>
internal sealed record VenueFill(
    VenueOrder Order, long Number, long Price, long Lots, long CumulativeLots, Int128 CumulativeTickLots, bool IsMaker,
    long Fee, long TradeId, long TimeNs, bool FeeInBase = false);

internal enum ReportKind : byte
{
    New,
    Trade,
    Filled,
    Canceled,
    Amended,
    Triggered,
}

/// <summary>One thing that happened to an order; the state of the order is as of then.</summary>
internal readonly record struct ExecutionReport(
    ReportKind Kind, VenueOrder Order, VenueFill? Fill, string Reason, long Lots, long FilledLots, long LimitPrice,
    long TriggerPrice, long TimeNs);
