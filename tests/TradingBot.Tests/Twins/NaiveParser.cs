using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Tests.Twins;

/// <summary>The slow twin of the frame parsers, built from docs/wire.md alone.</summary>
/// <remarks>It shares no code with the Wire room, so that a mistake would have to be made twice.</remarks>
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
        JsonDocument document;
        try
        {
            StrictUtf8.GetCharCount(frame.Span);
            document = JsonDocument.Parse(frame);
            ReadAllText(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            return new NaiveOutcome(ParseResult.Malformed, []);
        }

        using (document)
        {
            NaiveReading reading = new(dialect);
            ParseResult result = ResultOf(reading, document.RootElement, capacity, symbols);
            return new NaiveOutcome(result, result == ParseResult.Ok ? [.. reading.Events] : [])
            {
                Channel = reading.Channel,
                Counted = reading.Counted,
            };
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

    private static ParseResult ResultOf(NaiveReading reading, JsonElement root, int capacity, int symbols)
    {
        bool read;
        try
        {
            read = reading.Dialect switch
            {
                Dialect.SpotV2 or Dialect.Unified => NaiveSpotV2.TryRead(reading, root),
                Dialect.SpotV1 => NaiveSpotV1.TryRead(reading, root),
                Dialect.FuturesV1 => NaiveFuturesV1.TryRead(reading, root),
                _ => throw new ArgumentOutOfRangeException(nameof(reading)),
            };
        }
        catch (NaiveInvalidException)
        {
            return ParseResult.Invalid;
        }

        if (reading.OutOfRange) return ParseResult.OutOfRange;
        if (!read) return ParseResult.Ignored;
        int named = reading.Events.Select(e => e.Symbol).OfType<string>().Distinct().Count();
        if (named > symbols) return ParseResult.SymbolTableFull;
        return reading.Events.Count > capacity ? ParseResult.TooLarge : ParseResult.Ok;
    }
}
