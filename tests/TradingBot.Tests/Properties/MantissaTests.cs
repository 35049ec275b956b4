using System;
using System.Text;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using TradingBot.Tests.Twins;
using Xunit;

namespace TradingBot.Tests.Properties;

/// <summary>Mantissa against the model in big integers.</summary>
public sealed class MantissaTests
{
    [Theory]
    [InlineData("0.03740000", NumberResult.Ok, 3740000, 8)]
    [InlineData("5.1e-05", NumberResult.Ok, 51, 6)]
    [InlineData("1.50e1", NumberResult.Ok, 150, 1)]
    [InlineData("1e3", NumberResult.Ok, 1000, 0)]
    [InlineData("-0.0", NumberResult.Ok, 0, 1)]
    [InlineData("0e-40", NumberResult.Ok, 0, 18)]
    [InlineData("0e40", NumberResult.Ok, 0, 0)]
    [InlineData("9223372036854775807", NumberResult.Ok, long.MaxValue, 0)]
    [InlineData("-9223372036854775807", NumberResult.Ok, -long.MaxValue, 0)]
    [InlineData("9223372036854775808", NumberResult.OutOfRange, 0, 0)]
    [InlineData("-9223372036854775808", NumberResult.OutOfRange, 0, 0)]
    [InlineData("9223372036854775807.00", NumberResult.Ok, long.MaxValue, 0)]
    [InlineData("922337203685477580.700", NumberResult.Ok, long.MaxValue, 1)]
    [InlineData("0.0000000000000000010", NumberResult.Ok, 1, 18)]
    [InlineData("0.0000000000000000001", NumberResult.OutOfRange, 0, 0)]
    [InlineData("10e-1", NumberResult.Ok, 10, 1)]
    [InlineData("1e99999999999999999999", NumberResult.OutOfRange, 0, 0)]
    [InlineData("0e99999999999999999999", NumberResult.Ok, 0, 0)]
    [InlineData("", NumberResult.Invalid, 0, 0)]
    [InlineData("01", NumberResult.Invalid, 0, 0)]
    [InlineData("1.", NumberResult.Invalid, 0, 0)]
    [InlineData(".5", NumberResult.Invalid, 0, 0)]
    [InlineData("+1", NumberResult.Invalid, 0, 0)]
    [InlineData("1e", NumberResult.Invalid, 0, 0)]
    [InlineData(" 1", NumberResult.Invalid, 0, 0)]
    [InlineData("1\n", NumberResult.Invalid, 0, 0)]
    public void Model_and_code_give_the_values_of_the_contract(
        string text, NumberResult result, long mantissa, int decimals)
    {
        Assert.Equal(result, NaiveNumberText.Read(text, out NaiveNumber model));
        Assert.Equal(new NaiveNumber(mantissa, decimals), model);
        AssertSame(text);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100_001)]
    [InlineData(1_000_000)]
    public void Exponents_and_zeros_that_cancel_leave_one_however_many_they_are(int zeros)
    {
        string run = new('0', zeros);
        foreach (string text in new[] { $"1{run}e-{zeros}", $"0.{run}1e{zeros + 1}", $"1.{run}" })
        {
            Assert.Equal(NumberResult.Ok, Mantissa.TryParseInteger(Encoding.ASCII.GetBytes(text), out long value));
            Assert.Equal(1, value);
            Assert.Equal(NumberResult.Ok, AssertSame(text));
        }
    }

    [Fact]
    public void Random_number_texts_give_what_big_integers_give()
    {
        Random random = Seed.Random(20_260_304, "mantissa");
        int[] results = new int[3];
        int rounds = Seed.Count(200_000, 5_000_000);
        for (int i = 0; i < rounds; i++) results[(int)AssertSame(RandomText(random))]++;
        Assert.All(results, count => Assert.InRange(count, rounds / 20, rounds));
    }

    private static NumberResult AssertSame(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        NumberResult expected = NaiveNumberText.Read(text, out NaiveNumber model);
        NumberResult actual = Mantissa.TryParse(bytes, out long mantissa, out int decimals);
        Assert.True(expected == actual, $"\"{text}\": model {expected}, code {actual}");
        if (expected == NumberResult.Ok && model != new NaiveNumber(mantissa, decimals))
        {
            Assert.Fail($"\"{text}\": model {model}, code ({mantissa}, {decimals})");
        }

        expected = NaiveNumberText.ReadInteger(text, out long integer);
        actual = Mantissa.TryParseInteger(bytes, out long value);
        Assert.True(expected == actual, $"\"{text}\" as integer: model {expected}, code {actual}");
        if (expected == NumberResult.Ok) Assert.True(integer == value, $"\"{text}\" as integer: {integer}, {value}");
        return expected == NumberResult.Invalid ? NaiveNumberText.Read(text, out _) : expected;
    }

    /// <summary>Texts near every edge: widths around 19 digits, runs of zeros, exponents, small damage.</summary>
    private static string RandomText(Random random)
    {
        StringBuilder text = new();
        if (random.Next(5) == 0) text.Append('-');
        AppendDigits(text, random, random.Next(4) == 0 ? random.Next(30) : random.Next(8), integer: true);
        if (random.Next(3) > 0)
        {
            text.Append('.');
            AppendDigits(text, random, random.Next(4) == 0 ? random.Next(30) : random.Next(1, 10), integer: false);
        }

        if (random.Next(3) == 0)
        {
            text.Append(random.Next(2) == 0 ? 'e' : 'E');
            if (random.Next(2) == 0) text.Append(random.Next(2) == 0 ? '+' : '-');
            text.Append(random.Next(random.Next(10) == 0 ? 1_000_000 : 25));
        }

        if (random.Next(8) > 0 || text.Length == 0) return text.ToString();
        int position = random.Next(text.Length);
        text[position] = "0123456789.eE+-x "[random.Next(17)];
        return text.ToString();
    }

    private static void AppendDigits(StringBuilder text, Random random, int count, bool integer)
    {
        if (integer && (count == 0 || random.Next(4) == 0))
        {
            text.Append('0');
            return;
        }

        for (int i = 0; i < count; i++)
        {
            int digit = random.Next(3) == 0 ? 0 : random.Next(10);
            text.Append(integer && i == 0 ? Math.Max(digit, 1) : digit);
        }

        if (random.Next(3) == 0) text.Append('0', random.Next(12));
    }
}
