// In:     a capture: a file or stream of one frame a line, in the formats of CaptureFormat, plain or gzip.
// Out:    its frames in order, then End or a Fault. A fault is a value; every frame before it was delivered.
// Thread: the one that reads; nothing here is shared.
// Keeps:  the same frames however the medium cuts its reads; a cut gzip file is never mistaken for a whole one.
// Budget: 0 bytes allocated per frame once the buffers fit the longest line; ≤ 1 µs per frame, inflating included.
using System;
using System.Diagnostics;
using System.IO;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Storage.Capture;

/// <summary>Reads the frames of one capture.</summary>
public sealed partial class CaptureReader : IDisposable
{
    private const string StandardInput = "standard input";

    /// <summary>One line of so many is timed, because two looks at the clock cost a tenth of an envelope.</summary>
    private const int UnpackSampling = 64;

    private readonly LineReader? _lines;

    /// <summary>The same once what follows is lines of plain frames, as far as the eye reaches; else null.</summary>
    private LineReader? _plain;
    private readonly RecordingReader? _records;
    private readonly EnvelopeLine _envelope = new();
    private Rfc3339 _clock;
    private LookAhead? _lookAhead;
    private bool _lineIsUnread;
    private bool _ended;
    private bool _hasRecords;
    private long _framesRead;
    private TimeSpan _unpackTime;

    // The frame delivered last: a piece of the envelope's buffer or the look-ahead's; null = of the line itself.
    private byte[]? _buffer = [];
    private int _start;
    private int _length;
    private CapturedStamp _stamp;

    private CaptureReader(string name, CaptureFault cannotOpen)
    {
        Name = name;
        Fault = cannotOpen;
        _ended = true;
    }

    private CaptureReader(string name, RecordingReader records)
    {
        Name = name;
        CompressedBytesTotal = records.TotalBytes;
        _records = records;
        Format = CaptureFormat.Segments;
    }

    private CaptureReader(LineReader lines, string name, long? total, CaptureFormat format, Dialect dialect)
    {
        Name = name;
        CompressedBytesTotal = total;
        Format = format;
        Dialect = dialect;
        _lines = lines;
        if (format == CaptureFormat.Auto) DetectFormat(_lines);
        if (!_ended && dialect == Dialect.None) DetectDialect(_lines);
    }

    /// <summary>The file as it was named, or <c>standard input</c>.</summary>
    public string Name { get; }

    public CaptureFormat Format { get; private set; }

    /// <summary>Known as soon as the reader is open; None only when nothing could be read.</summary>
    public Dialect Dialect { get; private set; }

    /// <summary>Why reading ended early; it may be known before the last good frame was asked for.</summary>
    public CaptureFault? Fault { get; private set; }

    /// <summary>Bytes taken from the file so far, as stored: the numerator of a progress bar.</summary>
    public long CompressedBytesRead => _records?.ReadBytes ?? _lines?.StoredBytesRead ?? 0;

    /// <summary>Size of the file; null when it cannot be known, as of standard input.</summary>
    public long? CompressedBytesTotal { get; }

    /// <summary>Lines read so far, blank ones included.</summary>
    public long Lines => _lines?.Number ?? 0;

    /// <summary>Lines that are not frames by their format: cryptofeed's notes.</summary>
    public long SkippedLines { get; private set; }

    /// <summary>The line of <see cref="Current"/>, from 1; of a recording, the number of its record.</summary>
    public long CurrentLine { get; private set; }

    /// <summary>
    /// Time spent on reading, inflating and unpacking lines; lines of a mapped file that hold their frame as it is cost
    /// none. Unpacking is timed at one line of 64.
    /// </summary>
    public TimeSpan DecodingTime =>
        (_records?.ReadTime ?? _lines?.ReadTime ?? TimeSpan.Zero) + (_unpackTime * UnpackSampling);

    /// <summary>The frame the last successful <see cref="TryRead"/> gave.</summary>
    public CapturedFrame Current => new((_buffer is null ? _lines!.Line : _buffer).Slice(_start, _length), in _stamp);

