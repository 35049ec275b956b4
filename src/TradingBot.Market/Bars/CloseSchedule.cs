using System;

namespace TradingBot.Market.Bars;

/// <summary>
/// When each open time bar is due: one row of instruments per timeframe, and the earliest of each row.
/// </summary>
/// <remarks>
/// A row's earliest is a lower bound: a bar closed by a trade leaves it behind, and the next scan of the row corrects
/// it. Every scan is paid for by at least one bar opened since the last.
/// </remarks>
internal sealed class CloseSchedule
{
    /// <summary>No open bar. Engine time stays below it.</summary>
    public const long Never = long.MaxValue;

    private readonly long[] _dueNs;
    private readonly long[] _earliestNs;
    private readonly int _capacity;
    private readonly long _graceNs;

    public CloseSchedule(int timeframes, int capacity, long graceNs)
    {
        _dueNs = new long[timeframes * capacity];
        _earliestNs = new long[timeframes];
        _capacity = capacity;
        _graceNs = graceNs;
        Array.Fill(_dueNs, Never);
        Array.Fill(_earliestNs, Never);
    }

    /// <summary>Nothing is due before this engine time.</summary>
    public long NextNs { get; private set; } = Never;

    public long EarliestNs(int series) => _earliestNs[series];

    /// <summary>Due times of one timeframe by instrument id.</summary>
    public ReadOnlySpan<long> Row(int series) => _dueNs.AsSpan(series * _capacity, _capacity);

    public void Open(int series, int id, long closeTimeNs)
    {
        long dueNs = closeTimeNs < Never - _graceNs ? closeTimeNs + _graceNs : Never - 1;
        _dueNs[(series * _capacity) + id] = dueNs;
        if (dueNs < _earliestNs[series]) _earliestNs[series] = dueNs;
        if (dueNs < NextNs) NextNs = dueNs;
    }

    public void Close(int series, int id) => _dueNs[(series * _capacity) + id] = Never;

    /// <summary>Sets the earliest of a row after it was scanned.</summary>
    public void Correct(int series, long earliestNs)
    {
        _earliestNs[series] = earliestNs;
        long next = Never;
        foreach (long earliest in _earliestNs) next = Math.Min(next, earliest);
        NextNs = next;
    }
}
