using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Rest;

/// <summary>What kind of trouble an answer of the venue tells of.</summary>
public enum ErrorClass : byte
{
    None = 0,

    /// <summary>Key, signature or session is not taken.</summary>
    Credentials = 1,

    /// <summary>The key, the account or its region may not do this.</summary>
    Permission = 2,

    /// <summary>Nonces that do not grow.</summary>
    Nonce = 3,

    /// <summary>Too many requests: a counter has to fall first.</summary>
    RateLimit = 4,

    /// <summary>So many wrong requests that the venue hears nothing for a while; trying prolongs it.</summary>
    Lockout = 5,

    /// <summary>The venue or a part of it is away; what became of the request is not said.</summary>
    Service = 6,

    /// <summary>The market takes only some orders now, or none.</summary>
    MarketMode = 7,

    /// <summary>The request itself is wrong: a fault of ours.</summary>
    Arguments = 8,

    /// <summary>Price, quantity or cost against the instrument's rules.</summary>
    Precision = 9,

    /// <summary>No such instrument, or not any more.</summary>
    Instrument = 10,

    /// <summary>Money or margin is missing.</summary>
    Funds = 11,

    /// <summary>Too many orders, or too much of a position.</summary>
    CountLimit = 12,

    /// <summary>The order is not open, not known, or changing already.</summary>
    OrderState = 13,

    /// <summary>The order may only reduce, and there is nothing or too little to reduce.</summary>
    ReduceOnly = 14,

    /// <summary>The order would do what it must not: take, trade with ourselves, move the price too far.</summary>
    WouldCross = 15,

    /// <summary>The venue's deadline for the order passed.</summary>
    Deadline = 16,

    /// <summary>A fault of the venue: what became of the request is not said.</summary>
    Internal = 17,

    /// <summary>Of deposits, withdrawals and rewards, which are never asked for.</summary>
    Funding = 18,

    /// <summary>No error: the request did what it says.</summary>
    Success = 19,
}

/// <summary>What an answer proves about the order it is of.</summary>
public enum OrderOutcome : byte
{
    /// <summary>The request had no effect.</summary>
    Refused = 0,

    /// <summary>Nobody knows: only evidence decides (open orders, fills, positions).</summary>
    Unknown = 1,

    /// <summary>A part may have matched before the rest ended: the filled quantity decides.</summary>
    Partial = 2,

    /// <summary>The venue took it.</summary>
    Accepted = 3,
}

/// <summary>When a request like the refused one may be made again.</summary>
public enum RetryRule : byte
{
    /// <summary>Not unchanged: it would be refused again.</summary>
    Never = 0,

    /// <summary>After the cool-down.</summary>
    AfterPause = 1,

    /// <summary>Once the venue's state has changed: mode, position, counts, margin.</summary>
    AfterChange = 2,

    /// <summary>At once with a new nonce, a few times at most.</summary>
    WithNewNonce = 3,

    /// <summary>At once with a new token: the request was not looked at.</summary>
    WithNewToken = 4,

    /// <summary>A read after the cool-down; an order only once its outcome is known.</summary>
    AfterLookUp = 5,
}

/// <summary>One text of the venue and what it stands for.</summary>
/// <param name="Text">As Kraken writes it; what follows it (a field, a code) varies.</param>
/// <param name="Class">What kind of trouble.</param>
/// <param name="Reason">Why, as the engine tells reasons apart.</param>
/// <param name="Outcome">What it proves about an order.</param>
/// <param name="Retry">When the like may be asked again.</param>
/// <param name="CoolDownSeconds">Pause before it; 0: none is needed.</param>
/// <param name="Read">What it means for a request for data.</param>
/// <param name="Advice">For the operator: what it is and what to do.</param>
public sealed record VenueError(
    string Text, ErrorClass Class, VenueReason Reason, OrderOutcome Outcome, RetryRule Retry, int CoolDownSeconds,
    RestFailureClass Read, string Advice);
