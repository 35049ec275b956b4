using System;
using System.Text.Json;

namespace TradingBot.Simulation.Venue;

/// <summary>One request of a client, read as the venue reads it.</summary>
public sealed class VenueRequest
{
    private readonly JsonElement _params;

    private VenueRequest(string method, JsonElement parameters, long? requestId)
    {
        Method = method;
        _params = parameters;
        RequestId = requestId;
    }

    public string Method { get; }

    public long? RequestId { get; }

    /// <summary>Null when the bytes are not an object with a method.</summary>
    public static VenueRequest? Read(ReadOnlySpan<byte> frame) => Read(frame, "method", "req_id", "params");

    /// <summary>A message of the first WebSocket: its <c>event</c> is the method, its members the parameters.</summary>
    public static VenueRequest? ReadEvent(ReadOnlySpan<byte> frame) => Read(frame, "event", "reqid", inside: null);

    private static VenueRequest? Read(ReadOnlySpan<byte> frame, string methodName, string idName, string? inside)
    {
        Utf8JsonReader reader = new(frame);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document)) return null;
            using (document)
            {
                JsonElement root = document.RootElement.Clone();
                if (root.ValueKind != JsonValueKind.Object) return null;
                if (!root.TryGetProperty(methodName, out JsonElement method)) return null;
                if (method.ValueKind != JsonValueKind.String) return null;
                long number = 0;
                bool hasId = root.TryGetProperty(idName, out JsonElement id) && id.ValueKind == JsonValueKind.Number
                    && id.TryGetInt64(out number);
                JsonElement parameters = root;
                if (inside is not null) root.TryGetProperty(inside, out parameters);
                return new VenueRequest(method.GetString()!, parameters, hasId ? number : null);
            }
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The objects of an array, each as a request of the same method; empty when it is none.</summary>
    public VenueRequest[] Items(string name)
    {
        if (!TryGet(name, out JsonElement value) || value.ValueKind != JsonValueKind.Array) return [];
        VenueRequest[] items = new VenueRequest[value.GetArrayLength()];
        for (int i = 0; i < items.Length; i++) items[i] = new VenueRequest(Method, value[i], RequestId);
        return items;
    }

    public bool Has(string name) => TryGet(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public string Text(string name) =>
        TryGet(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : string.Empty;

    /// <summary>Texts of an array; a lone text counts as an array of one.</summary>
    public string[] Texts(string name)
    {
        if (!TryGet(name, out JsonElement value)) return [];
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        if (value.ValueKind != JsonValueKind.Array) return [];
        string[] texts = new string[value.GetArrayLength()];
        for (int i = 0; i < texts.Length; i++) texts[i] = value[i].ToString();
        return texts;
    }

    public bool Flag(string name, bool otherwise = false) =>
        TryGet(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : otherwise;

    public int Whole(string name, int otherwise) =>
        TryGet(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out int whole)
            ? whole
            : otherwise;

    /// <summary>A positive number as a mantissa; 0 when absent, -1 when not positive or too fine.</summary>
    public long Mantissa(string name, int decimals, string inside = "")
    {
        JsonElement value = default;
        bool found = inside.Length == 0
            ? TryGet(name, out value)
            : TryGet(inside, out JsonElement outer) && outer.ValueKind == JsonValueKind.Object
                && outer.TryGetProperty(name, out value);
        if (!found) return 0;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out decimal number)) return -1;
        decimal scaled = number * Money.Pow10(decimals);
        bool isExact = scaled > 0 && scaled == decimal.Truncate(scaled) && scaled <= long.MaxValue / 1_000;
        return isExact ? (long)scaled : -1;
    }

    /// <summary>All parameters as REST would have them.</summary>
    internal RestForm ToForm() => RestForm.OfJson(_params);

    public int WholeInside(string outer, string name, int otherwise) =>
        TryGet(outer, out JsonElement value) && value.ValueKind == JsonValueKind.Object
            && value.TryGetProperty(name, out JsonElement inner) && inner.ValueKind == JsonValueKind.Number
            && inner.TryGetInt32(out int whole)
            ? whole
            : otherwise;

    public string TextInside(string outer, string name) =>
        TryGet(outer, out JsonElement value) && value.ValueKind == JsonValueKind.Object
            && value.TryGetProperty(name, out JsonElement inner) && inner.ValueKind == JsonValueKind.String
            ? inner.GetString()!
            : string.Empty;

    /// <summary>Unix ns of an RFC 3339 text; <see cref="long.MaxValue"/> when absent.</summary>
    public long TimeNs(string name) =>
        TryGet(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            && value.TryGetDateTimeOffset(out DateTimeOffset time)
            ? (time - DateTimeOffset.UnixEpoch).Ticks * 100
            : long.MaxValue;

    private bool TryGet(string name, out JsonElement value)
    {
        value = default;
        return _params.ValueKind == JsonValueKind.Object && _params.TryGetProperty(name, out value);
    }
}
