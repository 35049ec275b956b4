using System;
using System.Buffers;
using System.Collections.Generic;

namespace TradingBot.Kraken.Orders;

/// <summary>Frames waiting to be sent, end to end in one reused buffer.</summary>
/// <remarks>Bounded by its users: every frame belongs to one command in flight or to one look at the account.</remarks>
internal sealed class Outbox
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Queue<int> _lengths = new();
    private int _taken;
    private int _sealed;

    /// <summary>Where the next frame is written; <see cref="Seal"/> ends it.</summary>
    public IBufferWriter<byte> Writer
    {
        get
        {
            if (_lengths.Count == 0) Clear();
            return _bytes;
        }
    }

    public void Seal()
    {
        _lengths.Enqueue(_bytes.WrittenCount - _sealed);
        _sealed = _bytes.WrittenCount;
    }

    /// <summary>A frame whose bytes are always the same.</summary>
    public void Add(ReadOnlySpan<byte> frame)
    {
        Writer.Write(frame);
        Seal();
    }

    /// <summary>The oldest frame; its bytes are good until the next frame is written.</summary>
    public bool TryTake(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (!_lengths.TryDequeue(out int length)) return false;
        frame = _bytes.WrittenSpan.Slice(_taken, length);
        _taken += length;
        return true;
    }

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _lengths.Clear();
        _taken = 0;
        _sealed = 0;
    }
}
