using System;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>Numbers of the wire become (mantissa, decimals) exactly, or are refused for the right reason.</summary>
public sealed partial class MantissaTests
{
    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("-0", 0, 0)]
    [InlineData("0.00000000", 0, 8)]
    [InlineData("0.03740000", 3740000, 8)]
    [InlineData("105944.20", 10594420, 2)]
    [InlineData("-2.31", -231, 2)]
    [InlineData("1e3", 1000, 0)]
    [InlineData("1E-8", 1, 8)]
    [InlineData("5.1e-05", 51, 6)]
    [InlineData("1.50e1", 150, 1)]
    [InlineData("1.5e+3", 1500, 0)]
    [InlineData("9223372036854775807", long.MaxValue, 0)]
    [InlineData("-9223372036854775807", -long.MaxValue, 0)]
    [InlineData("9.223372036854775807", long.MaxValue, 18)]
    [InlineData("0.000000000000000001", 1, 18)]
    [InlineData("0.0000000000000000010", 1, 18)]
    [InlineData("10e-19", 1, 18)]
    [InlineData("92233720368547758.070", 9223372036854775807, 2)]
    [InlineData("1000000000000000000000e-21", 1000000000000000000, 18)]
    [InlineData("0e999999999999", 0, 0)]
    [InlineData("0e-999999999999", 0, 18)]
    [InlineData("0.000e2", 0, 1)]
    public void Exact_numbers_keep_their_digits(string text, long mantissa, int decimals)
    {
        Assert.Equal(NumberResult.Ok, Mantissa.TryParse(Encoding.ASCII.GetBytes(text), out long value, out int scale));
        Assert.Equal((mantissa, decimals), (value, scale));
    }

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775808")]
    [InlineData("1e19")]
    [InlineData("1e-19")]
    [InlineData("0.0000000000000000001")]
    [InlineData("12345678901234567890.5")]
    [InlineData("1e999999999999999999999")]
    [InlineData("1e-999999999999999999999")]
    public void Numbers_that_do_not_fit_are_out_of_range(string text)
    {
        Assert.Equal(NumberResult.OutOfRange, Mantissa.TryParse(Encoding.ASCII.GetBytes(text), out long value, out _));
        Assert.Equal(0, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("-00")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("5.e1")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e1.5")]
    [InlineData("1 ")]
    [InlineData(" 1")]
    [InlineData("1,0")]
    [InlineData("1.0.0")]
    [InlineData("NaN")]
    [InlineData("0x1")]
    [InlineData("99999999999999999999x")]
    public void Text_outside_the_grammar_is_invalid(string text) =>
        Assert.Equal(NumberResult.Invalid, Mantissa.TryParse(Encoding.ASCII.GetBytes(text), out _, out _));

    [Fact]
    public void Exponents_may_outweigh_a_hundred_thousand_zeros()
    {
        string text = "0." + new string('0', 150_000) + "25e150000";
        Assert.Equal(NumberResult.Ok, Mantissa.TryParse(Encoding.ASCII.GetBytes(text), out long value, out int scale));
        Assert.Equal((25, 2), (value, scale));
    }

    [Theory]
    [InlineData("5.0", NumberResult.Ok, 5)]
    [InlineData("1e3", NumberResult.Ok, 1000)]
    [InlineData("-7.00e0", NumberResult.Ok, -7)]
    [InlineData("150e-1", NumberResult.Ok, 15)]
    [InlineData("0.5", NumberResult.Invalid, 0)]
    [InlineData("5.01", NumberResult.Invalid, 0)]
    [InlineData("1e-19", NumberResult.OutOfRange, 0)]
    [InlineData("9223372036854775807", NumberResult.Ok, long.MaxValue)]
    public void Integers_have_no_fraction(string text, NumberResult expected, long value)
    {
        Assert.Equal(expected, Mantissa.TryParseInteger(Encoding.ASCII.GetBytes(text), out long actual));
        if (expected == NumberResult.Ok) Assert.Equal(value, actual);
    }

    [Fact]
    public void Random_texts_agree_with_a_model_of_big_integers()
    {
        Random random = Seed.Random(20260102, "number texts");
        int[] seen = new int[3];
        int rounds = Seed.Count(200_000, 5_000_000);
        for (int round = 0; round < rounds; round++)
        {
            string text = RandomNumber(random);
            NumberResult expected = Model(text, out BigInteger mantissa, out int decimals);
            NumberResult actual = Mantissa.TryParse(Encoding.ASCII.GetBytes(text), out long value, out int scale);
            seen[(int)actual]++;
            bool isSame = expected == actual
                && (expected != NumberResult.Ok || (mantissa == value && decimals == scale));
            Assert.True(isSame, $"{text}: {expected} {mantissa} {decimals} or {actual} {value} {scale}?");
        }

        Assert.True(seen[0] > rounds / 10 && seen[1] > rounds / 50 && seen[2] > rounds / 50, string.Join(' ', seen));
    }

    /// <summary>
    /// The rules of Mantissa.cs in unbounded arithmetic: drop trailing zeros of the fraction only as needed.
    /// </summary>
    private static NumberResult Model(string text, out BigInteger mantissa, out int decimals)
    {
        mantissa = 0;
        decimals = 0;
        Match match = Grammar().Match(text);
        if (!match.Success) return NumberResult.Invalid;
        BigInteger value = BigInteger.Parse(match.Groups["int"].Value + match.Groups["frac"].Value, null);
        BigInteger exponent = match.Groups["exp"].Success ? BigInteger.Parse(match.Groups["exp"].Value, null) : 0;
        BigInteger scale = match.Groups["frac"].Length - exponent;
        if (value == 0)
        {
            decimals = (int)BigInteger.Max(0, BigInteger.Min(18, scale));
            return NumberResult.Ok;
        }

        while (scale > 0 && (scale > 18 || value > long.MaxValue) && value % 10 == 0)
        {
            value /= 10;
            scale--;
        }

        if (scale > 18 || scale < -18) return NumberResult.OutOfRange;
        if (scale < 0)
        {
            value *= BigInteger.Pow(10, (int)-scale);
            scale = 0;
        }

        if (value > long.MaxValue) return NumberResult.OutOfRange;
        mantissa = match.Groups["sign"].Length > 0 ? -value : value;
        decimals = (int)scale;
        return NumberResult.Ok;
    }

    private static string RandomNumber(Random random)
    {
        StringBuilder text = new();
        if (random.Next(4) == 0) text.Append('-');
        AppendDigits(text, random, random.Next(8) == 0 ? 22 : 8, allowsZeroLead: random.Next(10) == 0);
        if (random.Next(3) > 0)
        {
            text.Append('.');
            AppendDigits(text, random, random.Next(6) == 0 ? 24 : 9, allowsZeroLead: true);
        }

        if (random.Next(4) == 0)
        {
            text.Append(random.Next(2) == 0 ? 'e' : 'E');
            if (random.Next(2) == 0) text.Append(random.Next(2) == 0 ? '+' : '-');
            AppendDigits(text, random, 2, allowsZeroLead: true);
        }

        if (random.Next(20) == 0) text.Insert(random.Next(text.Length + 1), "+-.e0 x"[random.Next(7)]);
        if (random.Next(40) == 0) text.Remove(random.Next(text.Length), 1);
        return text.ToString();
    }

    /// <summary>One digit or more, rich in zeros at the end.</summary>
    private static void AppendDigits(StringBuilder text, Random random, int max, bool allowsZeroLead)
    {
        int count = random.Next(1, max + 1);
        int zeros = random.Next(3) == 0 ? random.Next(count + 1) : 0;
        for (int i = 0; i < count; i++)
        {
            int digit = i >= count - zeros ? 0 : random.Next(10);
            if (i == 0 && digit == 0 && count > 1 && !allowsZeroLead) digit = 1;
            text.Append((char)('0' + digit));
        }
    }

    [GeneratedRegex(@"\A(?<sign>-?)(?<int>0|[1-9][0-9]*)(\.(?<frac>[0-9]+))?([eE](?<exp>[+-]?[0-9]+))?\z")]
    private static partial Regex Grammar();
}
