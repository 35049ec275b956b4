// In:     records of one thread.   Out: the same bytes, to one other thread.
// Thread: TryAppend by the producer, TryPeek and Take by the consumer.
// Keeps:  never waits: a record that does not fit is refused, and the producer says so.
// Budget: one copy of the bytes (two where they wrap); nothing allocated.
using System;
using System.Threading;

namespace TradingBot.Storage.Capture;

/// <summary>A bounded ring of bytes between the feed thread and the writer of its recording.</summary>
internal sealed class ByteRing
{
    private readonly byte[] _bytes;
    private readonly int _mask;

    // Bytes ever written and ever taken; each has one writer.
    private long _written;
    private long _taken;

    /// <param name="capacity">Bytes, a power of two.</param>
    public ByteRing(int capacity)
    {
        if (!System.Numerics.BitOperations.IsPow2(capacity)) throw new ArgumentOutOfRangeException(nameof(capacity));
        _bytes = GC.AllocateUninitializedArray<byte>(capacity);
        _mask = capacity - 1;
    }

    public int Capacity => _bytes.Length;

    /// <summary>Bytes waiting.</summary>
    public long Waiting => Volatile.Read(ref _written) - Volatile.Read(ref _taken);

    /// <summary>Appends two pieces as one; false when there is no room.</summary>
    public bool TryAppend(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload)
    {
        long written = _written;
        long free = _bytes.Length - (written - Volatile.Read(ref _taken));
        if (head.Length + payload.Length > free) return false;
        Put(written, head);
        Put(written + head.Length, payload);
        Volatile.Write(ref _written, written + head.Length + payload.Length);
        return true;
    }

    /// <summary>Copies the bytes that wait first, without taking them; false when there are not so many.</summary>
    public bool TryPeek(Span<byte> destination)
    {
        if (Volatile.Read(ref _written) - _taken < destination.Length) return false;
        Get(_taken, destination);
        return true;
    }

    /// <summary>Takes the bytes that wait first; they must be there.</summary>
    public void Take(Span<byte> destination)
    {
        Get(_taken, destination);
        Volatile.Write(ref _taken, _taken + destination.Length);
    }

    private void Put(long at, ReadOnlySpan<byte> bytes)
    {
        int start = (int)at & _mask;
        int first = Math.Min(bytes.Length, _bytes.Length - start);
        bytes[..first].CopyTo(_bytes.AsSpan(start));
        bytes[first..].CopyTo(_bytes);
    }

    private void Get(long at, Span<byte> destination)
    {
        int start = (int)at & _mask;
        int first = Math.Min(destination.Length, _bytes.Length - start);
        _bytes.AsSpan(start, first).CopyTo(destination);
        _bytes.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }
}
