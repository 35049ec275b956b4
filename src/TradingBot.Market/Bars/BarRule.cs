using System;
using System.Globalization;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Market.Bars;

/// <summary>When a bar that does not follow the clock ends: with the trade that reaches the threshold.</summary>
/// <remarks>
/// <c>tick:100</c> ends with the hundredth trade, <c>volume:5</c> when 5 or more of the instrument's quantity has
/// traded, <c>notional:10000</c> when Σ price × quantity reaches 10,000, <c>imbalance:2.5</c> when bought minus sold
/// quantity reaches 2.5 either way. A trade is never split: what goes beyond the threshold stays in the bar it ends.
/// </remarks>
public readonly record struct BarRule
{
    /// <summary>Longest text read: a kind, a colon and a number of 63 bits with 18 decimals.</summary>
    private const int TextMax = 64;

    private BarRule(BarKind kind, long threshold, byte decimals)
    {
        Kind = kind;
        Threshold = threshold;
        Decimals = decimals;
    }

    public BarKind Kind { get; }

    /// <summary>Mantissa at <see cref="Decimals"/>, greater than zero.</summary>
    public long Threshold { get; }

    public byte Decimals { get; }

    /// <summary>Reads <c>kind:threshold</c> (cold).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BarRule rule)
    {
        rule = default;
        int colon = text.IndexOf(':');
        if (colon < 0 || text.Length > TextMax || !Ascii.IsValid(text)) return false;
        BarKind kind = text[..colon] switch
        {
            "tick" => BarKind.Tick,
            "volume" => BarKind.Volume,
            "notional" => BarKind.Notional,
            "imbalance" => BarKind.Imbalance,
            _ => BarKind.Time,
        };
        if (kind == BarKind.Time) return false;

        Span<byte> number = stackalloc byte[TextMax];
        number = number[..Encoding.ASCII.GetBytes(text[(colon + 1)..], number)];
        if (Mantissa.TryParse(number, out long threshold, out int decimals) != NumberResult.Ok || threshold <= 0)
        {
            return false;
        }

        while (decimals > 0 && threshold % 10 == 0)
        {
            threshold /= 10;
            decimals--;
        }

        if (kind == BarKind.Tick && decimals != 0) return false;
        rule = new BarRule(kind, threshold, (byte)decimals);
        return true;
    }

    /// <summary>
    /// The least mantissa at the instrument's scale that reaches the threshold: comparing with it is exact whichever of
    /// the two has more decimals.
    /// </summary>
    internal Int128 ThresholdAt(int priceDecimals, int quantityDecimals)
    {
        int decimals = Kind switch
        {
            BarKind.Tick => 0,
            BarKind.Notional => priceDecimals + quantityDecimals,
            _ => quantityDecimals,
        };
        int exponent = decimals - Decimals;
        if (exponent >= 0)
        {
            // Out of reach of 128 bits means never reached: the bar's own overflow comes first.
            return Widening.TryScaleUp(Threshold, exponent, out Int128 scaled) ? scaled : Int128.MaxValue;
        }

        long divisor = Pow10.Of(-exponent);
        return ((Int128)Threshold + divisor - 1) / divisor;
    }

    /// <summary>The text that parses to this rule (cold).</summary>
    public override string ToString()
    {
        string name = Kind switch
        {
            BarKind.Tick => "tick:",
            BarKind.Volume => "volume:",
            BarKind.Notional => "notional:",
            _ => "imbalance:",
        };
        string digits = Threshold.ToString(CultureInfo.InvariantCulture).PadLeft(Decimals + 1, '0');
        return Decimals == 0
            ? string.Concat(name, digits)
            : string.Concat(name, digits[..^Decimals], ".", digits[^Decimals..]);
    }
}
