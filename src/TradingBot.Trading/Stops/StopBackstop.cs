// In:     a position whose stop rests at the venue, its market, engine time.
// Out:    the wish to be out, when the market has been beyond the stop for too long and nothing fired.
// Thread: the engine's.
// Budget: per account event and tick of an open position: two compares.
using System;
using TradingBot.Trading.Positions;

namespace TradingBot.Trading.Stops;

/// <summary>For a stop that should have fired and did not: its reference stands still, or the venue lost it.</summary>
internal sealed class StopBackstop
{
    private readonly ProtectionOptions _options;
    private readonly ProtectionCounters _counters;

    public StopBackstop(ProtectionOptions options, ProtectionCounters counters)
    {
        _options = options;
        _counters = counters;
    }

    public void Converge(ManagedPosition position, ref readonly InstrumentMarket market, long nowNs)
    {
        if (!IsFarBeyond(position, in market))
        {
            position.BeyondStopNs = 0;
            return;
        }

        if (position.BeyondStopNs == 0) position.BeyondStopNs = nowNs;
        if (nowNs - position.BeyondStopNs < _options.BackstopNs || position.ExitWanted) return;
        _counters.ClosedBeyondStop++;
        position.ExitWanted = true;
    }

    /// <summary>Farther than what the trigger's reference may differ from the book's middle.</summary>
    private bool IsFarBeyond(ManagedPosition position, ref readonly InstrumentMarket market)
    {
        if (market.Middle <= 0 || position.PlannedStop <= 0 || position.PlanSide != position.Side) return false;
        Int128 far = StopPlan.Trigger(
            position.PlannedStop, position.Side, _options.BackstopPpm,
            StopPlan.Increment(in market, position.PriceDecimals));
        return StopPlan.IsBehind(market.Middle, far, position.Side);
    }
}
