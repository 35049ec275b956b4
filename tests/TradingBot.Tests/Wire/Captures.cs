using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;

namespace TradingBot.Tests.Wire;

/// <summary>Frames of the captures and fixtures beside the checkout, as the bytes that were on the wire.</summary>
internal static class Captures
{
    /// <summary>The captures that are the venue's own text, by the dialect they speak.</summary>
    public static (Dialect Dialect, string Path)[] All { get; } =
    [
        (Dialect.SpotV2, "spot-ws-v2/v2_crossbook_ethusd_sample.jsonl.gz"),
        (Dialect.SpotV2, "spot-ws-v2/v2_crossbook_btcusd_l2.jsonl.gz"),
        (Dialect.SpotV2, "spot-ws-v2/v2_python_kraken_sdk_btcusd_reserialised.jsonl.gz"),
        (Dialect.SpotV2, "spot-ws-v2/rust_orderbook_feed_btcusd.jsonl"),
        (Dialect.SpotV2, "spot-ws-v2/status_2026-09.jsonl"),
        (Dialect.SpotV2, "spot-ws-v2/instrument_snapshot.json.gz"),
        (Dialect.SpotV1, "spot-ws-v1/v1_cryptofeed_KRAKEN.ws.48.0.jsonl.gz"),
        (Dialect.SpotV1, "spot-ws-v1/v1_cryptofeed_KRAKEN.ws.49.0.jsonl.gz"),
        (Dialect.SpotV1, "spot-ws-v1/v1_cryptofeed_KRAKEN.ws.50.0.jsonl.gz"),
        (Dialect.SpotV1, "spot-ws-v1/v1_python_kraken_sdk_xbtusd.jsonl.gz"),
        (Dialect.FuturesV1, "futures-ws/fut_cryptofeed_KRAKEN_FUTURES.ws.1.0.jsonl.gz"),
        (Dialect.FuturesV1, "futures-ws/pf_xbtusd_2026-09-25.jsonl"),
    ];

    /// <summary>Frames of one file under <c>data</c>; skips when the reference material is absent.</summary>
    public static List<byte[]> Read(string path)
    {
        string text = ReadText(Repository.Shared(["data", .. path.Split('/')]));
        return path.Contains(".jsonl", StringComparison.Ordinal) ? Lines(text) : [Encoding.UTF8.GetBytes(text)];
    }

    /// <summary>Frames of all fixtures of a folder that are frames from the venue and not conversations.</summary>
    public static List<byte[]> ReadFixtures(params string[] folder)
    {
        List<byte[]> frames = [];
        string root = Repository.Shared(["kraken", "fixtures", .. folder]);
        string[] files = Directory.GetFiles(root);
        Array.Sort(files, StringComparer.Ordinal);
        foreach (string file in files)
        {
            string name = Path.GetFileName(file);
            if (name.StartsWith("kn_", StringComparison.Ordinal)) continue;
            if (name.EndsWith(".ndjson", StringComparison.Ordinal)) frames.AddRange(Lines(File.ReadAllText(file)));
            else if (name.EndsWith(".json", StringComparison.Ordinal)) frames.Add(File.ReadAllBytes(file));
        }

        return frames;
    }

    private static List<byte[]> Lines(string text)
    {
        List<byte[]> frames = [];
        foreach (string line in text.Split('\n'))
        {
            if (line.Length > 0) frames.Add(Encoding.UTF8.GetBytes(Unwrap(line)));
        }

        return frames;
    }

    /// <summary>A captured line is <c>{"recv_ns":…,"raw":"…"}</c>; other files hold the frame itself.</summary>
    private static string Unwrap(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return line;
        return document.RootElement.TryGetProperty("raw", out JsonElement raw) ? raw.GetString()! : line;
    }

    private static string ReadText(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream content = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        using StreamReader reader = new(content, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
