using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Operator;

/// <summary>A decimal number of a script, exactly.</summary>
/// <param name="Mantissa">Its digits.</param>
/// <param name="Decimals">How many of them stand behind the point.</param>
internal readonly partial record struct ScriptNumber(long Mantissa, byte Decimals)
{
    /// <summary>What a price takes, for people; the finest of Kraken has 10 decimals.</summary>
    public const string PriceAllowed = "a price above 0 as \"59900.5\", with at most 8 digits before and 10 behind the "
        + "point";

    public const string QuantityAllowed = "a quantity above 0 as \"0.05\", with at most 10 digits before and 8 behind "
        + "the point";

    /// <summary>Read from digits alone: no sign, no exponent, no leading zero, nothing rounded.</summary>
    public static ScriptNumber? Price(string text) => PriceForm().IsMatch(text) ? Of(text) : null;

    public static ScriptNumber? Quantity(string text) => QuantityForm().IsMatch(text) ? Of(text) : null;

    /// <summary>The same number at more decimals; prices have room for ten.</summary>
    public long At(byte decimals) => checked(Mantissa * Pow10.Of(decimals - Decimals));

    public bool IsBelow(ScriptNumber other)
    {
        byte common = Math.Max(Decimals, other.Decimals);
        return At(common) < other.At(common);
    }

    private static ScriptNumber? Of(string text)
    {
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        // Zeros at the end would be sent as they stand, and the venue counts decimals.
        string plain = dot < 0 ? text : text.TrimEnd('0').TrimEnd('.');
        string digits = plain.Replace(".", "", StringComparison.Ordinal);
        long mantissa = digits.Length == 0 ? 0 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        bool whole = dot < 0 || dot >= plain.Length;
        return mantissa == 0 ? null : new ScriptNumber(mantissa, (byte)(whole ? 0 : plain.Length - dot - 1));
    }

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,7})(\.[0-9]{1,10})?\z")]
    private static partial Regex PriceForm();

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,9})(\.[0-9]{1,8})?\z")]
    private static partial Regex QuantityForm();
}

/// <summary>One act of a script.</summary>
internal sealed record ScriptAct
{
    /// <summary>When, counted in engine time from Ready.</summary>
    public required long AtNs { get; init; }

    /// <summary>The time as it was written.</summary>
    public required string AtText { get; init; }

    /// <summary>Enter, MoveStop, Exit, Halt or Resume.</summary>
    public required AccountEventKind Do { get; init; }

    /// <summary>Line of the file.</summary>
    public required long Line { get; init; }

    /// <summary>Empty for halt and resume.</summary>
    public string Symbol { get; init; } = "";

    public Side Side { get; init; }

    public ScriptNumber Quantity { get; init; }

    /// <summary>Null = at market.</summary>
    public ScriptNumber? Limit { get; init; }

    public ScriptNumber Stop { get; init; }

    /// <summary>Take-profits; empty = none shall be placed, default = by the configured rule.</summary>
    public ImmutableArray<ScriptNumber> Targets { get; init; }

    /// <summary>Of halt and resume.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Its word in the file.</summary>
    public string Word => ActWords.Of(Do, AccountEventKind.None);
}
