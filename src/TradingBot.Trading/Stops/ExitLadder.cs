// In:     an open position that is to be closed, its market, engine time.
// Out:    one reduce-only order at a time, each bound to fill within a rung beyond the reference; then from the start.
// Thread: the engine's.
// Keeps:  I10 (never asks whether entries are halted); I12 (the stop stays until the position is flat).
// Budget: per account event and tick of a position that is being closed.
using System;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;

namespace TradingBot.Trading.Stops;

/// <summary>Closes a position step by step: immediate limit orders at 0.5, 1, 2 and 4 % beyond the middle.</summary>
/// <remarks>
/// A market order would do it in one step and at any price the venue's own protection admits; the rungs say how far we
/// go ourselves. Where the venue refuses the form of such an order, rungs are market orders under that protection.
/// </remarks>
internal sealed class ExitLadder
{
    private readonly ProtectionOptions _options;
    private readonly CommandWriter _writer;
    private readonly ProtectionCounters _counters;

    public ExitLadder(ProtectionOptions options, CommandWriter writer, ProtectionCounters counters)
    {
        _options = options;
        _writer = writer;
        _counters = counters;
    }

    private static ReadOnlySpan<int> RungsPpm => [5_000, 10_000, 20_000, 40_000];

    /// <summary>The next rung, once the one before has ended; repeated calls add nothing.</summary>
    public void Converge(ManagedPosition position, ref readonly InstrumentMarket market, long nowNs)
    {
        int unknown = position.Orders.CountIn(OrderRole.Exit, OrderPhase.Unknown);
        bool waiting = position.Orders.LiveCount(OrderRole.Exit) > unknown || unknown >= _options.StopsUnknownMax;
        if (waiting || nowNs < position.ExitNotBeforeNs) return;
        int rung = position.ExitRung % RungsPpm.Length;
        Int128 limit = position.ExitsAtMarket ? 0 : Limit(position, in market, rung);
        int index = _writer.Place(
            position, OrderRole.Exit, limit > 0 ? OrderType.Limit : OrderType.Market, position.ClosingSide,
            position.Size, limit, trigger: 0, deadlineNs: 0, immediate: limit > 0);
        if (index < 0) return;
        _counters.Exits++;
        position.ExitRung++;
        // From rung to rung at once; after the last, or at market, the book gets a moment to refill.
        bool last = rung == RungsPpm.Length - 1 || limit == 0;
        position.ExitNotBeforeNs = last ? nowNs + _options.ExitIntervalNs : nowNs;
        position.Fire(PositionInput.ExitSent);
    }

    /// <summary>Worst price of a rung; 0 when no price was ever known.</summary>
    private Int128 Limit(ManagedPosition position, ref readonly InstrumentMarket market, int rung)
    {
        bool believed = market.Middle > 0;
        Int128 reference = believed ? market.Middle : market.LastMiddle;
        if (reference <= 0) return 0;
        int ppm = believed ? RungsPpm[rung] : Math.Max(_options.ExitBlindPpm, RungsPpm[rung]);
        return StopPlan.ExitLimit(
            reference, position.Side, ppm, StopPlan.Increment(in market, position.PriceDecimals));
    }
}
