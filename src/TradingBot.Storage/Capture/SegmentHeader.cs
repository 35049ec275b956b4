using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Text.Json.Serialization;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Capture;

/// <summary>A socket of a recording: told when it opens, and again at the head of each later segment.</summary>
public sealed record CaptureConnection
{
    public int Connection { get; init; }

    /// <summary><c>spot-v2</c>, <c>unified</c>, <c>spot-v1</c> or <c>futures-v1</c>.</summary>
    public string Dialect { get; init; } = "";

    public string Url { get; init; } = "";

    /// <summary>What is wanted of it: channel, a space, the symbol.</summary>
    public IReadOnlyList<string> Subscriptions { get; init; } = [];

    [JsonIgnore]
    public Dialect Protocol => DialectNames.Of(Dialect);
}

/// <summary>Names of the dialects in files and reports.</summary>
public static class DialectNames
{
    public static string Of(Dialect dialect) => dialect switch
    {
        Dialect.SpotV2 => "spot-v2",
        Dialect.Unified => "unified",
        Dialect.SpotV1 => "spot-v1",
        Dialect.FuturesV1 => "futures-v1",
        _ => "unknown",
    };

    /// <summary>None for any other name.</summary>
    public static Dialect Of(string name) => name switch
    {
        "spot-v2" => Dialect.SpotV2,
        "unified" => Dialect.Unified,
        "spot-v1" => Dialect.SpotV1,
        "futures-v1" => Dialect.FuturesV1,
        _ => Dialect.None,
    };
}

/// <summary>What a segment begins with.</summary>
public sealed record SegmentHeader
{
    /// <summary>Longest text: some ten sockets with 5,000 subscriptions of 30 bytes each.</summary>
    internal const int TextBytesMax = 4 << 20;

    private const uint Version = 1;

    /// <summary>Version and commit of the program that wrote it.</summary>
    public string Build { get; init; } = "";

    /// <summary>All segments of one recording share it; it is part of their file names.</summary>
    public string Recording { get; init; } = "";

    /// <summary>Number of this segment, from 1.</summary>
    public int Segment { get; init; }

    /// <summary>Number of its first record.</summary>
    public long FirstRecord { get; init; }

    /// <summary>When it was begun, Unix ns.</summary>
    public long StartNs { get; init; }

    /// <summary>Sockets that were open at its beginning.</summary>
    public IReadOnlyList<CaptureConnection> Connections { get; init; } = [];

    internal static ReadOnlySpan<byte> Magic => "TBCAPTUR"u8;

    internal byte[] Write() => TextHeader.Write(Magic, Version, JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>Reads it from where the stream stands; null, with what is wrong, when there is none.</summary>
    internal static SegmentHeader? Read(Stream stream, out int length, out string error)
    {
        Span<byte> prefix = stackalloc byte[TextHeader.PrefixBytes];
        length = 0;
        error = "It is no segment of a recording.";
        bool any = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) == prefix.Length;
        if (!any || !prefix.StartsWith(Magic)) return null;
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(prefix[TextHeader.VersionAt..]);
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(prefix[TextHeader.LengthAt..]);
        error = $"It is a segment of version {version}, this build reads version {Version}.";
        if (version != Version) return null;
        error = "Its header is damaged: nothing behind it can be believed; fetch the file again.";
        if (bytes is < 0 or > TextBytesMax) return null;
        byte[] text = new byte[bytes];
        bool whole = stream.ReadAtLeast(text, bytes, throwOnEndOfStream: false) == bytes;
        if (!whole || !TextHeader.IsWhole(prefix, text)) return null;
        length = TextHeader.PrefixBytes + bytes;
        try
        {
            return JsonSerializer.Deserialize<SegmentHeader>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
