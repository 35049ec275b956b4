using System;
using System.Collections.Generic;
using System.Numerics;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Tests.Twins;

/// <summary>Ends the reading of a frame: nothing graver can follow once its JSON is known to be well-formed.</summary>
internal sealed class NaiveInvalidException : Exception
{
    public NaiveInvalidException()
    {
    }

    public NaiveInvalidException(string message)
        : base(message)
    {
    }

    public NaiveInvalidException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>The range a number must keep.</summary>
internal enum NaiveRange
{
    Any,
    NotNegative,
    Positive,
}

/// <summary>One frame being read: its events so far, and typed access to JSON values.</summary>
internal sealed class NaiveReading(Dialect dialect)
{
    public Dialect Dialect { get; } = dialect;

    public List<NaiveEvent> Events { get; } = [];

    /// <summary>A number was not representable; reading goes on, because Invalid would be graver.</summary>
    public bool OutOfRange { get; private set; }

    /// <summary>The channel the frame is counted under: none until it is decided.</summary>
    public Channel Channel { get; set; }

    /// <summary>What the frame adds to the counters by name.</summary>
    public List<(NaiveCounter Counter, string Name)> Counted { get; } = [];

    public static NaiveInvalidException Invalid(string why) => new(why);

    public static bool IsObject(JsonElement value) => value.ValueKind == JsonValueKind.Object;

    public static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    public static string TextOf(JsonElement value)
    {
        if (!IsText(value)) throw Invalid("text expected");
        return value.GetString()!;
    }

    public static JsonElement[] ElementsOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Invalid("array expected");
        return [.. value.EnumerateArray()];
    }

    /// <summary>1 to 32 printable ASCII characters.</summary>
    public static string SymbolOf(JsonElement value)
    {
        string text = TextOf(value);
        if (text.Length is 0 or > 32) throw Invalid("symbol length");
        foreach (char c in text)
        {
            if (c is < '!' or > '~') throw Invalid("symbol character");
        }

        return text;
    }

    public NaiveNumber NumberOf(JsonElement value, NaiveRange range)
    {
        switch (NaiveNumberText.Read(NumberTextOf(value), out NaiveNumber number))
        {
            case NumberResult.Invalid:
                throw Invalid("not a number");
            case NumberResult.OutOfRange:
                OutOfRange = true;
                return default;
            default:
                bool kept = range switch
                {
                    NaiveRange.Positive => number.Mantissa > 0,
                    NaiveRange.NotNegative => number.Mantissa >= 0,
                    _ => true,
                };
                return kept ? number : throw Invalid("number outside its range");
        }
    }

    public long IntegerOf(JsonElement value, long min, long max)
    {
        switch (NaiveNumberText.ReadInteger(NumberTextOf(value), out long integer))
        {
            case NumberResult.Invalid:
                throw Invalid("not an integer");
            case NumberResult.OutOfRange:
                OutOfRange = true;
                return min;
            default:
                return integer >= min && integer <= max ? integer : throw Invalid("integer outside its range");
        }
    }

    /// <summary>A number of units of 10^<paramref name="unitDecimals"/> nanoseconds; null = out of range.</summary>
    public long? NanosOf(JsonElement value, int unitDecimals)
    {
        if (NaiveNumberText.Read(NumberTextOf(value), out _) == NumberResult.OutOfRange)
        {
            OutOfRange = true;
            return null;
        }

        NaiveNumber number = NumberOf(value, NaiveRange.NotNegative);
        BigInteger nanos = number.Mantissa * BigInteger.Pow(10, unitDecimals);
        BigInteger unit = BigInteger.Pow(10, number.Decimals);
        if (nanos % unit != 0) throw Invalid("time finer than a nanosecond");
        nanos /= unit;
        if (nanos <= long.MaxValue) return (long)nanos;
        OutOfRange = true;
        return null;
    }

    public void Add(NaiveEvent e) => Events.Add(e);

    public void Count(NaiveCounter counter, string name) => Counted.Add((counter, name));

    /// <summary>Counts the name of what is not read; the answer of a reader that ignores a frame.</summary>
    public bool Ignore(NaiveCounter counter, string name)
    {
        Channel = Channel.Other;
        Count(counter, name);
        return false;
    }

    /// <summary>Counts a word whose meaning is unknown, and returns the meaning.</summary>
    public T WordOf<T>(string word, T meaning, params string[] knownWithoutMeaning)
        where T : struct, Enum
    {
        bool unknown = meaning.Equals(default(T)) && Array.IndexOf(knownWithoutMeaning, word) < 0;
        if (unknown) Count(NaiveCounter.UnknownEnums, word);
        return meaning;
    }

    private static string NumberTextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.String => TextOf(value),
        _ => throw Invalid("number expected"),
    };
}
