using TradingBot.Trading.Orders;

namespace TradingBot.Trading.Reconciliation;

/// <summary>What a complete look at the venue and our own books told differently.</summary>
public enum DifferenceField : byte
{
    None = 0,

    /// <summary>The signed quantity of a position.</summary>
    Position = 1,

    /// <summary>The open quantity of an order.</summary>
    Order = 2,

    /// <summary>The quantity of fills of an order that ended.</summary>
    Fills = 3,
}

/// <summary>Why something was done about it. The numbers are the ids of docs/protection.md and stay.</summary>
public enum ReconcileRule : byte
{
    None = 0,

    /// <summary>R1: a position that nothing here was planned for is taken over and protected.</summary>
    Adopt = 1,

    /// <summary>R2: the first look since the start shows more than the last trades add up to: the look is
    /// right.</summary>
    FirstLook = 2,

    /// <summary>R3: first seen; fills may be on their way, so a second look decides.</summary>
    Wait = 3,

    /// <summary>R4: two complete looks an interval apart agree: ours is corrected, the stop resized.</summary>
    Correct = 4,

    /// <summary>R5: an order of ours is not shown; a stop counts for nothing from now on, and a second look
    /// decides.</summary>
    Missed = 5,

    /// <summary>R6: two complete looks do not show it: it has ended.</summary>
    Absent = 6,

    /// <summary>R7: both sides are flat, so fills that never came are no longer waited for.</summary>
    Settle = 7,

    /// <summary>R8: an order that no book of this process has: a stop counts as it stands, an entry is taken
    /// back.</summary>
    Found = 8,
}

/// <summary>One difference, and what became of it; quantities at <see cref="Decimals"/>.</summary>
public struct Difference
{
    /// <summary>Engine time, Unix ns.</summary>
    public long TimeNs;

    /// <summary>Number of the look that showed it.</summary>
    public long Look;
    public long Ours;
    public long Venue;

    /// <summary>Of an order of ours; none otherwise.</summary>
    public ClientOrderId Id;
    public int InstrumentId;
    public DifferenceField Field;
    public ReconcileRule Rule;
    public OrderRole Role;
    public byte Decimals;
}
