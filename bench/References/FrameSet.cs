using System;
using System.Collections.Generic;

namespace References;

/// <summary>Frames one behind the other in one array, as a receive buffer or a mapped file holds them.</summary>
public sealed class FrameSet
{
    /// <summary>Readable bytes behind the last frame, for loads wider than what is left of it.</summary>
    private const int SlackBytes = 64;

    private readonly List<int> _starts = [];
    private byte[] _bytes = new byte[1 << 16];
    private int _length;

    public int Count => _starts.Count;

    /// <summary>Bytes of all frames.</summary>
    public long Bytes => _length;

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int end = index + 1 < _starts.Count ? _starts[index + 1] : _length;
            return _bytes.AsSpan(_starts[index]..end);
        }
    }

    public void Add(ReadOnlySpan<byte> frame)
    {
        int needed = _length + frame.Length + SlackBytes;
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        _starts.Add(_length);
        frame.CopyTo(_bytes.AsSpan(_length));
        _length += frame.Length;
    }
}
