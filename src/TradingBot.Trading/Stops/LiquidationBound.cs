// In:     a position with a planned stop, its price of liquidation where the venue tells it, its market.
// Out:    the plan inside the bound, or the wish to be out where no stop can be.
// Thread: the engine's.
// Keeps:  a plan only ever moves towards less risk.
// Budget: per account event and tick of an open position.
using System;
using TradingBot.Trading.Positions;

namespace TradingBot.Trading.Stops;

/// <summary>Keeps planned stops away from liquidation.</summary>
internal sealed class LiquidationBound
{
    private readonly ProtectionOptions _options;
    private readonly ProtectionCounters _counters;

    public LiquidationBound(ProtectionOptions options, ProtectionCounters counters)
    {
        _options = options;
        _counters = counters;
    }

    /// <summary>A stop behind liquidation never fires: it is raised, and where none can exist the position is
    /// closed.</summary>
    public void Converge(ManagedPosition position, ref readonly InstrumentMarket market)
    {
        Int128 reference = StopPlan.ReferenceOf(position, in market);
        Int128 liquidation = StopPlan.LiquidationOf(position, reference);
        if (liquidation == 0 || position.PlanSide != position.Side) return;
        Int128 bound = StopPlan.InsideLiquidation(
            liquidation, position.Side, _options.LiquidationBufferPpm,
            StopPlan.Increment(in market, position.PriceDecimals));
        if (!StopPlan.IsBehind(position.PlannedStop, bound, position.Side)) return;
        if (StopPlan.IsBehind(bound, reference, position.Side))
        {
            _counters.StopsInsideLiquidation++;
            position.PlannedStop = bound;
        }
        else if (!position.ExitWanted)
        {
            _counters.ClosedBeyondStop++;
            position.ExitWanted = true;
        }
    }
}
