using System;
using System.IO;

namespace TradingBot.Storage.Capture;

/// <summary>The bytes of a capture as they lie on the medium, counted; an end mark follows gzip data.</summary>
/// <remarks>
/// GZipStream reads a file that was cut without a word: at the end of its input it reports the end of the data. So a
/// tiny gzip member is served behind the last byte of the file. By the format members may follow each other, hence
/// behind sound data it inflates to <see cref="EndMarkText"/>; behind a cut it is swallowed as the missing bytes of the
/// unfinished member, and the text does not come out.
/// </remarks>
internal sealed class StoredBytes : Stream
{
    /// <summary>Large enough that the medium is read in few calls, small enough for the second cache.</summary>
    private const int BufferBytes = 256 * 1024;

    /// <summary>One gzip member: header, a single stored block of 23 bytes, CRC-32 and length.</summary>
    private static readonly byte[] EndMark =
    [
        0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0xFF,
        0x01, 23, 0, 0xE8, 0xFF,
        .. EndMarkText,
        0x1C, 0x4F, 0xA0, 0xC6, 23, 0, 0, 0,
    ];

    private readonly Stream _medium;
    private readonly bool _leaveOpen;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private int _endMarkServed;

    public StoredBytes(Stream medium, bool leaveOpen)
    {
        _medium = medium;
        _leaveOpen = leaveOpen;
    }

    /// <summary>What inflating the end mark gives.</summary>
    public static ReadOnlySpan<byte> EndMarkText => "end-of-capture:a2f5c81e"u8;

    /// <summary>Bytes taken from the medium and handed on.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The medium is at its end and the end mark has been asked for.</summary>
    public bool EndMarkServed => _endMarkServed > 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether the medium begins like gzip; its first byte alone counts, for no text begins with it.</summary>
    public bool BeginsLikeGzip()
    {
        while (_end < 2)
        {
            int count = _medium.Read(_buffer, _end, _buffer.Length - _end);
            if (count == 0) break;
            _end += count;
        }

        return _end > 0 && _buffer[0] == 0x1F && (_end == 1 || _buffer[1] == 0x8B);
    }

    /// <summary>The bytes of the medium, and nothing behind them.</summary>
    public int ReadStored(Span<byte> destination)
    {
        int count = _end - _start;
        if (count == 0)
        {
            count = _medium.Read(destination);
        }
        else
        {
            count = Math.Min(count, destination.Length);
            _buffer.AsSpan(_start, count).CopyTo(destination);
            _start += count;
        }

        BytesRead += count;
        return count;
    }

    /// <summary>The bytes of the medium, then the end mark: what the inflater reads.</summary>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (_start == _end && _endMarkServed == 0)
        {
            _start = 0;
            _end = _medium.Read(_buffer, 0, _buffer.Length);
        }

        if (_start < _end) return ReadStored(buffer);
        int count = Math.Min(EndMark.Length - _endMarkServed, buffer.Length);
        EndMark.AsSpan(_endMarkServed, count).CopyTo(buffer);
        _endMarkServed += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_leaveOpen) _medium.Dispose();
        base.Dispose(disposing);
    }
}
