using System;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TradingBot.Storage.Journal;

/// <summary>Where a run begins: everything the worker is given before its first step, but for secrets.</summary>
public sealed record InputJournalHeader
{
    public const uint Version = 1;

    /// <summary>Longest header taken.</summary>
    internal const int BytesMax = 1 << 20;

    /// <summary>Which build ran: replay by another one may differ.</summary>
    public string Build { get; init; } = "";

    /// <summary>The intent log's mark: mode and account.</summary>
    public string Mark { get; init; } = "";

    public uint Epoch { get; init; }

    /// <summary>The worker's time at its start, Unix ns.</summary>
    public long StartNs { get; init; }

    /// <summary>Records of the intent log the start recovered, and their checksum.</summary>
    public long LogRecords { get; init; }

    public uint LogChecksum { get; init; }

    /// <summary>Bytes the intent log may grow to: from when on entries are refused.</summary>
    public long LogCapacity { get; init; }

    /// <summary>The worker's options as JSON, without keys and secrets.</summary>
    public string Options { get; init; } = "{}";

    /// <summary>SHA-256 of the options, as 64 hex digits.</summary>
    public string OptionsHash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Options)));

    internal static ReadOnlySpan<byte> Magic => "TBINPUTS"u8;

    internal byte[] Write() => TextHeader.Write(Magic, Version, JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>Null when the text is not the one that was written.</summary>
    internal static InputJournalHeader? Read(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text)
    {
        if (!TextHeader.IsWhole(prefix, text)) return null;
        try
        {
            return JsonSerializer.Deserialize<InputJournalHeader>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
