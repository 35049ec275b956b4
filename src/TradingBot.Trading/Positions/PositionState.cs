using System;

namespace TradingBot.Trading.Positions;

/// <summary>What a position is doing.</summary>
public enum PositionState : byte
{
    Flat = 0,

    /// <summary>An entry is sent, works, or its outcome is unknown; nothing of it is filled as far as we
    /// know.</summary>
    EntryPending = 1,

    /// <summary>Open without a proven stop.</summary>
    OpenUnprotected = 2,

    /// <summary>Open, and proven stops cover all of it.</summary>
    Guarded = 3,

    /// <summary>Open, and the stop is being brought to a new size or trigger.</summary>
    Resizing = 4,

    /// <summary>Being closed at market; the stop stays until it is flat (I12).</summary>
    Exiting = 5,

    /// <summary>A stop fired and did not close all of it: the rest is being closed at market.</summary>
    StopFiredIncomplete = 6,

    /// <summary>Open, and the venue takes no order now (mode, rate, session): what is due is queued and goes out
    /// first.</summary>
    VenueRefuses = 7,

    /// <summary>Open without a proven stop beyond the grace: the ladder runs until protected or flat.</summary>
    Escalating = 8,
}

/// <summary>What can happen to a position.</summary>
public enum PositionInput : byte
{
    EntrySent = 0,

    /// <summary>The entry is over (refused, cancelled, never placed).</summary>
    EntryEnded = 1,

    /// <summary>From nothing to something.</summary>
    Opened = 2,
    Grew = 3,
    Shrank = 4,
    Emptied = 5,

    /// <summary>From long to short or back in one fill: nothing we send can do that.</summary>
    Flipped = 6,

    /// <summary>Proven stops cover all of it.</summary>
    Covered = 7,

    /// <summary>Proven stops cover a part of it.</summary>
    Short = 8,

    /// <summary>No proven stop.</summary>
    Bare = 9,
    ExitSent = 10,
    StopFellShort = 11,

    /// <summary>A protective order was refused for what the venue is, not for what the order is.</summary>
    VenueRefused = 12,

    /// <summary>The grace passed without a proven stop.</summary>
    GraceExceeded = 13,
}

/// <summary>The total table of transitions: every state answers every input, with a state or with "illegal".</summary>
public static class PositionTransitions
{
    /// <summary>Count of states and of inputs.</summary>
    public const int States = (int)PositionState.Escalating + 1;
    public const int Inputs = (int)PositionInput.GraceExceeded + 1;

    // F flat, P entry pending, U unprotected, G guarded, R resizing, E exiting, S stop fired incomplete, V venue
    // refuses, L escalating (ladder), x illegal.
    // Columns: sent, ended, opened, grew, shrank, emptied, flipped, covered, short, bare, exit sent, stop fell short,
    // venue refused, grace exceeded.
    private static ReadOnlySpan<byte> Table =>
        "PFUxxFxxxxxxxx"u8 + // flat
        "xFUxxFxxxxxxxx"u8 + // entry pending
        "xUxUUFxGRUESVL"u8 + // open unprotected
        "xGxRRFxGRUESVL"u8 + // guarded
        "xRxRRFxGRUESVL"u8 + // resizing
        "xExEEFxEEEESVE"u8 + // exiting
        "xSxSSFxSSSSSVS"u8 + // stop fired incomplete
        "xVxVVFxGVVESVV"u8 + // venue refuses
        "xLxLLFxGLLESVL"u8; // escalating

    /// <summary>False when the input is illegal in this state: the position is quarantined.</summary>
    public static bool TryNext(PositionState state, PositionInput input, out PositionState next)
    {
        int index = "FPUGRESVL"u8.IndexOf(Table[((int)state * Inputs) + (int)input]);
        next = index < 0 ? state : (PositionState)index;
        return index >= 0;
    }
}
