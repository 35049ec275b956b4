using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

internal enum LookPart : byte
{
    Awaited = 0,
    Whole = 1,
    Damaged = 2,
    Failed = 3,
}

/// <summary>
/// One look at the account: the snapshots of executions and of positions, and how far they may be believed.
/// </summary>
internal struct SnapshotLook
{
    public bool IsOpen;

    /// <summary>When a snapshot still awaited has failed.</summary>
    public long DueNs;
    public long ExecutionsRequest;
    public long PositionsRequest;
    public LookPart Executions;
    public LookPart Positions;

    public readonly bool IsSettled => Executions != LookPart.Awaited && Positions != LookPart.Awaited;

    public readonly Completeness Completeness
    {
        get
        {
            if (Executions is LookPart.Failed or LookPart.Awaited) return Completeness.Failed;
            if (Positions is LookPart.Failed or LookPart.Awaited) return Completeness.Failed;
            bool whole = Executions == LookPart.Whole && Positions == LookPart.Whole;
            return whole ? Completeness.Complete : Completeness.Partial;
        }
    }

    /// <summary>What is still awaited did not come.</summary>
    public void FailAwaited()
    {
        if (Executions == LookPart.Awaited) Executions = LookPart.Failed;
        if (Positions == LookPart.Awaited) Positions = LookPart.Failed;
    }
}
