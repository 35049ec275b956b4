// In:     a segment, or a folder of them with the tails of a recording that was not ended.
// Out:    its records in order, each once; then the end, or a fault that says where and why.
// Thread: the one that reads. A recording that is being written can be read meanwhile.
// Keeps:  what cannot be believed is not given: each record's checksum and number are right, or reading ends there. A
//         torn end is no fault: everything before it is given, and the torn bytes are counted.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Capture;

/// <summary>How one segment stands.</summary>
/// <param name="Path">The file.</param>
/// <param name="IsFinished">It has its index and footer, and they agree with it.</param>
/// <param name="Damage">What is wrong with it, for a person; empty when nothing is.</param>
public sealed record SegmentStanding(string Path, bool IsFinished, string Damage);

/// <summary>Reads the records of recordings.</summary>
public sealed class RecordingReader : IDisposable
{
    private readonly List<Part> _parts;
    private readonly Dictionary<(string Recording, int Connection), CaptureConnection> _connections = [];
    private byte[] _stored = [];
    private byte[] _raw = [];
    private int _rawLength;
    private int _at;
    private int _part = -1;
    private int _block;
    private FileStream? _file;
    private string _recording = "";
    private long _next = -1;

    private RecordingReader(List<Part> parts)
    {
        _parts = parts;
        foreach (Part part in parts)
        {
            TotalBytes += part.Survey.FileBytes;
            TornBytes += part.Survey.TornBytes + (part.Tail?.TornBytes ?? 0);
        }
    }

    /// <summary>Why reading ended early, for a person; empty when it did not.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Bytes at ends that a killed process or a power cut left unfinished.</summary>
    public long TornBytes { get; }

    public long TotalBytes { get; }

    /// <summary>Of <see cref="TotalBytes"/>, how far reading has come.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>Time spent on reading and inflating blocks so far.</summary>
    public TimeSpan ReadTime { get; private set; }

    /// <summary>The recording that the last record belongs to.</summary>
    public string Recording => _recording;

    /// <summary>The file that the last record came from.</summary>
    public string FileName => _part >= 0 && _part < _parts.Count ? _parts[_part].Path : "";

    /// <summary>How its segments stand, in order.</summary>
    public IReadOnlyList<SegmentStanding> Segments =>
        [.. _parts.Select(part => new SegmentStanding(part.Path, part.Survey.IsFinished, part.Survey.Damage))];

    /// <summary>Opens a segment or a folder; null, with what is wrong, when nothing in it can be read.</summary>
    public static RecordingReader? Open(string path, out string error)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            bool isFolder = Directory.Exists(path);
            IReadOnlyList<string> files = isFolder ? CaptureNames.Segments(path) : [path];
            error = $"There is no segment in {path}: name a folder that record wrote, or a .tbc file of it.";
            if (files.Count == 0) return null;
            List<Part> parts = [];
            foreach (string file in files)
            {
                if (Part.Open(file, out error) is not { } part) return null;
                parts.Add(part);
            }

