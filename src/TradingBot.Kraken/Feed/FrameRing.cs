// In:     what a socket's thread tells: opened, whole messages, closed.   Out: the same, in order, to the worker.
// Thread: one writes, one reads; they meet in counts, each alone on its lines of cache.
// Keeps:  a message is whole and contiguous; what was read stays readable until the next read; nothing is overwritten.
// Budget: one copy per message, no allocation (SocketReceiveAllocationTests).
using System;
using System.Buffers.Binary;
using System.Numerics;
using TradingBot.Market.Ring;
using TradingBot.Trading;

namespace TradingBot.Kraken.Feed;

/// <summary>Messages of one socket on their way from its thread to the worker's: a ring of bytes.</summary>
/// <remarks>
/// A record is a word (length, status, kind) and its bytes, padded to the next word. One that would run over the end
/// begins at the start again, and a word says so. Release: the count written; acquire: the count read by the other.
/// </remarks>
internal sealed class FrameRing
{
    /// <summary>
    /// Two messages of the greatest length with their words, so that one fits however the ring stands.
    /// </summary>
    public const int CapacityDefault = 2 * (MessageBytesMax + WordBytes);

    /// <summary>Kraken's greatest known message, the instrument snapshot, is below 1 MiB.</summary>
    public const int MessageBytesMax = (4 << 20) - WordBytes;

    private const int WordBytes = 8;
    private const long ToTheStart = -1;

    private readonly byte[] _bytes;
    private readonly Cursor _written = new(0);
    private readonly Cursor _read = new(0);
    private readonly Cursor _messagesIn = new(0);
    private readonly Cursor _messagesOut = new(0);
    private long _readEnd;

    /// <param name="capacity">Bytes; a power of two.</param>
    public FrameRing(int capacity = CapacityDefault)
    {
        if (!BitOperations.IsPow2(capacity)) throw new ArgumentException("A power of two.", nameof(capacity));
        _bytes = GC.AllocateUninitializedArray<byte>(capacity);
    }

    /// <summary>Messages written and not read.</summary>
    public long Waiting => _messagesIn.Value - _messagesOut.Value;

    /// <summary>False when there is no room now; the longest record always finds room in an empty ring.</summary>
    public bool TryWrite(WireEventKind kind, int status, ReadOnlySpan<byte> message)
    {
        long written = _written.Value;
        int size = WordBytes + Padded(message.Length);
        int at = OffsetOf(written);
        int toEnd = _bytes.Length - at;
        int skipped = size > toEnd ? toEnd : 0;
        if (_bytes.Length - (written - _read.Value) < skipped + size) return false;
        if (skipped > 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(at), ToTheStart);
            at = 0;
        }

        long word = (uint)message.Length | ((long)(byte)kind << 32) | ((long)(ushort)status << 40);
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(at), word);
        message.CopyTo(_bytes.AsSpan(at + WordBytes));
        _messagesIn.Publish(_messagesIn.Value + 1);
        _written.Publish(written + skipped + size);
        return true;
    }

    /// <summary>The next record; its bytes live until the next call. Gives back the room of the one before.</summary>
    public bool TryRead(out WireEventKind kind, out int status, out ReadOnlySpan<byte> message)
    {
        if (_read.Value != _readEnd) _read.Publish(_readEnd);
        long read = _readEnd;
        if (read == _written.Value)
        {
            kind = WireEventKind.None;
            status = 0;
            message = default;
            return false;
        }

        int at = OffsetOf(read);
        long word = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(at));
        if (word == ToTheStart)
        {
            read += _bytes.Length - at;
            at = 0;
            word = BinaryPrimitives.ReadInt64LittleEndian(_bytes);
        }

        int length = (int)word;
        kind = (WireEventKind)(byte)(word >> 32);
        status = (ushort)(word >> 40);
        message = _bytes.AsSpan(at + WordBytes, length);
        _readEnd = read + WordBytes + Padded(length);
        _messagesOut.Publish(_messagesOut.Value + 1);
        return true;
    }

    private static int Padded(int length) => (length + WordBytes - 1) & -WordBytes;

    private int OffsetOf(long position) => (int)(position & (_bytes.Length - 1));
}
