using System;
using System.Collections.Generic;
using TradingBot.Market.Bars;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;

namespace TradingBot.Worker.Replay;

/// <summary>One replay as asked for on the command line, checked and in the engine's terms.</summary>
internal sealed record ReplayOptions
{
    /// <summary>Paths in order; "-" is standard input.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    public CaptureFormat Format { get; init; } = CaptureFormat.Auto;

    /// <summary>None = detect per file.</summary>
    public Dialect Dialect { get; init; }

    public TopologyKind Topology { get; init; } = TopologyKind.Inline;

    /// <summary>How threads of the ring and fanout topologies wait.</summary>
    public WaitKind Wait { get; init; } = WaitKind.Yield;

    public required BarPlan Bars { get; init; }

    public ReadOnlyMemory<ScaleOverride> Precisions { get; init; }

    /// <summary>Book depth where nothing tells it; 0 = infer.</summary>
    public int Depth { get; init; }

    /// <summary>Multiple of recorded time; 0 = as fast as it can.</summary>
    public double Speed { get; init; }

    /// <summary>Interleave the files by receive time instead of one after the other.</summary>
    public bool Merge { get; init; }

    /// <summary>Print the state hash every 2^k frames; -1 = never.</summary>
    public int HashTraceExponent { get; init; } = -1;

    /// <summary>Where bars go as CSV; null = nowhere.</summary>
    public string? BarsFile { get; init; }

    /// <summary>Write the bars of intervals without trades too.</summary>
    public bool FillEmptyBars { get; init; }

    public bool Json { get; init; }

    /// <summary>False only in the test that proves the cut to depth is needed.</summary>
    public bool CutToDepth { get; init; } = true;
}
