// In:     what each signal came to, in order.   Out: since when nothing of a side was let through, and why not.
// Thread: the gate's.
// Keeps:  decides nothing: a gate that refuses everything looks like one that works, until somebody is told.
// Budget: per signal.
using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>A side of the market whose signals the gate has all refused for long.</summary>
/// <param name="Side">Which.</param>
/// <param name="SinceNs">Time of the first of these signals, Unix ns.</param>
/// <param name="Signals">How many they are.</param>
/// <param name="Reason">The most frequent reason.</param>
public readonly record struct GateAlarm(Side Side, long SinceNs, long Signals, Refusal Reason);

/// <summary>Watches whether the gate still lets anything through, per side.</summary>
internal sealed class GateSilence(RiskLimits limits)
{
    private static readonly int Reasons = Enum.GetValues<Refusal>().Length;

    private readonly long[] _sinceNs = new long[2];
    private readonly long[] _signals = new long[2];
    private readonly long[] _reasons = new long[2 * Enum.GetValues<Refusal>().Length];

    public void Take(Side side, Refusal refusal, long nowNs)
    {
        if (side == Side.None) return;
        int at = PlaceOf(side);
        // That nothing passes is what these two are for.
        bool isMeant = refusal is Refusal.Halted or Refusal.SignalsOff;
        if (refusal == Refusal.None || isMeant)
        {
            _signals[at] = 0;
            Array.Clear(_reasons, at * Reasons, Reasons);
            return;
        }

        if (_signals[at]++ == 0) _sinceNs[at] = nowNs;
        _reasons[(at * Reasons) + (int)refusal]++;
    }

    /// <summary>False while the side has let something through, or has had too little to judge by.</summary>
    public bool TryAlarm(Side side, long nowNs, out GateAlarm alarm)
    {
        int at = PlaceOf(side);
        alarm = default;
        bool isLong = nowNs - _sinceNs[at] >= limits.SilenceNs;
        if (_signals[at] < limits.SilenceSignals || !isLong) return false;
        int most = 1;
        for (int reason = 1; reason < Reasons; reason++)
        {
            if (_reasons[(at * Reasons) + reason] > _reasons[(at * Reasons) + most]) most = reason;
        }

        alarm = new GateAlarm(side, _sinceNs[at], _signals[at], (Refusal)most);
        return true;
    }

    private static int PlaceOf(Side side) => side == Side.Buy ? 0 : 1;
}
