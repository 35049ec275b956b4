using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace TradingBot.Storage.Capture;

/// <summary>How the files of a folder of recordings are called.</summary>
public static class CaptureNames
{
    /// <summary>The gap ledger: JSON lines, one for every disconnect, drop and stale interval.</summary>
    public const string Ledger = "gaps.jsonl";

    /// <summary>Held exclusively by whoever records into the folder; it stays, empty.</summary>
    internal const string Lock = "recording.lock";

    /// <summary>Tails of one recording: one is filled while the other's records are made into blocks.</summary>
    internal const int Tails = 2;

    private const string SegmentEnd = ".tbc";
    private const string TailEnd = ".tail";
    private const long NanosPerMs = 1_000_000;

    /// <summary>A recording is named for its start: <c>feed-20261128T101500123Z</c>.</summary>
    public static string RecordingOf(long startNs) => string.Create(
        CultureInfo.InvariantCulture,
        $"feed-{DateTimeOffset.FromUnixTimeMilliseconds(startNs / NanosPerMs):yyyyMMdd'T'HHmmssfff'Z'}");

    public static string Segment(string folder, string recording, int segment) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{recording}-{segment:D6}{SegmentEnd}"));

    public static string Tail(string folder, string recording, int tail) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{recording}{TailEnd}{tail}"));

    /// <summary>The segments of a folder by name, which is by time.</summary>
    public static IReadOnlyList<string> Segments(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*" + SegmentEnd).Order(StringComparer.Ordinal)];

    /// <summary>Whether a file begins as a segment does, or a folder holds some.</summary>
    public static bool IsRecording(string path)
    {
        try
        {
            if (Directory.Exists(path)) return true;
            if (!File.Exists(path)) return false;
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> begin = stackalloc byte[8];
            return file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length
                && begin.SequenceEqual(SegmentHeader.Magic);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
