using System;
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using TradingBot.Market.Wire;

namespace TradingBot.Tests.Twins;

/// <summary>The number rules of docs/wire.md by regular expression and big integers.</summary>
internal static partial class NaiveNumberText
{
    private const int DecimalsMax = 18;

    /// <summary>Beyond these magnitudes a value that is not zero cannot fit; it also keeps the powers small.</summary>
    private const int ShiftMax = 40;

    /// <summary>Reads a text in full; a zero that is not representable does not exist.</summary>
    public static NumberResult Read(string text, out NaiveNumber number)
    {
        number = default;
        Match match = Grammar().Match(text);
        if (!match.Success) return NumberResult.Invalid;

        string fraction = match.Groups["fraction"].Value;
        string digits = (match.Groups["integer"].Value + fraction).TrimStart('0');
        BigInteger scale = fraction.Length - ExponentOf(match.Groups["exponent"].Value);
        if (digits.Length == 0)
        {
            number = new NaiveNumber(0, (int)BigInteger.Min(BigInteger.Max(scale, 0), DecimalsMax));
            return NumberResult.Ok;
        }

        // A value with so many zeros behind it is too great whatever its digits are.
        if (scale < -ShiftMax) return NumberResult.OutOfRange;
        if (scale < 0)
        {
            digits += new string('0', (int)-scale);
            scale = 0;
        }

        // Zeros of the fraction are given up one by one, and only while the value does not fit.
        ReadOnlySpan<char> kept = digits;
        while (scale > 0 && kept[^1] == '0' && !Fits(kept, scale))
        {
            kept = kept[..^1];
            scale--;
        }

        if (!Fits(kept, scale)) return NumberResult.OutOfRange;
        long magnitude = long.Parse(kept, CultureInfo.InvariantCulture);
        number = new NaiveNumber(match.Groups["minus"].Success ? -magnitude : magnitude, (int)scale);
        return NumberResult.Ok;
    }

    /// <summary>Reads an integer: a number whose fraction is zero.</summary>
    public static NumberResult ReadInteger(string text, out long value)
    {
        value = 0;
        NumberResult result = Read(text, out NaiveNumber number);
        if (result != NumberResult.Ok) return result;
        BigInteger unit = BigInteger.Pow(10, number.Decimals);
        if (number.Mantissa % unit != 0) return NumberResult.Invalid;
        value = (long)(number.Mantissa / unit);
        return NumberResult.Ok;
    }

    private static bool Fits(ReadOnlySpan<char> digits, BigInteger scale) =>
        scale <= DecimalsMax && digits.Length <= 19 &&
        BigInteger.Parse(digits, CultureInfo.InvariantCulture) <= long.MaxValue;

    private static BigInteger ExponentOf(string text) =>
        text.Length == 0 ? 0 : BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"\A(?<minus>-)?(?<integer>0|[1-9][0-9]*)(\.(?<fraction>[0-9]+))?([eE](?<exponent>[+-]?[0-9]+))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
