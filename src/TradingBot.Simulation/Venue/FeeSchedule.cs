namespace TradingBot.Simulation.Venue;

/// <summary>One step of a fee schedule; fees in hundredths of a percent.</summary>
internal readonly record struct FeeTier(long VolumeDollars, int TakerPoints, int MakerPoints);

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
