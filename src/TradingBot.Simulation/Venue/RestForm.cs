using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace TradingBot.Simulation.Venue;

/// <summary>The parameters of a REST call: a form, or an object of JSON.</summary>
internal sealed class RestForm
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RestForm[]> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _texts = new(StringComparer.Ordinal);

    private RestForm()
    {
    }

    /// <summary>Null when the bytes are neither.</summary>
    public static RestForm? Read(ReadOnlySpan<byte> body)
    {
        string text = Encoding.UTF8.GetString(body);
        if (!text.StartsWith('{')) return OfQuery(text);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return OfJson(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static RestForm OfQuery(string query)
    {
        RestForm form = new();
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) continue;
            string value = part[(equals + 1)..].Replace('+', ' ');
            form._fields[Uri.UnescapeDataString(part[..equals])] = Uri.UnescapeDataString(value);
        }

        return form;
    }

    /// <summary>All plain parameters.</summary>
    public IReadOnlyDictionary<string, string> Fields => _fields;

    public bool Has(string name) => _fields.ContainsKey(name) || _items.ContainsKey(name) || _texts.ContainsKey(name);

    public string Text(string name) => _fields.GetValueOrDefault(name, "");

    /// <summary>Objects of an array; empty when it is none.</summary>
    public RestForm[] Items(string name) => _items.GetValueOrDefault(name, []);

    /// <summary>Texts of an array, or of one text between commas.</summary>
    public string[] Texts(string name) => _texts.GetValueOrDefault(name)
        ?? Text(name).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A positive number as a mantissa; 0 when absent, −1 when not positive, relative or too fine.</summary>
    public long Mantissa(string name, int decimals)
    {
        string text = Text(name);
        if (text.Length == 0) return 0;
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out decimal number)) return -1;
        decimal scaled = number * Money.Pow10(decimals);
        bool isExact = scaled > 0 && scaled == decimal.Truncate(scaled) && scaled <= long.MaxValue / 1_000;
        return isExact ? (long)scaled : -1;
    }

    public static RestForm OfJson(JsonElement root)
    {
        RestForm form = new();
        if (root.ValueKind != JsonValueKind.Object) return form;
        foreach (JsonProperty property in root.EnumerateObject())
        {
            JsonElement value = property.Value;
            bool isArray = value.ValueKind == JsonValueKind.Array;
            if (isArray && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
            {
                form._items[property.Name] = [.. value.EnumerateArray().Select(OfJson)];
            }
            else if (isArray)
            {
                form._texts[property.Name] = [.. value.EnumerateArray().Select(item => item.ToString())];
            }
            else if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                form._fields[property.Name] = value.GetBoolean() ? "true" : "false";
            }
            else if (value.ValueKind != JsonValueKind.Null)
            {
                form._fields[property.Name] = value.ToString();
            }
        }

        return form;
    }
}
