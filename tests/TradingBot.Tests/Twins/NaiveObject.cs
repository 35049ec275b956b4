using System;
using System.Collections.Generic;
using System.Text.Json;

namespace TradingBot.Tests.Twins;

/// <summary>An object and the keys we read of it: each at most once, null as if it were absent.</summary>
internal sealed class NaiveObject
{
    private readonly NaiveReading _reading;
    private readonly Dictionary<string, JsonElement> _values = [];
    private readonly List<string> _unread = [];

    /// <exception cref="NaiveInvalidException">Not an object, or a key that is read occurs twice.</exception>
    public NaiveObject(NaiveReading reading, JsonElement value, params string[] keysRead)
    {
        _reading = reading;
        if (!NaiveReading.IsObject(value)) throw NaiveReading.Invalid("object expected");
        HashSet<string> seen = [];
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = property.Name;
            if (Array.IndexOf(keysRead, name) < 0)
            {
                _unread.Add(name);
                continue;
            }

            if (!seen.Add(name)) throw NaiveReading.Invalid($"doubled key {name}");
            if (property.Value.ValueKind != JsonValueKind.Null) _values.Add(name, property.Value);
        }
    }

    /// <summary>The last value under a key, also when it is null or occurs more than once.</summary>
    public static JsonElement? LastOf(JsonElement value, string key)
    {
        JsonElement? last = null;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (property.Name == key) last = property.Value;
        }

        return last;
    }

    /// <summary>The last value under a key when it is text.</summary>
    public static string? LastTextOf(JsonElement value, string key) =>
        LastOf(value, key) is { ValueKind: JsonValueKind.String } text ? NaiveReading.TextOf(text) : null;

    /// <summary>Counts the keys that are neither read nor known.</summary>
    public NaiveObject CountUnknownKeys(params string[] known)
    {
        foreach (string key in _unread)
        {
            if (Array.IndexOf(known, key) < 0) _reading.Count(NaiveCounter.UnknownKeys, key);
        }

        return this;
    }

    public bool Has(string key) => _values.ContainsKey(key);

    public JsonElement Required(string key) =>
        _values.TryGetValue(key, out JsonElement value) ? value : throw NaiveReading.Invalid($"{key} is missing");

    public string Text(string key) => NaiveReading.TextOf(Required(key));

    public string? OptionalText(string key) => Has(key) ? Text(key) : null;

    public string Symbol(string key) => NaiveReading.SymbolOf(Required(key));

    public string? OptionalSymbol(string key) => Has(key) ? Symbol(key) : null;

    public JsonElement[] Elements(string key) => NaiveReading.ElementsOf(Required(key));

    public JsonElement[] OptionalElements(string key) => Has(key) ? Elements(key) : [];

    public NaiveNumber Number(string key, NaiveRange range = NaiveRange.Any) =>
        _reading.NumberOf(Required(key), range);

    public NaiveNumber? OptionalNumber(string key) => Has(key) ? Number(key) : null;

    public long Integer(string key, long max = long.MaxValue, long min = 0) =>
        _reading.IntegerOf(Required(key), min, max);

    public long? OptionalInteger(string key, long max) => Has(key) ? Integer(key, max) : null;

    /// <summary>RFC 3339 text.</summary>
    public long Timestamp(string key) =>
        NaiveTimestamp.Read(Text(key)) ?? throw NaiveReading.Invalid("bad timestamp");

    public long TimestampOrZero(string key) => Has(key) ? Timestamp(key) : 0;

    /// <summary>Epoch milliseconds.</summary>
    public long Milliseconds(string key) => _reading.NanosOf(Required(key), 6) ?? 0;

    public long MillisecondsOrZero(string key) => Has(key) ? Milliseconds(key) : 0;
}
