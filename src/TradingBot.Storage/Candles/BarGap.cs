namespace TradingBot.Storage.Candles;

/// <summary>What is known of a gap.</summary>
public enum GapState : byte
{
    None = 0,

    /// <summary>Rows are missing, and nobody knows why.</summary>
    Detected = 1,

    /// <summary>Rows were found since.</summary>
    Repaired = 2,

    /// <summary>Another series shows that nothing was traded in it.</summary>
    Proven = 3,
}

/// <summary>One entry of the ledger of gaps: [FromNs, ToNs) of a series lacks rows.</summary>
/// <param name="FromNs">Open time of the first interval missing, or time of the trade before the silence: Unix
/// ns.</param>
/// <param name="ToNs">Exclusive end: open time of the next bar, or time of the trade after the silence.</param>
/// <param name="State">What is known of it.</param>
/// <param name="Reason">In words.</param>
public readonly record struct BarGap(long FromNs, long ToNs, GapState State, string Reason);

/// <summary>How far a task came, kept in the transaction of the rows it counts.</summary>
/// <param name="Task">Name of the task, the same after a restart.</param>
/// <param name="Done">Its own count: lines of a file, or a cursor.</param>
/// <param name="Note">Whatever else it wants back.</param>
public sealed record TaskProgress(string Task, long Done, string Note);
