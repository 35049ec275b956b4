using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Tests.Twins;

/// <summary>The slow twin of the frame parsers, built from docs/wire.md alone and on nothing of the Wire room.</summary>
internal static class NaiveParser
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <param name="dialect">The protocol of the frame.</param>
    /// <param name="frame">Any bytes.</param>
    /// <param name="capacity">Events a batch holds.</param>
    /// <param name="symbols">Symbols that still find room in the table, none of this frame's being known to it.</param>
    public static NaiveOutcome Parse(
        Dialect dialect,
        ReadOnlyMemory<byte> frame,
        int capacity = EventBatch.CapacityDefault,
        int symbols = SymbolTable.CapacityDefault)
    {
        try
        {
            StrictUtf8.GetCharCount(frame.Span);
            using JsonDocument document = JsonDocument.Parse(frame);
            ReadAllText(document.RootElement);
            return Read(new NaiveReading(dialect), document.RootElement, capacity, symbols);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            return NaiveOutcome.Empty(ParseResult.Malformed);
        }
        catch (NaiveInvalidException)
        {
            return NaiveOutcome.Empty(ParseResult.Invalid);
        }
    }

    /// <summary>Reads every key and string, so that a half surrogate pair anywhere is found.</summary>
    private static void ReadAllText(JsonElement value)
    {
        try
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    value.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (JsonElement element in value.EnumerateArray()) ReadAllText(element);
                    break;
                case JsonValueKind.Object:
                    foreach (JsonProperty property in value.EnumerateObject())
                    {
                        _ = property.Name;
                        ReadAllText(property.Value);
                    }

                    break;
            }
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("half a surrogate pair", e);
        }
    }

    private static NaiveOutcome Read(NaiveReading reading, JsonElement root, int capacity, int symbols)
    {
        bool read = reading.Dialect switch
        {
            Dialect.SpotV2 or Dialect.Unified => NaiveSpotV2.TryRead(reading, root),
            Dialect.SpotV1 => NaiveSpotV1.TryRead(reading, root),
            Dialect.FuturesV1 => NaiveFuturesV1.TryRead(reading, root),
            _ => throw new ArgumentOutOfRangeException(nameof(reading)),
        };

        if (reading.OutOfRange) return NaiveOutcome.Empty(ParseResult.OutOfRange);
        if (!read) return NaiveOutcome.Empty(ParseResult.Ignored);
        string?[] named = [.. reading.Events.Select(e => e.Symbol).OfType<string>().Distinct()];
        if (named.Length > symbols) return NaiveOutcome.Empty(ParseResult.SymbolTableFull);
        return reading.Events.Count > capacity
            ? NaiveOutcome.Empty(ParseResult.TooLarge)
            : new NaiveOutcome(ParseResult.Ok, [.. reading.Events]);
    }
}
