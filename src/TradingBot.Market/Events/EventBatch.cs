// In:     one frame's events from a parser.   Out: a span, complete or empty.
// Thread: the feed thread that owns it.
// Keeps:  a frame is applied whole or not at all.
using System;
using System.Runtime.CompilerServices;

namespace TradingBot.Market.Events;

/// <summary>The events of one frame: preallocated, reused, and filled by one parser.</summary>
public sealed class EventBatch
{
    /// <summary>
    /// Events per frame. The largest known frame is an instrument snapshot: ~1,500 pairs × 2 events; a depth-1000 book
    /// snapshot has 2 × 1,000 levels + 1; a full-depth derivatives snapshot has been seen with fewer than 4,000 levels.
    /// 16,384 leaves four times that, and is a quarter of the default ring.
    /// </summary>
    public const int CapacityDefault = 16_384;

    private readonly MarketEvent[] _events;
    private int _count;

    public EventBatch(int capacity = CapacityDefault)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _events = new MarketEvent[capacity];
    }

    public int Count => _count;

    public int Capacity => _events.Length;

    /// <summary>True once <see cref="Add"/> was asked for more than the capacity; the frame is then refused.</summary>
    public bool Overflowed { get; private set; }

    public ReadOnlySpan<MarketEvent> Events => _events.AsSpan(0, _count);

    /// <summary>The same events, writable: the feed stamps the receive time here before publishing.</summary>
    public Span<MarketEvent> Writable => _events.AsSpan(0, _count);

    /// <summary>Writes to every page of the batch, so that the first long frame does not wait for the system.</summary>
    public void Touch()
    {
        Clear();
        Array.Clear(_events);
    }

    public void Clear()
    {
        _count = 0;
        Overflowed = false;
    }

    /// <summary>
    /// A cleared event at the end of the batch. When full, the last slot is handed out again and flagged.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public ref MarketEvent Add(EventKind kind, int instrumentId)
    {
        int index = _count;
        if (index == _events.Length)
        {
            Overflowed = true;
            index--;
        }
        else
        {
            _count = index + 1;
        }

        ref MarketEvent slot = ref _events[index];
        slot = default;
        slot.Kind = kind;
        slot.InstrumentId = instrumentId;
        return ref slot;
    }
}
