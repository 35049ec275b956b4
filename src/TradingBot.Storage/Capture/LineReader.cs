using System;

namespace TradingBot.Storage.Capture;

/// <summary>Cuts a capture's text into lines inside one reused buffer.</summary>
/// <remarks>Lines end with LF or CR LF; the last may end with the text. A UTF-8 byte order mark is dropped.</remarks>
internal sealed class LineReader : IDisposable
{
    /// <summary>The longest line read. Kraken's longest known frame, an instrument snapshot, is 0.3 MiB.</summary>
    public const int LineBytesMax = 16 * 1024 * 1024;

    /// <summary>Most captures never need more; the buffer doubles until the longest line fits.</summary>
    private const int BufferBytes = 512 * 1024;

    private readonly CaptureText _text;
    private byte[] _buffer = new byte[BufferBytes];
    private int _next;
    private int _end;
    private long _bufferOffset;
    private bool _textEnded;

    public LineReader(CaptureText text) => _text = text;

    public CaptureText Text => _text;

    /// <summary>The line read last; it lives until the next read.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(LineStart, LineLength);

    /// <summary>Where the line lies: valid until the next read.</summary>
    public byte[] Buffer => _buffer;

    public int LineStart { get; private set; }

    public int LineLength { get; private set; }

    /// <summary>Number of the line read last, from 1; blank lines count.</summary>
    public long Number { get; private set; }

    /// <summary>Where the line begins in the text.</summary>
    public long Offset => _bufferOffset + LineStart;

    /// <summary>Why the last read gave no line; None at a good end.</summary>
    public CaptureFaultKind Fault { get; private set; }

    /// <summary>Moves to the next line that is not blank; false at the end or at a fault.</summary>
    public bool TryRead()
    {
        while (TryReadAny())
        {
            if (Line.IndexOfAnyExcept((byte)' ', (byte)'\t') >= 0) return true;
        }

        return false;
    }

    public void Dispose() => _text.Dispose();

    private bool TryReadAny()
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
            int count = _text.Read(_buffer.AsSpan(_end));
            _end += count;
            if (count > 0) continue;

            // A line that a cut or damage has left unfinished is not handed on.
            _textEnded = true;
            if (_text.Fault != CaptureFaultKind.None) return Refuse(_text.Fault);
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
}
