using System;
using System.Globalization;
using System.Numerics;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Values;

public sealed class DecimalTextTests
{
    [Theory]
    [InlineData(0, 0, "0", "0")]
    [InlineData(0, 8, "0.00000000", "0")]
    [InlineData(5, 3, "0.005", "0.005")]
    [InlineData(-50, 3, "-0.050", "-0.05")]
    [InlineData(6300490, 2, "63004.90", "63004.9")]
    [InlineData(6300400, 2, "63004.00", "63004")]
    [InlineData(100, 0, "100", "100")]
    [InlineData(long.MinValue, 18, "-9.223372036854775808", "-9.223372036854775808")]
    public void Text_is_exact_at_its_decimals_and_short_without_trailing_zeros(
        long mantissa, int decimals, string full, string shortest)
    {
        Assert.Equal(full, DecimalText.Of(mantissa, decimals));
        Assert.Equal(shortest, DecimalText.Of(mantissa, decimals, shortest: true));
    }

    [Fact]
    public void Text_of_random_wide_numbers_reads_back_to_the_same_number()
    {
        Random random = Seed.Random(11, "decimal text");
        byte[] bytes = new byte[16];
        for (int i = 0; i < 5_000; i++)
        {
            random.NextBytes(bytes);
            Int128 wide = new(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes, 8));
            Int128 mantissa = wide >> random.Next(127);
            int decimals = random.Next(37);
            string text = DecimalText.Of(mantissa, decimals);
            int dot = text.IndexOf('.', StringComparison.Ordinal);
            Assert.Equal(decimals, dot < 0 ? 0 : text.Length - dot - 1);
            string digits = text.Replace(".", "", StringComparison.Ordinal);
            Assert.Equal((BigInteger)mantissa, BigInteger.Parse(digits, CultureInfo.InvariantCulture));
        }
    }
}
