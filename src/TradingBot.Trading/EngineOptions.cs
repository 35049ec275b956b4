using System;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Signals;
using TradingBot.Trading.Risk;

namespace TradingBot.Trading;

/// <summary>What an engine is built with; part of the input, so the same options belong to the same commands.</summary>
public sealed record EngineOptions
{
    /// <summary>Bar series of every instrument.</summary>
    public required BarPlan Bars { get; init; }

    public FlowMomentumOptions Strategy { get; init; } = new();

    public RiskLimits Limits { get; init; } = new();

    /// <summary>Decimals given by the operator.</summary>
    public ReadOnlyMemory<ScaleOverride> Precisions { get; init; }

    /// <summary>Book depth where no acknowledgement or channel name tells it; 0 = infer from the snapshot.</summary>
    public int DepthDefault { get; init; }

    /// <summary>
    /// Wait after a time bar's end for its last trades: 250 ms. Receive lies behind exchange time by the network's
    /// latency,
    /// commonly 20 to 100 ms; without the wait the last trades of every interval would be late.
    /// </summary>
    public long CloseGraceNs { get; init; } = 250_000_000;

    /// <summary>Positions and their protection; null = no account (replay): approved orders go nowhere.</summary>
    public ProtectionOptions? Protection { get; init; }

    /// <summary>False only in the test that proves the cut to depth is needed.</summary>
    public bool CutToDepth { get; init; } = true;
}