    /// <summary>
    /// Opens a file, a folder of segments, or standard input for <c>-</c>; when that fails the reader gives a fault.
    /// </summary>
    /// <remarks>Format and dialect are found out here unless given: on a live pipe it waits for frames.</remarks>
    public static CaptureReader Open(
        string path, CaptureFormat format = CaptureFormat.Auto, Dialect dialect = Dialect.None)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == "-")
        {
            LineReader input = new(new CaptureText(Console.OpenStandardInput(), leaveOpen: false));
            return new CaptureReader(input, StandardInput, null, format, dialect);
        }

        if (format == CaptureFormat.Auto && CaptureNames.IsRecording(path)) return OpenRecording(path);
        FileStream file;
        try
        {
            // The line reader's buffer is the only one needed.
            file = new(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            string message = "The file cannot be opened: " + fault.Message + " Check the path and its permissions.";
            return new CaptureReader(path, new CaptureFault(CaptureFaultKind.CannotOpen, path, 0, 0, null, message));
        }

        long? total = file.CanSeek ? file.Length : null;
        LineReader lines = BeginsLikeGzip(file) || MappedFile.TryMap(file) is not { } mapped
            ? new LineReader(new CaptureText(file, leaveOpen: false))
            : new LineReader(mapped);
        return new CaptureReader(lines, path, total, format, dialect);
    }

    /// <summary>Reads a stream from where it stands; <paramref name="name"/> is what faults call it.</summary>
    public static CaptureReader Over(
        Stream stream,
        string name,
        CaptureFormat format = CaptureFormat.Auto,
        Dialect dialect = Dialect.None,
        bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        long? total = stream.CanSeek ? stream.Length - stream.Position : null;
        return new CaptureReader(new LineReader(new CaptureText(stream, leaveOpen)), name, total, format, dialect);
    }

    /// <summary>The next frame; its bytes live until the next call.</summary>
    public CaptureReadResult TryRead(out CapturedFrame frame)
    {
        if (_plain is not null && _plain.TryReadPlain(out ReadOnlySpan<byte> line))
        {
            _framesRead++;
            CurrentLine = _plain.Number;
            _length = line.Length;
            frame = new CapturedFrame(line, in _stamp);
            return CaptureReadResult.Frame;
        }

        if (_records is not null)
        {
            if (!_ended) _ended = !TryReadRecord(_records);
            frame = _ended ? default : Current;
            return !_ended ? CaptureReadResult.Frame : Fault is null ? CaptureReadResult.End : CaptureReadResult.Fault;
        }

        if (_lookAhead is not null && TryTakeBuffered(_lookAhead))
        {
            frame = Current;
            return CaptureReadResult.Frame;
        }

        if (!_ended && TryReadLine(_lines!))
        {
            frame = Current;
            return CaptureReadResult.Frame;
        }

        frame = default;
        return Fault is null ? CaptureReadResult.End : CaptureReadResult.Fault;
    }

    public void Dispose()
    {
        _lines?.Dispose();
        _records?.Dispose();
    }

    private bool TryTakeBuffered(LookAhead lookAhead)
    {
        if (lookAhead.TryTake(out LookAhead.Entry entry))
        {
            CurrentLine = entry.Line;
            SetFrame(lookAhead.Bytes, entry.Start, entry.Length, entry.Stamp);
            return true;
        }

        _lookAhead = null;
        if (Format != CaptureFormat.Raw || _ended || _lineIsUnread) return false;
        _plain = _lines;
        SetFrame(null, 0, 0, default);
        return false;
    }

    private void DetectFormat(LineReader lines)
    {
        Format = FormatDetector.Detect(lines, out int notes);
        SkippedLines = notes;
        _lineIsUnread = Format != CaptureFormat.Auto;
        if (_lineIsUnread) return;
        bool isEmpty = notes == 0 && lines.Line.Trim(" \t"u8).IsEmpty;
        if (lines.Fault != CaptureFaultKind.None) EndWith(lines.Fault, null);
        else if (isEmpty) EndWith(CaptureFaultKind.Empty, null);
        else EndWith(CaptureFaultKind.NotACapture, CaptureFaultText.UnknownFormat(lines.Line));
    }

    private void DetectDialect(LineReader lines)
    {
        DialectDetector detector = new();
        LookAhead seen = new();
        while (!detector.IsSure && !seen.IsFull && !_ended && TryReadLine(lines))
        {
            if (_stamp.Dialect == Dialect.None) detector.Observe(Current.Bytes);
            else Dialect = _stamp.Dialect;
            seen.Add(Current, CurrentLine);
            if (Dialect != Dialect.None) break;
        }

        if (Dialect == Dialect.None) Dialect = detector.Dialect;
        if (Dialect != Dialect.None)
        {
            _lookAhead = seen;
        }
        else if (Fault is null)
        {
            EndWith(CaptureFaultKind.NotACapture, CaptureFaultText.UnknownDialect);
        }
    }

    private bool TryReadLine(LineReader lines)
    {
        while (_lineIsUnread || lines.TryRead())
        {
            _lineIsUnread = false;
            if (Format == CaptureFormat.SecondsStamped && StampedLine.IsNote(lines.Line))
            {
                SkippedLines++;
                continue;
            }

            string? wrong = ParseLine(lines);
            if (wrong is not null) return EndWith(CaptureFaultKind.BadLine, wrong);
            _framesRead++;
            CurrentLine = lines.Number;
            return true;
        }

        if (lines.Fault != CaptureFaultKind.None) return EndWith(lines.Fault, null);
        if (_framesRead == 0) return EndWith(CaptureFaultKind.Empty, null);
        _ended = true;
        return false;
    }

    /// <summary>Makes the line the current frame; the answer is what is wrong with it, or null.</summary>
    private string? ParseLine(LineReader lines)
    {
        ReadOnlySpan<byte> line = lines.Line;
        int start;
        long timeNs = 0;
        switch (Format)
        {
            case CaptureFormat.Envelope:
                string? wrong = Unpack(lines);
                if (wrong is not null) return wrong;
                SetFrame(_envelope.Frame, 0, _envelope.FrameLength, _envelope.Stamp);
                return null;
            case CaptureFormat.Rfc3339Stamped:
                start = StampedLine.ReadRfc3339(line, ref _clock, out timeNs);
                if (start < 0) return "it is not of the form <RFC 3339 time> <frame>";
                break;
            case CaptureFormat.SecondsStamped:
                start = StampedLine.ReadSeconds(line, out timeNs);
                if (start < 0) return "it is not of the form <Unix seconds>: <frame>";
                break;
            default:
                // No line is blank, and nearly every one begins with its frame.
                start = line[0] == (byte)'{' ? 0 : line.IndexOfAnyExcept((byte)' ', (byte)'\t');
                if (line[start] is not ((byte)'{' or (byte)'[')) return "it is not a JSON object or array";
                break;
        }

        bool hasTime = Format != CaptureFormat.Raw;
        CapturedStamp stamp = new(hasTime, timeNs);
        SetFrame(null, start, line.Length - start, in stamp);
        return null;
    }

    private string? Unpack(LineReader lines)
    {
        if (lines.Number % UnpackSampling != 0) return _envelope.Read(lines.Line);
        long start = Stopwatch.GetTimestamp();
        string? wrong = _envelope.Read(lines.Line);
        _unpackTime += Stopwatch.GetElapsedTime(start);
        return wrong;
    }

    /// <summary>Whether a file begins as gzip does; one that cannot be wound back is read as a stream anyway.</summary>
    private static bool BeginsLikeGzip(FileStream file)
    {
        if (!file.CanSeek) return true;
        try
        {
            int first = file.ReadByte();
            file.Position = 0;
            return first == 0x1F;
        }
        catch (IOException)
        {
            // The stream will say what is wrong.
            return true;
        }
    }

    private void SetFrame(byte[]? buffer, int start, int length, in CapturedStamp stamp)
    {
        _buffer = buffer;
        _start = start;
        _length = length;
        _stamp = stamp;
    }

    private bool EndWith(CaptureFaultKind kind, string? detail)
    {
        _ended = true;
        _plain = null;
        LineReader lines = _lines!;
        long? compressed = lines.IsGzip ? CompressedBytesRead : null;
        string message = CaptureFaultText.Of(kind, detail ?? lines.FaultText);
        Fault = new CaptureFault(kind, Name, lines.Number, lines.Offset, compressed, message);
        return false;
    }
}
