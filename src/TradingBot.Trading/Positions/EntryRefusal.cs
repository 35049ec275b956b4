namespace TradingBot.Trading.Positions;

/// <summary>Why an approved order did not become an entry. Checked in this order; the first that applies is
/// counted.</summary>
public enum EntryRefusal : byte
{
    /// <summary>It did become one.</summary>
    None = 0,

    /// <summary>Not an instrument this stage trades (spot).</summary>
    NotTradable = 1,

    /// <summary>No complete snapshot since the lane came up (I11).</summary>
    NotReconciled = 2,

    /// <summary>The lane cannot send.</summary>
    LaneDown = 3,

    /// <summary>The operator said so.</summary>
    Halted = 4,

    /// <summary>Some position is without a proven stop for longer than the grace (I1).</summary>
    ProtectionOverdue = 5,

    /// <summary>An illegal transition closed the instrument.</summary>
    Quarantined = 6,

    /// <summary>An order of the instrument has an unknown outcome (I3).</summary>
    OutcomeUnknown = 7,

    /// <summary>A position is open, or orders of the last one still live.</summary>
    Occupied = 8,

    /// <summary>Not approved, no quantity, or no price to plan a stop from.</summary>
    Unusable = 9,

    /// <summary>The stop that was asked for does not lie where a loss would be.</summary>
    StopNotBehind = 10,

    /// <summary>A take-profit that was asked for does not lie where a profit would be.</summary>
    TargetNotBeyond = 11,

    /// <summary>A price that was asked for is no multiple of the instrument's increment.</summary>
    OffIncrement = 12,

    /// <summary>The UTC day's loss reached its limit.</summary>
    DayLost = 13,

    /// <summary>A stop of the instrument filled a short while ago.</summary>
    CoolingDown = 14,

    /// <summary>As many positions as may be are open, in all or on this side of the market.</summary>
    TooManyPositions = 15,

    /// <summary>The lease of the account is over, or so nearly that an entry could outlive it (I13).</summary>
    LeaseLapsed = 16,
}
