using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Orders;

/// <summary>How far an order's life is known. In flight is a state, not a flag beside one.</summary>
public enum OrderPhase : byte
{
    None = 0,

    /// <summary>Command written, no answer.</summary>
    Sent = 1,

    /// <summary>Acknowledged, not seen on the execution stream.</summary>
    Accepted = 2,

    /// <summary>Proven: the venue shows it open.</summary>
    Working = 3,

    /// <summary>Nobody knows.</summary>
    Unknown = 4,

    /// <summary>Over; kept so that late reports do not revive it.</summary>
    Closed = 5,
}

/// <summary>One order as we know it; quantities and prices at the ledger's scale.</summary>
internal struct TrackedOrder
{
    public ClientOrderId Id;

    /// <summary>Hash of the venue's id; the only name of orders that are not ours.</summary>
    public ulong VenueHigh;
    public ulong VenueLow;
    public Int128 Quantity;

    /// <summary>What the venue says is filled, and what we have fills of.</summary>
    public Int128 Cumulative;
    public Int128 Filled;
    public Int128 Trigger;
    public Int128 Limit;

    /// <summary>What the last amend asked for.</summary>
    public Int128 AskedQuantity;
    public Int128 AskedTrigger;

    /// <summary>When it was placed, when last mutated, when it ended; engine time.</summary>
    public long SentNs;
    public long MutatedNs;
    public long ClosedNs;

    /// <summary>Entries: when it lapses; 0 = never.</summary>
    public long ExpiresNs;

    /// <summary>First complete snapshot that did not hold it; 0 = none.</summary>
    public long MissedNs;

    /// <summary>Number of the last snapshot that held it.</summary>
    public long SeenRound;
    public OrderRole Role;
    public OrderType Type;
    public Side Side;
    public OrderPhase Phase;

    /// <summary>The one unacknowledged mutation; None = the next may be sent.</summary>
    public CommandKind InFlight;
    public bool ReduceOnly;

    /// <summary>An amend was sent and its effect is not seen yet.</summary>
    public bool AwaitsProof;

    /// <summary>An amend was refused or lost: replace rather than amend.</summary>
    public bool AmendFailed;

    /// <summary>A cancel was sent: it may be gone any moment, so it covers nothing.</summary>
    public bool Cancelling;

    /// <summary>What does not fill at once is cancelled by the venue.</summary>
    public bool Immediate;

    /// <summary>Triggered by the other reference: the venue refused the configured one.</summary>
    public bool OtherTrigger;

    /// <summary>The venue showed it open once.</summary>
    public bool WasProven;

    /// <summary>Closed because snapshots did not hold it; any later evidence revives it.</summary>
    public bool ClosedByAbsence;

    public readonly bool IsLive => Phase is >= OrderPhase.Sent and <= OrderPhase.Unknown;

    public readonly bool IsForeign => Id.IsNone;

    /// <summary>Sent or proven and not on its way out.</summary>
    public readonly bool IsExpected => Phase is >= OrderPhase.Sent and <= OrderPhase.Working && !Cancelling;

    public readonly Int128 Done => Int128.Max(Cumulative, Filled);

    public readonly Int128 Remaining => Int128.Max(0, Quantity - Done);

    /// <summary>Proven quantity while an amend is under way: the lesser of before and after.</summary>
    public readonly Int128 ProvenRemaining =>
        AwaitsProof ? Int128.Max(0, Int128.Min(Quantity, AskedQuantity) - Done) : Remaining;
}
