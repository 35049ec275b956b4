using System;
using System.Collections.Generic;
using System.Text.Json;

namespace TradingBot.Tests.Fuzz;

/// <summary>Where the values, members and elements of a frame lie, so that mutations can cut at their edges.</summary>
internal sealed class JsonSpans
{
    private JsonSpans()
    {
    }

    /// <summary>A value; arrays and objects with their brackets.</summary>
    internal readonly record struct Value(int Start, int End, JsonTokenType Type)
    {
        public bool IsNumber => Type == JsonTokenType.Number;

        public bool IsText => Type == JsonTokenType.String;
    }

    /// <summary>A member, from its key's first quote to its value's end, and the start of its object.</summary>
    internal readonly record struct Member(int Object, int Start, int KeyEnd, int End);

    public List<Value> Values { get; } = [];

    public List<Member> Members { get; } = [];

    /// <summary>Elements of arrays; those of one array share its start.</summary>
    public List<(int Array, int Start, int End)> Elements { get; } = [];

    /// <summary>The spans of a frame, or null when it is not well-formed.</summary>
    public static JsonSpans? TryOf(ReadOnlySpan<byte> frame)
    {
        JsonSpans spans = new();
        Utf8JsonReader reader = new(frame);
        try
        {
            if (!reader.Read()) return null;
            spans.ReadValue(ref reader);
            return reader.Read() ? null : spans;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private (int Start, int End) ReadValue(ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex;
        JsonTokenType type = reader.TokenType;
        // Reserve the place: a parent precedes its children.
        int index = Values.Count;
        Values.Add(default);
        if (type == JsonTokenType.StartObject) ReadMembers(ref reader, start);
        if (type == JsonTokenType.StartArray) ReadElements(ref reader, start);
        int end = (int)reader.BytesConsumed;
        Values[index] = new Value(start, end, type);
        return (start, end);
    }

    private void ReadMembers(ref Utf8JsonReader reader, int owner)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            int start = (int)reader.TokenStartIndex;
            // The consumed bytes of a key include its colon.
            int keyEnd = start + reader.ValueSpan.Length + 2;
            reader.Read();
            Members.Add(new Member(owner, start, keyEnd, ReadValue(ref reader).End));
        }
    }

    private void ReadElements(ref Utf8JsonReader reader, int owner)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            (int start, int end) = ReadValue(ref reader);
            Elements.Add((owner, start, end));
        }
    }
}
