namespace TradingBot.Market.Events;

/// <summary>What a <see cref="MarketEvent"/> says. The comment of each kind names the fields it fills.</summary>
public enum EventKind : byte
{
    None = 0,

    /// <summary>One level. Price, Quantity (0 deletes); flags Buy = bid, Sell = ask; First opens the message.</summary>
    BookLevel = 1,

    /// <summary>
    /// End of a book message. Number = checksum or sequence (see flags), Detail = depth when the wire tells it.
    /// </summary>
    BookEnd = 2,

    /// <summary>
    /// A public trade. Price, Quantity, Number = trade id; flags Buy/Sell = taker; Detail = <see cref="TradeType"/>.
    /// </summary>
    Trade = 3,

    /// <summary>Price = best bid, Quantity = its size (ticker and spread channels).</summary>
    TickerBid = 4,

    /// <summary>Price = best ask, Quantity = its size.</summary>
    TickerAsk = 5,

    /// <summary>Price = last trade, Quantity = volume of 24 hours.</summary>
    TickerLast = 6,

    /// <summary>Derivatives: Price = mark price, Quantity = open interest.</summary>
    TickerMark = 7,

    /// <summary>Derivatives: Price = index price, Quantity = funding rate (signed).</summary>
    TickerIndex = 8,

    /// <summary>
    /// Venue's own bar, part 1: Price = open, Quantity = high, Number = interval begin (Unix ns), Detail = minutes.
    /// </summary>
    OhlcOpenHigh = 9,

    /// <summary>Venue's own bar, part 2: Price = low, Quantity = close, Number = count of trades.</summary>
    OhlcLowClose = 10,

    /// <summary>Venue's own bar, part 3: Quantity = volume.</summary>
    OhlcVolume = 11,

    /// <summary>
    /// Price = price increment, Quantity = quantity increment, Number = <see cref="SpecPrecision"/>, Detail = status.
    /// </summary>
    InstrumentSpec = 12,

    /// <summary>Price = minimum cost, Quantity = minimum quantity; follows its InstrumentSpec.</summary>
    InstrumentMinimum = 13,

    /// <summary>
    /// Detail = <see cref="VenueSystem"/>, Number = <see cref="VenueSource"/>; Dialect tells which market.
    /// </summary>
    VenueStatus = 14,

    Heartbeat = 15,

    Pong = 16,

    /// <summary>Channel acknowledged; Detail = depth or interval minutes where the channel has one, else 0.</summary>
    Subscribed = 17,

    Unsubscribed = 18,

    /// <summary>A subscribe or unsubscribe was refused; the text is counted by name.</summary>
    SubscriptionRefused = 19,

    /// <summary>Informational frames: info, alert, error.</summary>
    VenueNotice = 20,

    /// <summary>Only time passed: ReceiveTimeNs.</summary>
    TimeAdvance = 21,

    /// <summary>
    /// Frames of this instrument were lost on our side (InstrumentId -1: of all): books wait for a snapshot.
    /// </summary>
    FeedGap = 22,

    /// <summary>Something about our account: Number = its record in the account log.</summary>
    Account = 23,
}

/// <summary>Bits beside the kind.</summary>
[System.Flags]
public enum EventFlags : byte
{
    None = 0,

    /// <summary>First event of its book message.</summary>
    First = 1,

    /// <summary>Belongs to a snapshot: it replaces what was known, or repeats history.</summary>
    Snapshot = 2,

    /// <summary>Bid side, or taker bought.</summary>
    Buy = 4,

    /// <summary>Ask side, or taker sold.</summary>
    Sell = 8,

    /// <summary>Number is the venue's CRC-32 of the book.</summary>
    HasChecksum = 16,

    /// <summary>Number is the venue's sequence of the book.</summary>
    HasSequence = 32,

    /// <summary>Level re-published because it moved into the depth (spot v1 "r").</summary>
    Republished = 64,

    /// <summary>The wire gives this trade no id (spot v1).</summary>
    NoTradeId = 128,
}

/// <summary>Why a trade printed.</summary>
public enum TradeType : byte
{
    Unknown = 0,
    Limit = 1,
    Market = 2,
    Fill = 3,
    Liquidation = 4,
    Termination = 5,
    Block = 6,
}

/// <summary>The venue's own state, from status frames.</summary>
public enum VenueSystem : byte
{
    Unknown = 0,
    Online = 1,
    CancelOnly = 2,
    PostOnly = 3,
    LimitOnly = 4,
    Maintenance = 5,
    ReduceOnly = 6,
}

/// <summary>Who says how the venue stands. Sources may disagree by minutes; the most careful word counts.</summary>
public enum VenueSource : byte
{
    /// <summary>A status frame of a public socket.</summary>
    Frame = 0,

    /// <summary>A status frame of the account's socket.</summary>
    Account = 1,

    /// <summary>The venue's answer to a call.</summary>
    Rest = 2,

    /// <summary>A maintenance that begins soon or runs, or an incident: Online when there is none.</summary>
    Notice = 3,

    /// <summary>Our clock against the venue's: Unknown while they are too far apart, else Online.</summary>
    Clock = 4,
}

/// <summary>Channels we read; also the index of the per-channel counters.</summary>
public enum Channel : byte
{
    None = 0,
    Book = 1,
    Trade = 2,
    Ticker = 3,
    Ohlc = 4,
    Spread = 5,
    Instrument = 6,
    Status = 7,
    Heartbeat = 8,
    Acknowledgement = 9,
    Notice = 10,
    Other = 11,
}
