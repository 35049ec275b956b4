using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;

namespace TradingBot.Kraken.Rest;

/// <summary>What an account pays at its volume of thirty days.</summary>
/// <param name="Currency">Of the volume, as <c>ZUSD</c>.</param>
/// <param name="Volume">In that currency; digits as they came.</param>
/// <param name="Fees">Of the pairs asked for.</param>
/// <remarks>
/// https://docs.kraken.com/api/docs/rest-api/get-trade-volume: <c>fees</c> are the taker's, <c>fees_maker</c> the
/// maker's, each by the pair's REST key, in percent; a pair without fees of its own for makers pays the taker's.
/// </remarks>
public sealed record FeeTier(string Currency, string Volume, ImmutableArray<SymbolFee> Fees)
{
    public const string Path = "/0/private/TradeVolume";

    /// <summary>Fields of the body for some pairs, by any name Kraken takes.</summary>
    public static string FieldsOf(IEnumerable<string> pairs) =>
        "&pair=" + Uri.EscapeDataString(string.Join(',', pairs));

    /// <summary>Reads the answer's envelope; null, with what is wrong, when a fee is no number.</summary>
    public static FeeTier? Read(JsonElement root, out string fault)
    {
        fault = "without currency and volume";
        if (!root.TryGetProperty("result"u8, out JsonElement result)) return null;
        bool isRead = TryText(result, "currency"u8, out string currency)
            & TryNumber(result, "volume"u8, out string volume);
        if (!isRead) return null;
        List<SymbolFee> read = [];
        fault = "with a pair whose fee is no number";
        if (result.TryGetProperty("fees"u8, out JsonElement fees) && fees.ValueKind == JsonValueKind.Object)
        {
            bool hasMaker = result.TryGetProperty("fees_maker"u8, out JsonElement makers)
                && makers.ValueKind == JsonValueKind.Object;
            foreach (JsonProperty pair in fees.EnumerateObject())
            {
                if (!TryNumber(pair.Value, "fee"u8, out string taker)) return null;
                string maker = taker;
                bool isUnread = hasMaker && makers.TryGetProperty(pair.Name, out JsonElement own)
                    && !TryNumber(own, "fee"u8, out maker);
                if (isUnread) return null;
                read.Add(new SymbolFee(pair.Name, taker, maker));
            }
        }

        fault = "";
        return new FeeTier(currency, volume, [.. read.OrderBy(pair => pair.Key, StringComparer.Ordinal)]);
    }

    private static bool TryText(JsonElement owner, ReadOnlySpan<byte> name, out string text)
    {
        text = owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return text.Length > 0;
    }

    /// <summary>Digits with at most one point, in a string or bare.</summary>
    private static bool TryNumber(JsonElement owner, ReadOnlySpan<byte> name, out string digits)
    {
        digits = owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value)
            ? value.ToString() : "";
        return digits.Length > 0 && digits.All(one => char.IsAsciiDigit(one) || one == '.')
            && digits.Count(one => one == '.') <= 1;
    }
}

/// <summary>Fees of one pair in percent, digits as they came.</summary>
/// <param name="Key">REST key, as <c>XXBTZUSD</c>.</param>
/// <param name="Taker">Of an order that trades at once.</param>
/// <param name="Maker">Of one that rested.</param>
public sealed record SymbolFee(string Key, string Taker, string Maker);
