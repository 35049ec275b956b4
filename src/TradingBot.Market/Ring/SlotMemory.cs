// In:     events of a claimed range.   Out: references to slots, each a cache line of its own.
// Thread: a slot is written by the producer that claimed its sequence, then read by consumers.
// Keeps:  slots start on 64-byte boundaries and never move; a stamp is written by Publish only, after its payload.
// Budget: one 56-byte copy and one release store per event; rows R1 and R3 of the ratios pay for this file.
// SAFETY: MarketEvent is blittable and 64 bytes (House/LayoutTests). The array holds capacity + 1 slots and is never
//         replaced; a sequence is masked to capacity - 1 before it becomes an offset, and the first slot lies at most
//         63 bytes into the array, so every reference stays inside it, whatever the sequence. The array is on the
//         pinned heap, so its address is final; 8-byte fields at 8-byte offsets of a 64-byte boundary are aligned, as
//         atomic access to the stamp demands. Payload is the 56 bytes behind the stamp: seven words without padding.
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using TradingBot.Market.Events;

namespace TradingBot.Market.Ring;

/// <summary>The ring's slots. A copy refers to the same memory.</summary>
internal readonly struct SlotMemory
{
    /// <summary>2^24 slots of 64 bytes are 1 GiB, the largest power of two a byte array can hold.</summary>
    public const int CapacityMax = 1 << 24;

    /// <summary>No sequence: what a slot's stamp says before its first publication.</summary>
    public const long Unpublished = -1;

    private readonly byte[] _bytes;
    private readonly int _firstByte;
    private readonly int _mask;

    public SlotMemory(int capacity)
    {
        if (!BitOperations.IsPow2(capacity) || capacity > CapacityMax)
        {
            throw new ArgumentException("The capacity must be a power of two up to 2^24.", nameof(capacity));
        }

        // Managed arrays are aligned to 8 bytes only: one more slot leaves room to begin at the next boundary.
        _bytes = GC.AllocateArray<byte>((capacity + 1) * MarketEvent.Bytes, pinned: true);
        nint start = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);
        _firstByte = (int)(-start & (MarketEvent.Bytes - 1));
        _mask = capacity - 1;
        if (AddressOf(0) % MarketEvent.Bytes != 0)
        {
            throw new InvalidOperationException("Ring slots do not start on a 64-byte boundary.");
        }

        for (int slot = 0; slot < capacity; slot++) this[slot].Stamp = Unpublished;
    }

    public int Capacity => _mask + 1;

    public ref MarketEvent this[long sequence] => ref Unsafe.As<byte, MarketEvent>(
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), OffsetOf(sequence)));

    /// <summary>Acquire: true makes the payload of the sequence visible.</summary>
    public bool IsPublished(long sequence) => Volatile.Read(ref this[sequence].Stamp) == sequence;

    /// <summary>Copies the payload, then releases the stamp.</summary>
    /// <remarks>
    /// The copy leaves the stamp out: the caller's event may carry any stamp, even this very sequence (replay), and
    /// would publish the slot before its payload.
    /// </remarks>
    public void Publish(long sequence, ref readonly MarketEvent e)
    {
        ref MarketEvent slot = ref this[sequence];
        ref Payload from = ref PayloadOf(ref Unsafe.AsRef(in e));
        ref Payload to = ref PayloadOf(ref slot);
        // Word by word: the caller has just written some of these words, and a wider load would wait for those stores.
        to[0] = from[0];
        to[1] = from[1];
        to[2] = from[2];
        to[3] = from[3];
        to[4] = from[4];
        to[5] = from[5];
        to[6] = from[6];
        Volatile.Write(ref slot.Stamp, sequence);
    }

    /// <summary>Where a slot lies; for the alignment check.</summary>
    public nint AddressOf(long sequence) => Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, OffsetOf(sequence));

    private static ref Payload PayloadOf(ref MarketEvent e) =>
        ref Unsafe.As<long, Payload>(ref Unsafe.Add(ref e.Stamp, 1));

    private int OffsetOf(long sequence) => _firstByte + (((int)sequence & _mask) * MarketEvent.Bytes);

    /// <summary>An event without its stamp.</summary>
    [InlineArray((MarketEvent.Bytes / sizeof(long)) - 1)]
    private struct Payload
    {
        private long _first;
    }
}
