using System;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace TradingBot.Storage.Capture;

/// <summary>Cuts a capture's text into lines: where they lie in a mapped file, else inside one reused buffer.</summary>
/// <remarks>Lines end with LF or CR LF; the last may end with the text. A UTF-8 byte order mark is dropped.</remarks>
internal sealed class LineReader : IDisposable
{
    /// <summary>The longest line read. Kraken's longest known frame, an instrument snapshot, is 0.3 MiB.</summary>
    public const int LineBytesMax = 16 * 1024 * 1024;

    /// <summary>Most captures never need more; the buffer doubles until the longest line fits.</summary>
    private const int BufferBytes = 512 * 1024;

    private readonly CaptureText? _text;
    private readonly MappedFile? _mapped;
    private byte[] _buffer;
    private int _next;
    private int _end;
    private long _bufferOffset;
    private bool _textEnded;

    // Of a mapped file: where the line begins, and where the next one will.
    private long _mappedLine;
    private long _mappedNext;

    public LineReader(CaptureText text)
    {
        _text = text;
        _buffer = new byte[BufferBytes];
    }

    /// <summary>Lines of a plain file, where they lie; takes the file over.</summary>
    public LineReader(MappedFile mapped)
    {
        _mapped = mapped;
        _buffer = [];
    }

    public bool IsGzip => _text?.IsGzip ?? false;

    /// <summary>What the system said about a failed read.</summary>
    public string FaultText => _text?.FaultText ?? "";

    /// <summary>Bytes taken from the file so far, as stored.</summary>
    public long StoredBytesRead => _text?.StoredBytesRead ?? _mappedNext;

    /// <summary>Time spent on reading and inflating; none for a mapped file.</summary>
    public TimeSpan ReadTime => _text?.ReadTime ?? TimeSpan.Zero;

    /// <summary>The line read last; it lives until the next read.</summary>
    public ReadOnlySpan<byte> Line =>
        _mapped is null ? _buffer.AsSpan(LineStart, LineLength) : _mapped.Span(_mappedLine, LineLength);

    /// <summary>Number of the line read last, from 1; blank lines count.</summary>
    public long Number { get; private set; }

    /// <summary>Where the line begins in the text.</summary>
    public long Offset => _mapped is null ? _bufferOffset + LineStart : _mappedLine;

    /// <summary>Why the last read gave no line; None at a good end.</summary>
    public CaptureFaultKind Fault { get; private set; }

    private int LineStart { get; set; }

    private int LineLength { get; set; }

    /// <summary>Moves to the next line that is not blank; false at the end or at a fault.</summary>
    public bool TryRead()
    {
        while (_mapped is null ? TryReadAny(_text!) : TryReadMapped(_mapped))
        {
            ReadOnlySpan<byte> line = Line;
            // Nearly every line begins with its frame or stamp.
            if (line.Length > 0 && line[0] > (byte)' ') return true;
            if (line.IndexOfAnyExcept((byte)' ', (byte)'\t') >= 0) return true;
        }

        return false;
    }

    /// <summary>
    /// The next line of a mapped file when it is nothing but a frame and a line feed; false leaves any other line, the
    /// first and the last to <see cref="TryRead"/>.
    /// </summary>
    public bool TryReadPlain(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (_mapped is null || Number == 0 || Fault != CaptureFaultKind.None) return false;
        ReadOnlySpan<byte> rest = _mapped.Span(_mappedNext, LineBytesMax);
        int length = LineEnd(rest);
        bool isPlain = length > 1 && (rest[0] is (byte)'{' or (byte)'[') && rest[length - 1] != (byte)'\r';
        if (!isPlain) return false;
        line = rest[..length];
        _mappedLine = _mappedNext;
        _mappedNext += length + 1;
        LineLength = length;
        Number++;
        return true;
    }

    public void Dispose()
    {
        _text?.Dispose();
        _mapped?.Dispose();
    }

    private bool TryReadMapped(MappedFile mapped)
    {
        if (Fault != CaptureFaultKind.None || _mappedNext >= mapped.Length) return false;
        long start = _mappedNext;
        // CR LF may follow the longest line.
        ReadOnlySpan<byte> rest = mapped.Span(start, LineBytesMax + 2);
        int length = rest.IndexOf((byte)'\n');
        if (length < 0)
        {
            if (rest.Length > LineBytesMax) return RefuseMapped(start);
            length = rest.Length;
            _mappedNext = mapped.Length;
        }
        else
        {
            _mappedNext = start + length + 1;
        }

        if (length > 0 && rest[length - 1] == (byte)'\r') length--;
        if (length > LineBytesMax) return RefuseMapped(start);
        if (Number == 0 && rest[..length].StartsWith("\uFEFF"u8))
        {
            start += 3;
            length -= 3;
        }

        _mappedLine = start;
        LineLength = length;
        Number++;
        return true;
    }

