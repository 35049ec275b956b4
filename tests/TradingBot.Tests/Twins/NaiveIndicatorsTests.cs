using TradingBot.Market.Values;
using Xunit;

namespace TradingBot.Tests.Twins;

public sealed class NaiveIndicatorsTests
{
    [Fact]
    public void Exponential_mean_starts_with_the_simple_mean() =>
        // Seed (1+2+6)/3 = 3, weight 2/4: 3 + (5-3)/2 = 4, 4 + (0-4)/2 = 2.
        AssertSeries([null, null, 3, 4, 2], NaiveIndicators.Ema([1, 2, 6, 5, 0], 3));

    [Fact]
    public void Average_true_range_sees_gaps_and_is_smoothed_by_wilder() =>
        // True ranges: 2, max(13,11)-min(12,11) = 2, max(12,13)-min(8,13) = 5, 1; seed 2, 2+(5-2)/2 = 3.5, 2.25.
        AssertSeries(
            [null, 2, 3.5, 2.25],
            NaiveIndicators.Atr([(12, 10, 11), (13, 12, 13), (12, 8, 9), (9.5, 8.5, 9)], 2));

    [Fact]
    public void Relative_strength_weighs_gains_against_losses()
    {
        // Changes +2 -1 +3 -3: gains 1, 2, 1; losses 0.5, 0.25, 1.625.
        double?[] values = NaiveIndicators.Rsi([10, 12, 11, 14, 11], 2);
        AssertSeries([null, null, 100 / 1.5, 200 / 2.25, 100 / 2.625], values);
        AssertSeries([null, 100], NaiveIndicators.Rsi([1, 2], 1));
        AssertSeries([null, 0], NaiveIndicators.Rsi([2, 1], 1));
        AssertSeries([null, null], NaiveIndicators.Rsi([2, 2], 1));
    }

    [Fact]
    public void Z_score_counts_population_deviations_of_the_last_values()
    {
        // 2 4 9: mean 5, deviations -3 -1 4, variance 26/3.
        double?[] values = NaiveIndicators.ZScore([100, 2, 4, 9], 3);
        Assert.Null(values[1]);
        Assert.Equal(4 / double.Sqrt(26.0 / 3), values[3]!.Value, 12);
        AssertSeries([null, null], NaiveIndicators.ZScore([5, 5], 2));
    }

    [Fact]
    public void Book_imbalance_is_the_lean_of_the_quantities()
    {
        Assert.Equal(0.5, NaiveIndicators.BookImbalance(3, 1));
        Assert.Equal(-1, NaiveIndicators.BookImbalance(0, 4));
        Assert.Null(NaiveIndicators.BookImbalance(0, 0));
    }

    [Fact]
    public void Microprice_leans_away_from_the_heavier_side()
    {
        // (100·1 + 102·3) / 4: three times as much is bid, so the price leans up.
        Assert.Equal(101.5, NaiveIndicators.Microprice(100, 3, 102, 1));
        Assert.Null(NaiveIndicators.Microprice(100, 0, 102, 0));
    }

    [Fact]
    public void Trade_flow_is_signed_quantity_over_quantity_of_the_last_trades() =>
        // The trade of unknown side counts below the line only.
        AssertSeries(
            [null, 0.5, -1.0 / 5, -4.0 / 5],
            NaiveIndicators.TradeFlowImbalance([(Side.Buy, 3), (Side.Sell, 1), (Side.None, 4), (Side.Sell, 16)], 2));

    private static void AssertSeries(double?[] expected, double?[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i] is null, actual[i] is null);
            if (expected[i] is { } value) Assert.Equal(value, actual[i]!.Value, 12);
        }
    }
}
