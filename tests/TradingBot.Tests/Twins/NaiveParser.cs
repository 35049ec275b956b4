using System;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Tests.Twins;

/// <summary>The slow twin of the frame parsers, built from docs/wire.md alone and on nothing of the Wire room.</summary>
/// <remarks>The symbol table is not modelled: a campaign gives the parsers one that cannot be full.</remarks>
internal static class NaiveParser
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static NaiveOutcome Parse(Dialect dialect, ReadOnlyMemory<byte> frame, int capacity = EventBatch.CapacityDefault)
    {
        try
        {
            StrictUtf8.GetCharCount(frame.Span);
            using JsonDocument document = JsonDocument.Parse(frame);
            ReadAllText(document.RootElement);
            return Read(new NaiveReading(dialect), document.RootElement, capacity);
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

    private static NaiveOutcome Read(NaiveReading reading, JsonElement root, int capacity)
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
        return reading.Events.Count > capacity
            ? NaiveOutcome.Empty(ParseResult.TooLarge)
            : new NaiveOutcome(ParseResult.Ok, [.. reading.Events]);
    }
}