    /// <summary>The place of the first line feed; negative when there is none.</summary>
    /// <remarks>
    /// Frames are of every length between 180 and 500 bytes, so a loop over them ends where no processor can foresee
    /// it. Three of four end within 256 bytes, which are looked at as a whole.
    /// </remarks>
    private static int LineEnd(ReadOnlySpan<byte> rest)
    {
        const int Reach = 4 * LineFeeds.Block;
        if (!Vector256.IsHardwareAccelerated || rest.Length < Reach) return rest.IndexOf((byte)'\n');
        // A word without a place counts 64 zeros: the next word's count is added when all before have theirs.
        int at = LineFeeds.CountBefore(rest);
        at += (at >> 6) * LineFeeds.CountBefore(rest[LineFeeds.Block..]);
        at += (at >> 7) * LineFeeds.CountBefore(rest[(2 * LineFeeds.Block)..]);
        at += ((at + LineFeeds.Block) >> 8) * LineFeeds.CountBefore(rest[(3 * LineFeeds.Block)..]);
        if (at < Reach) return at;
        int beyond = rest[Reach..].IndexOf((byte)'\n');
        return beyond < 0 ? beyond : Reach + beyond;
    }

    private bool RefuseMapped(long start)
    {
        _mappedLine = start;
        _mappedNext = start;
        return Refuse(CaptureFaultKind.LineTooLong);
    }

    private bool TryReadAny(CaptureText text)
    {
        if (Fault != CaptureFaultKind.None) return false;
        int searched = _next;
        while (true)
        {
            int newline = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (newline >= 0) return Accept(searched + newline, searched + newline + 1);
            if (_end - _next > LineBytesMax) return Refuse(CaptureFaultKind.LineTooLong);
            searched = _end;
            if (_textEnded) return false;
            searched -= MakeRoom();
            int count = text.Read(_buffer.AsSpan(_end));
            _end += count;
            if (count > 0) continue;

            // A line that a cut or damage has left unfinished is not handed on.
            _textEnded = true;
            if (text.Fault != CaptureFaultKind.None) return Refuse(text.Fault);
            return _next < _end && Accept(_end, _end);
        }
    }

    private bool Accept(int end, int next)
    {
        int start = _next;
        if (end > start && _buffer[end - 1] == (byte)'\r') end--;
        if (end - start > LineBytesMax) return Refuse(CaptureFaultKind.LineTooLong);
        if (Number == 0 && _buffer.AsSpan(start, end - start).StartsWith("\uFEFF"u8)) start += 3;
        _next = next;
        LineStart = start;
        LineLength = end - start;
        Number++;
        return true;
    }

    /// <summary>Ends reading; number and offset tell the line that could not be had.</summary>
    private bool Refuse(CaptureFaultKind fault)
    {
        Fault = fault;
        LineStart = _next;
        LineLength = 0;
        Number++;
        return false;
    }

    /// <summary>Moves what is unread to the front, or doubles a full buffer; returns by how much it moved.</summary>
    private int MakeRoom()
    {
        if (_end < _buffer.Length) return 0;
        int moved = _next;
        int unread = _end - _next;
        // Twice the longest line bounds the doubling: LineBytesMax and one byte more must fit.
        byte[] target = unread > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_next, unread).CopyTo(target);
        _buffer = target;
        _bufferOffset += moved;
        _next = 0;
        _end = unread;
        return moved;
    }

    /// <summary>Looks at 64 bytes.</summary>
    private static class LineFeeds
    {
        public const int Block = 64;

        /// <summary>Bytes in front of the first line feed; 64 without one.</summary>
        public static int CountBefore(ReadOnlySpan<byte> bytes)
        {
            Vector256<byte> wanted = Vector256.Create((byte)'\n');
            ulong low = Vector256.Equals(Vector256.Create(bytes), wanted).ExtractMostSignificantBits();
            ulong high = Vector256.Equals(Vector256.Create(bytes[32..]), wanted).ExtractMostSignificantBits();
            return BitOperations.TrailingZeroCount(low | (high << 32));
        }
    }
}