            error = "";
            return new RecordingReader(
                [.. parts.OrderBy(part => part.Survey.Header.Recording, StringComparer.Ordinal)
                    .ThenBy(part => part.Survey.Header.Segment)]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = fault.Message;
            return null;
        }
    }

    /// <summary>The dialect of a record's socket; None when the recording does not tell it.</summary>
    public Dialect DialectOf(in CaptureHead head) => ConnectionOf(in head)?.Protocol ?? Dialect.None;

    /// <summary>The socket of a record; null when the recording does not tell it.</summary>
    public CaptureConnection? ConnectionOf(in CaptureHead head) =>
        _connections.GetValueOrDefault((_recording, head.Connection));

    /// <summary>The next record; false at the end and at a fault.</summary>
    public bool TryRead(out CaptureRecord record)
    {
        record = default;
        while (Fault.Length == 0)
        {
            if (_at < _rawLength)
            {
                if (!TryTake(out record)) return false;
                if (record.Head.Kind != CaptureRecordKind.None) return true;
                continue;
            }

            if (!TryNextBytes()) return false;
        }

        return false;
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>The record at hand; of kind None when it was given before, false at a fault.</summary>
    private bool TryTake(out CaptureRecord record)
    {
        record = default;
        ReadOnlySpan<byte> rest = _raw.AsSpan(_at, _rawLength - _at);
        if (!CaptureHead.TryRead(rest, out CaptureHead head, out int length))
        {
            return EndWith($"a record at byte {_at} of a block has a wrong checksum: the block was written wrong");
        }

        _at += length;
        if (head.Number < _next) return true;
        if (head.Number > _next && _next >= 0)
        {
            return EndWith($"records {_next} to {head.Number - 1} are missing: a file was taken away");
        }

        _next = head.Number + 1;
        record = new CaptureRecord(head, rest[CaptureHead.Bytes..length]);
        if (head.Kind == CaptureRecordKind.Opened) Learn(record.Payload);
        return true;
    }

    /// <summary>Makes the next block, or the tail behind the last, the bytes at hand.</summary>
    private bool TryNextBytes()
    {
        if (_part < 0) return TryNextPart();
        Part part = _parts[_part];
        if (_block < part.Survey.Blocks.Count)
        {
            (long offset, SegmentBlock block) = part.Survey.Blocks[_block++];
            long start = Stopwatch.GetTimestamp();
            bool isWhole = TryUnpack(offset, block);
            ReadTime += Stopwatch.GetElapsedTime(start);
            return isWhole;
        }

        if (_block == part.Survey.Blocks.Count && part.Tail is { } tail)
        {
            _block++;
            (_raw, _rawLength, _at) = (tail.Bytes, tail.Bytes.Length, 0);
            return true;
        }

        return part.Survey.Damage.Length > 0 ? EndWith(part.Survey.Damage) : TryNextPart();
    }

    private bool TryUnpack(long offset, SegmentBlock block)
    {
        FileStream file = _file!;
        if (_stored.Length < block.StoredBytes) _stored = new byte[block.StoredBytes];
        if (_raw.Length < block.RawBytes) _raw = new byte[block.RawBytes];
        try
        {
            file.Position = offset + SegmentBlock.HeadBytes;
            file.ReadExactly(_stored, 0, block.StoredBytes);
        }
        catch (IOException fault)
        {
            return EndWith("reading failed: " + fault.Message);
        }

        ReadBytes += SegmentBlock.HeadBytes + block.StoredBytes;
        (_rawLength, _at) = (block.RawBytes, 0);
        return block.TryUnpack(_stored, _raw) || EndWith($"the block at {offset} cannot be decompressed");
    }

    private bool TryNextPart()
    {
        _file?.Dispose();
        _file = null;
        if (++_part >= _parts.Count) return false;
        Part part = _parts[_part];
        SegmentHeader header = part.Survey.Header;
        if (header.Recording != _recording) _next = header.FirstRecord;
        _recording = header.Recording;
        foreach (CaptureConnection open in header.Connections) _connections[(_recording, open.Connection)] = open;
        if (header.FirstRecord > _next)
        {
            return EndWith($"records {_next} to {header.FirstRecord - 1} are missing: a segment was taken away");
        }

        try
        {
            _file = Part.OpenFile(part.Path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return EndWith("it cannot be opened: " + fault.Message);
        }

        _block = 0;
        (_rawLength, _at) = (0, 0);
        return true;
    }

    private void Learn(ReadOnlySpan<byte> payload)
    {
        if (ConnectionText.Read(payload) is { } opened) _connections[(_recording, opened.Connection)] = opened;
    }

    private bool EndWith(string why)
    {
        Fault = string.Create(CultureInfo.InvariantCulture, $"{FileName}: {why}");
        return false;
    }

    /// <summary>One segment, and the tails behind it when it is the last of a recording without an end.</summary>
    internal sealed record Part(string Path, SegmentSurvey Survey, CaptureTail? Tail)
    {
        public static Part? Open(string path, out string error)
        {
            // The tails first: what is made into a block meanwhile is then seen twice, and not missed.
            string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
            using FileStream file = OpenFile(path);
            SegmentHeader? header = SegmentHeader.Read(file, out _, out error);
            CaptureTail? tail = header is null ? null : CaptureTail.Read(folder, header.Recording);
            file.Position = 0;
            SegmentSurvey? survey = SegmentSurvey.Of(file, out error);
            if (survey is null)
            {
                error = $"{path}: {error}";
                return null;
            }

            bool isLast = survey.Damage.Length == 0
                && !File.Exists(CaptureNames.Segment(folder, survey.Header.Recording, survey.Header.Segment + 1));
            return new Part(path, survey, isLast ? tail : null);
        }

        public static FileStream OpenFile(string path) => new(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }
}
