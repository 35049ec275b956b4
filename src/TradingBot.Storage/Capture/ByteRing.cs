// In:     records of one thread.   Out: the same bytes, to one other thread.
// Thread: TryAppend by the producer, TryPeek and Take by the consumer.
// Keeps:  never waits: a record that does not fit is refused, and the producer says so.
// Budget: one copy of the bytes (two where they wrap); nothing allocated. While the consumer keeps up, the same few
//         pages are used over and over: they stay in the cache, and the rest of the ring is never touched.
using System;
using TradingBot.Market.Ring;

namespace TradingBot.Storage.Capture;

/// <summary>A bounded ring of bytes between the feed thread and the writer of its recording.</summary>
internal sealed class ByteRing
{
    /// <summary>An empty ring begins anew once so many bytes were used: half a second-level cache.</summary>
    private const int RestartBytes = 256 * 1024;

    /// <summary>Until it does, the producer looks for that moment each time so many more were written.</summary>
    private const int LookBytes = 16 * 1024;

    private readonly byte[] _bytes;
    private readonly int _mask;

    // Bytes ever written and ever taken; each has one writer.
    private readonly Cursor _written = new(0);
    private readonly Cursor _taken = new(0);

    // What the producer knows of the consumer: it looks again when that is not enough, and now and then to begin anew.
    private long _takenSeen;
    private long _lookAt = RestartBytes;

    // The count at which the ring began anew, told by the producer before the bytes behind it; and where each side has
    // its first byte. The consumer changes over when it has taken all that came before.
    private long _restart;
    private long _writeBase;
    private long _readBase;

    /// <param name="capacity">Bytes, a power of two.</param>
    public ByteRing(int capacity)
    {
        if (!System.Numerics.BitOperations.IsPow2(capacity)) throw new ArgumentOutOfRangeException(nameof(capacity));
        _bytes = GC.AllocateUninitializedArray<byte>(capacity);
        _mask = capacity - 1;
    }

    public int Capacity => _bytes.Length;

    /// <summary>Bytes waiting.</summary>
    public long Waiting => _written.Value - _taken.Value;

    /// <summary>
    /// Room for so many bytes in one piece, to be written and then committed; false when there is none, or they would
    /// wrap.
    /// </summary>
    public bool TryReserve(int length, out Span<byte> room)
    {
        long written = _written.Value;
        room = default;
        if (written >= _lookAt || length > _bytes.Length - (written - _takenSeen)) Look(written);
        int start = (int)(written - _writeBase) & _mask;
        if (length > _bytes.Length - (written - _takenSeen) || length > _bytes.Length - start) return false;
        room = _bytes.AsSpan(start, length);
        return true;
    }

    /// <summary>The bytes reserved last are the consumer's.</summary>
    public void Commit(int length) => _written.Publish(_written.Value + length);

    /// <summary>Appends two pieces as one; false when there is no room.</summary>
    public bool TryAppend(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload)
    {
        long written = _written.Value;
        int length = head.Length + payload.Length;
        if (written >= _lookAt || length > _bytes.Length - (written - _takenSeen)) Look(written);
        if (length > _bytes.Length - (written - _takenSeen)) return false;
        Put(written, head);
        Put(written + head.Length, payload);
        _written.Publish(written + length);
        return true;
    }

    /// <summary>Copies the bytes that wait first, without taking them; false when there are not so many.</summary>
    public bool TryPeek(Span<byte> destination)
    {
        // Acquires what was written before it, the restart included.
        long taken = _taken.Value;
        if (_written.Value - taken < destination.Length) return false;
        if (taken == _restart) _readBase = taken;
        Get(taken, destination);
        return true;
    }

    /// <summary>Takes the bytes that wait first, of which some were peeked at; they must be there.</summary>
    public void Take(Span<byte> destination)
    {
        long taken = _taken.Value;
        Get(taken, destination);
        _taken.Publish(taken + destination.Length);
    }

    private void Look(long written)
    {
        _takenSeen = _taken.Value;
        bool restarts = _takenSeen == written && written - _writeBase >= RestartBytes;
        if (restarts) _restart = _writeBase = written;
        _lookAt = written + (restarts ? RestartBytes : LookBytes);
    }

    private void Put(long at, ReadOnlySpan<byte> bytes)
    {
        int start = (int)(at - _writeBase) & _mask;
        if (bytes.Length <= _bytes.Length - start)
        {
            bytes.CopyTo(_bytes.AsSpan(start));
            return;
        }

        int first = _bytes.Length - start;
        bytes[..first].CopyTo(_bytes.AsSpan(start));
        bytes[first..].CopyTo(_bytes);
    }

    private void Get(long at, Span<byte> destination)
    {
        int start = (int)(at - _readBase) & _mask;
        int first = Math.Min(destination.Length, _bytes.Length - start);
        _bytes.AsSpan(start, first).CopyTo(destination);
        _bytes.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }
}
