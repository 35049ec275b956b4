using TradingBot.Market.Values;

namespace TradingBot.Trading.Orders;

/// <summary>What the account side tells the engine.</summary>
public enum AccountEventKind : byte
{
    None = 0,

    /// <summary>The venue acknowledged a command (Kind of the command in
    /// <see cref="AccountRecord.Command"/>).</summary>
    Accepted = 1,

    /// <summary>The venue refused it; <see cref="AccountRecord.Reason"/> says why.</summary>
    Refused = 2,

    /// <summary>Nobody knows: no answer in time, the socket closed, or an unreadable answer.</summary>
    Unknown = 3,

    /// <summary>Execution stream: the order rests at the venue (or is untriggered).</summary>
    OrderOpen = 4,

    /// <summary>Execution stream: our fill; ExecutionId, Quantity, Price, CumulativeQuantity.</summary>
    Fill = 5,

    /// <summary>Execution stream: the order is no more; CumulativeQuantity says how much of it was filled.</summary>
    OrderClosed = 6,

    /// <summary>Execution stream: an amendment took effect; Quantity and TriggerPrice are the new ones.</summary>
    Amended = 7,

    /// <summary>A position as the venue sees it: Quantity signed (short is negative), Price = average entry,
    /// TriggerPrice = price of liquidation, 0 when not said.</summary>
    Position = 8,

    /// <summary>A snapshot begins; what follows up to its end belongs to it.</summary>
    SnapshotBegin = 9,

    /// <summary>It ends; <see cref="AccountRecord.Completeness"/> says whether it may be believed (I11).</summary>
    SnapshotEnd = 10,

    /// <summary>The lane can send.</summary>
    LaneUp = 11,

    /// <summary>It cannot; commands in flight become Unknown one by one.</summary>
    LaneDown = 12,

    /// <summary>Operator: no new exposure; resting entries are cancelled, stops stay.</summary>
    Halt = 13,

    /// <summary>Operator: entries again.</summary>
    Resume = 14,

    /// <summary>Operator or script: enter (Side, Quantity, Price = limit or 0, TriggerPrice = stop). The gate still
    /// decides.</summary>
    Enter = 15,

    /// <summary>Operator or script: close the position.</summary>
    Exit = 16,

    /// <summary>Operator or script: move the stop to TriggerPrice; refused where that means more risk.</summary>
    MoveStop = 17,

    /// <summary>Operator or script: a take-profit of the entry that follows, at TriggerPrice; 0 = it shall have
    /// none.</summary>
    Target = 18,

    /// <summary>What earlier starts of the UTC day came to: Quantity at the decimals of money, ExchangeTimeNs = a
    /// time of that day.</summary>
    DayResult = 19,

    /// <summary>What earlier starts came to: Quantity, and the best that ever was: CumulativeQuantity; at the decimals
    /// of money.</summary>
    Results = 31,

    /// <summary>May this instrument be analysed? Quantity = what stands against it, as bits, 0 = nothing;
    /// TriggerPrice = until when that holds, Unix ns.</summary>
    History = 32,

    /// <summary>Until when this process owns the account: TriggerPrice, Unix ns; 0 = no longer. Never told: for
    /// ever.</summary>
    Lease = 33,

    /// <summary>The run is about to end: working entries are taken back and none follows; stops stay.</summary>
    Ending = 34,
}

/// <summary>How far a venue snapshot may be believed (I11).</summary>
public enum Completeness : byte
{
    None = 0,
    Complete = 1,
    Partial = 2,
    Failed = 3,
}

/// <summary>Why the venue refused or ended an order, as far as the engine needs to tell.</summary>
public enum VenueReason : byte
{
    None = 0,
    InsufficientFunds = 1,
    WouldTriggerAtOnce = 2,
    ReduceOnly = 3,
    RateLimited = 4,
    InvalidArguments = 5,
    UnknownOrder = 6,
    UnknownInstrument = 7,
    VenueMode = 8,
    Unauthorised = 9,
    UserRequested = 10,
    PriceProtection = 11,
    SelfTrade = 12,
    Deadline = 13,

    /// <summary>Not in our table; the text was counted by name.</summary>
    Other = 14,
}

/// <summary>One account event; a <c>MarketEvent</c> of kind Account carries its number, so that there is one total
/// order.</summary>
public struct AccountRecord
{
    /// <summary>When the venue says it happened, Unix ns; 0 = not said.</summary>
    public long ExchangeTimeNs;

    /// <summary>Our id; none for orders we did not place.</summary>
    public ClientOrderId Id;

    /// <summary>128-bit hash of the venue's order id text, and of its execution id text: equality only.</summary>
    public ulong VenueOrderHigh;
    public ulong VenueOrderLow;
    public ulong ExecutionHigh;
    public ulong ExecutionLow;

    /// <summary>Mantissas at the record's own decimals.</summary>
    public long Quantity;
    public long CumulativeQuantity;
    public long Price;
    public long TriggerPrice;
    public int InstrumentId;
    public AccountEventKind Kind;
    public CommandKind Command;
    public OrderType Type;
    public Side Side;
    public VenueReason Reason;
    public Completeness Completeness;
    public byte PriceDecimals;
    public byte QuantityDecimals;
    public bool ReduceOnly;

    /// <summary>The record repeats what a snapshot holds rather than telling news.</summary>
    public bool Snapshot;

    /// <summary>An answer (Accepted, Refused) to a command whose outcome was told as Unknown before.</summary>
    public bool Late;
}
