using System;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Wire;

namespace TradingBot.Kraken.Orders;

/// <summary>
/// Members of private frames: absent and null are alike; a member of another type than asked for reads false.
/// </summary>
internal static class JsonFields
{
    public static bool IsAbsent(JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>The text of a string member; empty when it is absent or no string.</summary>
    public static ReadOnlySpan<byte> TextOf(JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.TryGetProperty(name, out JsonElement value) ? Text(value) : default;

    /// <summary>The bytes of a string, unescaped; empty when the value is no string.</summary>
    public static ReadOnlySpan<byte> Text(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return default;
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(value.GetString()!) : raw;
    }

    /// <summary>The name of a member as it stood on the wire.</summary>
    public static ReadOnlySpan<byte> NameOf(JsonProperty member) => JsonMarshal.GetRawUtf8PropertyName(member);

    /// <summary>A number, or a string that holds one.</summary>
    public static bool TryAmount(JsonElement value, out Amount amount)
    {
        amount = default;
        return value.ValueKind switch
        {
            JsonValueKind.Number => Amount.TryParse(JsonMarshal.GetRawUtf8Value(value), out amount),
            JsonValueKind.String => Amount.TryParse(Text(value), out amount),
            _ => false,
        };
    }

    /// <summary>An integer that is not negative; false when it is absent or something else.</summary>
    public static bool TryInteger(JsonElement owner, ReadOnlySpan<byte> name, out long value)
    {
        value = 0;
        if (!owner.TryGetProperty(name, out JsonElement member)) return false;
        if (!TryAmount(member, out Amount amount) || amount.Decimals != 0 || amount.Mantissa < 0) return false;
        value = amount.Mantissa;
        return true;
    }

    /// <summary>
    /// A timestamp in Unix ns; 0 when it is absent or unreadable: times of the venue are never load-bearing.
    /// </summary>
    public static long Time(JsonElement value)
    {
        Rfc3339 time = default;
        return time.TryParse(Text(value), out long ns) ? ns : 0;
    }

    public static long TimeOf(JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.TryGetProperty(name, out JsonElement value) ? Time(value) : 0;
}
