using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;

namespace TradingBot.Tests.Fuzz;

/// <summary>The frames a campaign starts from.</summary>
internal static class Corpus
{
    /// <summary>Frames of a capture longer than this are left out: a campaign is a matter of seconds.</summary>
    private const int CapturedBytesMax = 2_048;

    private const int CapturedFramesMax = 40;

    public static string FolderOf(Dialect dialect) => dialect switch
    {
        Dialect.SpotV2 => "spot-v2",
        Dialect.Unified => "unified",
        Dialect.SpotV1 => "spot-v1",
        Dialect.FuturesV1 => "futures-v1",
        _ => throw new ArgumentOutOfRangeException(nameof(dialect)),
    };

    /// <summary>Hand-written frames, one per shape of docs/wire.md, by name in a fixed order.</summary>
    public static IReadOnlyList<(string Name, byte[] Frame)> HandWritten(Dialect dialect) =>
    [
        .. Directory.EnumerateFiles(Repository.TestData("corpus", FolderOf(dialect)), "*.json")
            .Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(path))),
    ];

    public static byte[][] FramesOf(Dialect dialect) => [.. HandWritten(dialect).Select(entry => entry.Frame)];

    /// <summary>Frames spread evenly over a capture beside the checkout; skips the test when it is absent.</summary>
    public static byte[][] Captured(params string[] parts)
    {
        byte[][] frames = [.. ReadCapture(Repository.Shared(parts)).Where(frame => frame.Length <= CapturedBytesMax)];
        int step = Math.Max(1, frames.Length / CapturedFramesMax);
        return [.. frames.Where((_, i) => i % step == 0)];
    }

    /// <summary>
    /// All frames of a capture: <c>.json.gz</c> is one frame, <c>.jsonl.gz</c> lines of <c>{"recv_ns":…,"raw":"…"}</c>,
    /// any other file lines of raw text.
    /// </summary>
    public static IEnumerable<byte[]> ReadCapture(string path)
    {
        bool compressed = path.EndsWith(".gz", StringComparison.Ordinal);
        using Stream file = File.OpenRead(path);
        using Stream stream = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        using StreamReader reader = new(stream);
        if (path.EndsWith(".json.gz", StringComparison.Ordinal))
        {
            yield return Encoding.UTF8.GetBytes(reader.ReadToEnd());
            yield break;
        }

        while (reader.ReadLine() is { } line)
        {
            if (!compressed)
            {
                yield return Encoding.UTF8.GetBytes(line);
                continue;
            }

            using JsonDocument entry = JsonDocument.Parse(line);
            yield return Encoding.UTF8.GetBytes(entry.RootElement.GetProperty("raw").GetString()!);
        }
    }
}
