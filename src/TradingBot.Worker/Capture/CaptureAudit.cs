// In:     a segment or a folder.   Out: what it holds, and whether it is all there.
// Thread: the caller's.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using TradingBot.Market.Bars;
using TradingBot.Storage.Capture;
using TradingBot.Trading;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Capture;

/// <summary>What a look through a recording found.</summary>
internal sealed class CaptureAudit
{
    private readonly SortedDictionary<string, long> _kinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _fates = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _recordings = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, CaptureConnection> _connections = new(StringComparer.Ordinal);

    public long Records { get; private set; }

    public long Frames { get; private set; }

    public long FrameBytes { get; private set; }

    public long FirstNs { get; private set; }

    public long LastNs { get; private set; }

    /// <summary>Records that the recording itself says are missing.</summary>
    public long RecordsMissing { get; private set; }

    public long FileBytes { get; private set; }

    public long TornBytes { get; private set; }

    public int Files { get; private set; }

    public int Unfinished { get; private set; }

    public long LedgerRows { get; private set; }

    /// <summary>What is wrong; empty when nothing is.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Of the books that its frames make; null when they were not asked for.</summary>
    public (long Verified, long Mismatches, long ParseErrors, string MarketHash)? Books { get; private set; }

    public static CaptureAudit? Of(string path, out string error)
    {
        using RecordingReader? reader = RecordingReader.Open(path, out error);
        if (reader is null) return null;
        CaptureAudit audit = new() { FileBytes = reader.TotalBytes, TornBytes = reader.TornBytes };
        foreach (SegmentStanding segment in reader.Segments)
        {
            audit.Files++;
            if (!segment.IsFinished) audit.Unfinished++;
            if (segment.Damage.Length > 0) audit.Faults.Add($"{segment.Path}: {segment.Damage}");
        }

        while (reader.TryRead(out CaptureRecord record)) audit.Add(reader, in record);
        if (reader.Fault.Length > 0 && audit.Faults.Count == 0) audit.Faults.Add(reader.Fault);
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        audit.ReadLedger(Path.Combine(folder, CaptureNames.Ledger));
        return audit;
    }

    /// <summary>Runs the frames through parsers and books, as a replay does.</summary>
    public void VerifyBooks(string path)
    {
        if (!ReplayCommand.TryReadPlan(ReplayCommand.DefaultTimeframes, out BarPlan? plan, out string error))
        {
            throw new InvalidOperationException(error);
        }

        ReplayOptions options = new() { Files = [path], Bars = plan };
        using ReplaySource source = ReplaySource.Open(options);
        ReplayRun run = new(options);
        run.Execute(source, null, null, null, default);
        (long verified, long mismatches) = (0, 0);
        for (int id = 0; id < run.Symbols.Count; id++)
        {
            verified += run.Engine.Books.BookOf(id)?.ChecksumsVerified ?? 0;
            mismatches += run.Engine.Books.BookOf(id)?.ChecksumMismatches ?? 0;
        }

        Books = (verified, mismatches, run.Counters.Errors, StateHash.OfMarket(run.Engine));
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("files", Files);
        json.WriteNumber("unfinished", Unfinished);
        json.WriteNumber("bytes", FileBytes);
        json.WriteNumber("torn_bytes", TornBytes);
        json.WriteStartArray("recordings");
        foreach (string recording in _recordings) json.WriteStringValue(recording);
        json.WriteEndArray();
        json.WriteNumber("records", Records);
        json.WriteNumber("records_missing", RecordsMissing);
        json.WriteNumber("frames", Frames);
        json.WriteNumber("frame_bytes", FrameBytes);
        json.WriteNumber("first_ns", FirstNs);
        json.WriteNumber("last_ns", LastNs);
        WriteCounts(json, "records_by_kind", _kinds);
        WriteCounts(json, "frames_by_fate", _fates);
        json.WriteStartArray("connections");
        foreach (CaptureConnection connection in _connections.Values)
        {
            json.WriteStartObject();
            json.WriteNumber("connection", connection.Connection);
            json.WriteString("dialect", connection.Dialect);
            json.WriteString("url", connection.Url);
            json.WriteNumber("subscriptions", connection.Subscriptions.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("gap_rows", LedgerRows);
        if (Books is { } books)
        {
            json.WriteNumber("checksums_verified", books.Verified);
            json.WriteNumber("checksum_mismatches", books.Mismatches);
            json.WriteNumber("parse_errors", books.ParseErrors);
            json.WriteString("market_hash", books.MarketHash);
        }

        json.WriteStartArray("faults");
        foreach (string fault in Faults) json.WriteStringValue(fault);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public IEnumerable<string> Lines()
    {
        double ratio = FileBytes > 0 ? (double)FrameBytes / FileBytes : 0;
        yield return string.Join(", ", _recordings);
        yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{Files} segments ({Unfinished} not finished), {FileBytes:N0} bytes, x{ratio:0.0}, "
            + $"{TornBytes:N0} torn");
        yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{Records:N0} records, {Frames:N0} frames of {FrameBytes:N0} bytes, {RecordsMissing:N0} "
            + $"missing, {LedgerRows:N0} rows in {CaptureNames.Ledger}");
        yield return string.Create(
                CultureInfo.InvariantCulture, $"{At(FirstNs)} to {At(LastNs)}");
        foreach (CaptureConnection connection in _connections.Values)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"socket {connection.Connection}: {connection.Dialect} {connection.Url}, "
                + $"{connection.Subscriptions.Count} subscriptions");
        }

        if (Books is { } books)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{books.Verified:N0} checksums verified, {books.Mismatches:N0} wrong, "
                + $"{books.ParseErrors:N0} frames unreadable, market hash {books.MarketHash}");
        }

        foreach (string fault in Faults) yield return "DAMAGED: " + fault;
    }

    private void Add(RecordingReader reader, in CaptureRecord record)
    {
        CaptureHead head = record.Head;
        if (Records++ == 0) FirstNs = head.TimeNs;
        LastNs = Math.Max(LastNs, head.TimeNs);
        _recordings.Add(reader.Recording);
        Count(_kinds, CaptureWords.Of(head.Kind));
        if (reader.ConnectionOf(in head) is { } connection)
        {
            _connections[string.Create(CultureInfo.InvariantCulture, $"{reader.Recording} {head.Connection:D9}")] =
                connection;
        }

        if (head.Kind == CaptureRecordKind.Hole) RecordsMissing += CaptureHole.Read(record.Payload).Records;
        if (head.Kind != CaptureRecordKind.Received) return;
        Frames++;
        FrameBytes += record.Payload.Length;
        Count(_fates, CaptureWords.Of(head.Fate));
    }

    private void ReadLedger(string path)
    {
        if (!File.Exists(path)) return;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader lines = new(file);
        while (lines.ReadLine() is { } line)
        {
            LedgerRows++;
            try
            {
                using JsonDocument _ = JsonDocument.Parse(line);
            }
            catch (JsonException)
            {
                // The last line of a process that was killed: the next start cuts it.
                if (!lines.EndOfStream) Faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"{path}, line {LedgerRows}: it is no JSON"));
            }
        }
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, SortedDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach ((string word, long count) in counts) json.WriteNumber(word, count);
        json.WriteEndObject();
    }

    private static void Count(SortedDictionary<string, long> counts, string word) =>
        counts[word] = counts.GetValueOrDefault(word) + 1;

    private static string At(long timeNs) => DateTimeOffset.UnixEpoch.AddTicks(timeNs / 100)
        .ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
