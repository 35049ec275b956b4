using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace TradingBot.Worker.Health;

/// <summary>What a probe saw of one channel, beside what is assumed of it.</summary>
internal sealed class ChannelProbe(string name)
{
    private readonly SortedSet<string> _seen = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>Data frames.</summary>
    public int Frames { get; private set; }

    /// <summary>Why the subscription was refused; empty when it was not.</summary>
    public string Refusal { get; set; } = "";

    /// <summary>Values that <c>type</c> had.</summary>
    public SortedSet<string> Types { get; } = new(StringComparer.Ordinal);

    /// <summary>Members that came and that nobody assumes: read by nobody.</summary>
    public IEnumerable<string> Unknown => _seen.Except(AssumedMembers.ByChannel[name], StringComparer.Ordinal);

    /// <summary>Members that are assumed and did not come: they may be called otherwise, or had no cause.</summary>
    public IEnumerable<string> Unseen =>
        Frames == 0 ? [] : AssumedMembers.ByChannel[name].Except(_seen, StringComparer.Ordinal);

    public bool Differs => Frames == 0 || Unknown.Any();

    /// <summary>As people read it.</summary>
    public string Verdict => Refusal.Length > 0 ? $"refused: {Refusal}"
        : Frames == 0 ? "no frame came"
        : Unknown.Any() ? "members nobody assumed"
        : Unseen.Any() ? "as assumed, as far as it came"
        : "as assumed";

    public void Take(JsonElement frame)
    {
        Frames++;
        if (frame.TryGetProperty("type"u8, out JsonElement type)) Types.Add(type.ToString());
        foreach (string path in AssumedMembers.PathsOf(frame)) _seen.Add(path);
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("channel", name);
        json.WriteNumber("frames", Frames);
        json.WriteString("verdict", Verdict);
        Write(json, "types", Types);
        Write(json, "unknown", Unknown);
        Write(json, "unseen", Unseen);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string member, IEnumerable<string> texts)
    {
        json.WriteStartArray(member);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
