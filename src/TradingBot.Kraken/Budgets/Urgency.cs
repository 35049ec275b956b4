using System;

namespace TradingBot.Kraken.Budgets;

/// <summary>What a request is for: the order in which a scarce budget is given out.</summary>
public enum Urgency : byte
{
    /// <summary>Stops, and the tokens they need.</summary>
    Protect = 0,

    /// <summary>Orders that only reduce: exits, take-profits.</summary>
    Reduce = 1,

    /// <summary>What became of an order of unknown outcome; snapshots of positions.</summary>
    Resolve = 2,
    Cancel = 3,

    /// <summary>Orders that add risk.</summary>
    Entry = 4,

    /// <summary>Reading that happens anyway, now and then.</summary>
    Routine = 5,

    /// <summary>Reading that can wait for ever.</summary>
    Backfill = 6,
}

/// <summary>How far each urgency may fill a budget.</summary>
/// <remarks>
/// Nothing but protection reaches into the last 40 %, and below that each urgency has room that the next lower one
/// cannot take: however greedy it is, it stops at its own ceiling.
/// </remarks>
public static class Ceiling
{
    private const int Whole = 1_000;

    private static ReadOnlySpan<int> Falling => [1_000, 600, 560, 520, 480, 400, 300];

    private static ReadOnlySpan<int> Rolling => [1_000, 600, 590, 580, 560, 530, 500];

    /// <summary>
    /// Of a counter that falls all the time: whoever waits at a low ceiling still gets all that falls.
    /// </summary>
    public static long OfFalling(long limit, Urgency urgency) => limit * Falling[(int)urgency] / Whole;

    /// <summary>
    /// Of an amount per rolling window: what a ceiling leaves is lost, so they lie closer together.
    /// </summary>
    public static long OfRolling(long limit, Urgency urgency) => limit * Rolling[(int)urgency] / Whole;
}
