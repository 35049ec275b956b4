using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using TradingBot.Storage.Capture;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>A record as text, to compare.</summary>
internal sealed record RecordCopy(
    CaptureRecordKind Kind, FrameFate Fate, int Connection, long TimeNs, long Sequence, int Events, string Payload)
{
    public static RecordCopy Of(in CaptureRecord record) => new(
        record.Head.Kind, record.Head.Fate, record.Head.Connection, record.Head.TimeNs, record.Head.Sequence,
        record.Head.Events, Encoding.UTF8.GetString(record.Payload));
}

/// <summary>A folder of recordings for a test, gone afterwards.</summary>
internal sealed class Recordings : IDisposable
{
    /// <summary>2026-11-28T10:00:00Z.</summary>
    public const long StartNs = 1_795_860_000_000_000_000;

    public string Folder { get; } = Directory.CreateTempSubdirectory("tradingbot-capture").FullName;

    public IReadOnlyList<string> Segments => CaptureNames.Segments(Folder);

    public string Ledger => Path.Combine(Folder, CaptureNames.Ledger);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public FeedCapture Begin(CaptureOptions? options = null, long startNs = StartNs) =>
        FeedCapture.Begin(Folder, options ?? new CaptureOptions { Build = "test" }, startNs);

    public IReadOnlyList<RecordCopy> Read(out RecordingReader reader) => Read(Folder, out reader);

    public static IReadOnlyList<RecordCopy> Read(string path, out RecordingReader reader)
    {
        RecordingReader? opened = RecordingReader.Open(path, out string error);
        Assert.True(opened is not null, error);
        reader = opened;
        List<RecordCopy> records = [];
        while (opened.TryRead(out CaptureRecord record)) records.Add(RecordCopy.Of(in record));
        opened.Dispose();
        return records;
    }

    public IReadOnlyList<JsonElement> Rows(string? kind = null) => Rows(Folder, kind);

    public static IReadOnlyList<JsonElement> Rows(string folder, string? kind) =>
        [.. File.ReadAllLines(Path.Combine(folder, CaptureNames.Ledger))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(row => kind is null || row.GetProperty("kind").GetString() == kind)];

    public static CaptureConnection Connection(int number, string dialect = "spot-v2") => new()
    {
        Connection = number,
        Dialect = dialect,
        Url = "ws://127.0.0.1/v2",
        Subscriptions = ["instrument", "book BTC/USD"],
    };

    /// <summary>Waits for the writer to have put so many bytes of records into the kernel's hands.</summary>
    public static void Settle(FeedCapture capture, long bytes)
    {
        SpinWait pause = default;
        while (capture.BytesWritten < bytes) pause.SpinOnce();
    }

    /// <summary>Waits for all that was told to be in blocks; the tails must be of no age.</summary>
    public void SettleInBlocks(FeedCapture capture, long bytes)
    {
        Settle(capture, bytes);
        SpinWait pause = default;
        while (Directory.GetFiles(Folder, "*.tail*").Any(tail => new FileInfo(tail).Length > 0)) pause.SpinOnce();
    }

    /// <summary>Frames of a feed that compress about as real ones do.</summary>
    public static byte[] Frame(Random random, int number)
    {
        string price = string.Create(CultureInfo.InvariantCulture, $"{62_000 + random.Next(99)}.{random.Next(10)}");
        string quantity = string.Create(CultureInfo.InvariantCulture, $"0.{random.Next(100_000_000):D8}");
        string end = string.Create(
            CultureInfo.InvariantCulture,
            $"\"checksum\":{random.NextInt64(uint.MaxValue)},\"timestamp\":\"2026-11-28T10:00:00.{number:D6}Z\"}}]}}");
        return Encoding.UTF8.GetBytes(
            "{\"channel\":\"book\",\"type\":\"update\",\"data\":[{\"symbol\":\"BTC/USD\",\"bids\":[{\"price\":"
            + price + ",\"qty\":" + quantity + "}],\"asks\":[]," + end);
    }
}
