namespace TradingBot.Signals;

/// <summary>The numbers of <see cref="FlowMomentum"/>; the defaults are an example, not advice.</summary>
public sealed record FlowMomentumOptions
{
    /// <summary>|imbalance| of the five-level sums from which the book leans.</summary>
    public double ImbalanceTrigger { get; init; } = 0.6;

    /// <summary>A side that has signalled may signal again once its imbalance was below this.</summary>
    public double ImbalanceRearm { get; init; } = 0.4;

    /// <summary>|trade flow| that has to lean the same way.</summary>
    public double FlowMin { get; init; } = 0.2;

    /// <summary>Trades in the flow's window.</summary>
    public int FlowTrades { get; init; } = 32;

    /// <summary>Book updates in the window of the imbalance's z-score.</summary>
    public int ScoreUpdates { get; init; } = 32;

    /// <summary>The z-score that counts as full conviction.</summary>
    public double ScoreFull { get; init; } = 3;

    /// <summary>Book updates before an order-flow signal counts as warmed up.</summary>
    public int BookUpdatesMin { get; init; } = 32;

    /// <summary>Series of the bar plan whose closes drive the crossover.</summary>
    public int BarSeries { get; init; }

    public int FastBars { get; init; } = 8;

    public int SlowBars { get; init; } = 21;

    public int RsiBars { get; init; } = 14;

    public int AtrBars { get; init; } = 14;

    /// <summary>No buy above it.</summary>
    public double RsiBuyMax { get; init; } = 70;

    /// <summary>No sell below it.</summary>
    public double RsiSellMin { get; init; } = 30;

    /// <summary>How far the limit goes beyond the last close, as a share of the average true range.</summary>
    public double LimitAtrShare { get; init; } = 0.5;

    /// <summary>Bars before a crossover counts as warmed up.</summary>
    public int BarsMin { get; init; } = 20;
}
