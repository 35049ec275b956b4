using System;
using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>One step of a fee schedule; fees in hundredths of a percent.</summary>
internal readonly record struct FeeTier(long VolumeDollars, int TakerPoints, int MakerPoints);

/// <summary>One step of the fees of perpetuals, in millionths.</summary>
internal readonly record struct DerivativesTier(long VolumeDollars, int TakerPpm, int MakerPpm);

/// <summary>What an account of perpetuals traded in thirty days.</summary>
internal sealed class TradedVolume
{
    private const long MonthNs = 30L * 24 * 3_600 * 1_000_000_000;

    private readonly Queue<(long TimeNs, long Money)> _month = [];
    private Int128 _sum;

    public void Add(long nowNs, long money)
    {
        _month.Enqueue((nowNs, money));
        _sum += money;
    }

    /// <summary>Whole dollars.</summary>
    public long DollarsAt(long nowNs)
    {
        while (_month.TryPeek(out (long TimeNs, long Money) oldest) && oldest.TimeNs <= nowNs - MonthNs)
        {
            _sum -= _month.Dequeue().Money;
        }

        return (long)(_sum / Money.Dollar);
    }
}

/// <summary>The venue's spot fees by what an account traded in thirty days.</summary>
/// <remarks>https://www.kraken.com/features/fee-schedule as of 2025; the numbers change, their form does not.</remarks>
internal static class FeeSchedule
{
    public static readonly FeeTier[] Spot =
    [
        new(0, 40, 25), new(10_000, 35, 20), new(50_000, 24, 14), new(100_000, 22, 12), new(250_000, 20, 10),
        new(500_000, 18, 8), new(1_000_000, 16, 6), new(2_500_000, 14, 4), new(5_000_000, 12, 2),
        new(10_000_000, 10, 0),
    ];

    /// <summary>Of perpetuals, in millionths.</summary>
    /// <remarks>https://support.kraken.com/articles/360048917612 as of 2026.</remarks>
    private static readonly DerivativesTier[] Derivatives =
    [
        new(0, 500, 200), new(100_000, 400, 150), new(1_000_000, 300, 125), new(5_000_000, 250, 100),
        new(10_000_000, 200, 75), new(20_000_000, 150, 50), new(50_000_000, 125, 25), new(100_000_000, 100, 0),
    ];

    /// <summary>The tier of perpetuals of a volume in whole dollars.</summary>
    public static DerivativesTier OfDerivatives(long volumeDollars)
    {
        DerivativesTier found = Derivatives[0];
        foreach (DerivativesTier tier in Derivatives)
        {
            if (tier.VolumeDollars <= volumeDollars) found = tier;
        }

        return found;
    }

    /// <summary>The tier of a volume in whole dollars.</summary>
    public static FeeTier Of(long volumeDollars)
    {
        FeeTier found = Spot[0];
        foreach (FeeTier tier in Spot)
        {
            if (tier.VolumeDollars <= volumeDollars) found = tier;
        }

        return found;
    }

    /// <summary>The tier above; null at the top.</summary>
    public static FeeTier? After(long volumeDollars)
    {
        foreach (FeeTier tier in Spot)
        {
            if (tier.VolumeDollars > volumeDollars) return tier;
        }

        return null;
    }
}
