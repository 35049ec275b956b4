using System;
using System.Collections.Generic;

namespace TradingBot.Storage.Capture;

/// <summary>Frames read before their turn, kept to be delivered afterwards.</summary>
internal sealed class LookAhead
{
    /// <summary>
    /// Frames after which the dialect is decided from what was seen. Captures begin with a status frame and
    /// acknowledgements, of which the second frame nearly always tells.
    /// </summary>
    public const int FramesMax = 64;

    /// <summary>64 frames are some 20 KiB; instrument snapshots of 0.3 MiB are why bytes are bounded too.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    private readonly List<Entry> _entries = new(FramesMax);
    private byte[] _bytes = new byte[64 * 1024];
    private int _length;
    private int _next;

    public bool IsFull => _entries.Count >= FramesMax || _length >= BytesMax;

    public byte[] Bytes => _bytes;

    public void Add(CapturedFrame frame, long line)
    {
        int needed = _length + frame.Bytes.Length;
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        frame.Bytes.CopyTo(_bytes.AsSpan(_length));
        _entries.Add(new Entry(_length, frame.Bytes.Length, line, frame.Stamp));
        _length = needed;
    }

    public bool TryTake(out Entry entry)
    {
        bool any = _next < _entries.Count;
        entry = any ? _entries[_next++] : default;
        return any;
    }

    /// <summary>Where a frame lies in <see cref="Bytes"/>, and the line and stamp it came with.</summary>
    internal readonly record struct Entry(int Start, int Length, long Line, CapturedStamp Stamp);
}
