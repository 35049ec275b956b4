// In:     events that are published and, behind a barrier, handled by every upstream.   Out: calls of a handler.
// Thread: one thread polls or runs it; Sequence, Lag and Fault may be read by any.
// Keeps:  every event once, in order; never before its upstreams; a handler's exception ends the consumer and is kept.
// Budget: ≤ 5 ns per event beside the handler.
using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace TradingBot.Market.Ring;

/// <summary>One reader of the ring with a sequence of its own.</summary>
public abstract class Consumer
{
    private readonly Consumer[] _upstream;

    // The upstreams' cursors once more: reading them must not touch the lines their consumers live on.
    private readonly Cursor[] _barrier;
    private readonly WaitStrategy _wait;
    private Exception? _fault;
    private bool _ended;

    private protected Consumer(EventRing ring, string name, WaitStrategy wait, ReadOnlySpan<Consumer> upstream)
    {
        Ring = ring;
        Name = name;
        _wait = wait;
        _upstream = upstream.ToArray();
        _barrier = Array.ConvertAll(_upstream, static consumer => consumer.Cursor);
        Slots = ring.Slots;
    }

    public string Name { get; }

    /// <summary>
    /// The last event handled; -1 before the first. Published every 256 events and at the end of a poll.
    /// </summary>
    public long Sequence => Cursor.Value;

    /// <summary>Events claimed by producers and not yet handled here.</summary>
    public long LagEvents => Math.Max(0, Ring.Claimed - 1 - Sequence);

    /// <summary>What the handler threw; the consumer then stays at the event before.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    internal EventRing Ring { get; }

    internal Cursor Cursor { get; } = new(SlotMemory.Unpublished);

    private protected SlotMemory Slots { get; }

    /// <summary>Handles what is available, at most <paramref name="eventsMax"/> events; returns how many.</summary>
    /// <exception cref="InvalidOperationException">An earlier poll ended in a fault.</exception>
    public abstract int Poll(int eventsMax);

    /// <summary>Polls until the ring is stopped and everything published has been handled.</summary>
    /// <remarks>
    /// A handler's exception leaves through here to the mouth of the thread. A consumer behind a faulted one ends
    /// with the last event that one handled.
    /// </remarks>
    public void Run()
    {
        int idleRounds = 0;
        while (true)
        {
            if (Poll(Ring.Capacity) > 0)
            {
                idleRounds = 0;
                continue;
            }

            // The stop is read before the last look, so that nothing published ahead of the stop is missed.
            if (Ring.IsStopped && IsDrained()) break;
            if (_wait.Pause(ref idleRounds)) continue;

            long ticket = Ring.Parking.Announce();
            if (Ring.IsStopped || HasEvent())
            {
                Ring.Parking.Withdraw();
            }
            else
            {
                Ring.Parking.Park(ticket);
            }
        }

        Volatile.Write(ref _ended, true);
    }

    /// <summary>First sequence the upstreams do not allow yet; no bound without upstreams.</summary>
    private protected long BarrierEnd()
    {
        long end = long.MaxValue;
        foreach (Cursor upstream in _barrier) end = Math.Min(end, upstream.Value + 1);
        return end;
    }

    /// <summary>
    /// Publishes how far this consumer is: frees the slots and everything its handler wrote up to there.
    /// </summary>
    private protected void Advance(long sequence)
    {
        Cursor.Publish(sequence);
        Ring.SignalProgress();
    }

    /// <summary>Keeps a handler's exception, after <see cref="Advance"/> to the last event handled.</summary>
    private protected void EndWith(Exception fault)
    {
        Volatile.Write(ref _fault, fault);
        Ring.SignalProgress();
    }

    [DoesNotReturn]
    internal static void ThrowFaulted(Consumer consumer) => throw new InvalidOperationException(
        $"Consumer '{consumer.Name}' ended in a fault at sequence {consumer.Sequence + 1}.", consumer.Fault);

    private bool HasEnded => Volatile.Read(ref _ended) || Fault is not null;

    private bool HasEvent()
    {
        long next = Sequence + 1;
        return next < BarrierEnd() && Slots.IsPublished(next);
    }

    private bool IsDrained()
    {
        long last = Sequence;
        if (!Slots.IsPublished(last + 1)) return true;
        foreach (Consumer upstream in _upstream)
        {
            // An upstream that ended leaves later events unhandled for ever; its last sequence was published before.
            if (upstream.HasEnded && upstream.Sequence == last) return true;
        }

        return false;
    }
}

/// <summary>A consumer with its handler.</summary>
/// <remarks>
/// A struct handler gets a poll loop compiled for it: the call is direct and may be inlined. A class handler shares one
/// loop with all classes and is called through the interface. A struct that holds one reference is the usual form.
/// </remarks>
public sealed class Consumer<THandler> : Consumer
    where THandler : IEventHandler
{
    // Often enough that downstream and producers need not wait for a long batch; rare enough that the line stays home.
    private const int PublishEvery = 256;

    private THandler _handler;

    internal Consumer(
        EventRing ring, string name, THandler handler, WaitStrategy wait, ReadOnlySpan<Consumer> upstream)
        : base(ring, name, wait, upstream) => _handler = handler;

    public ref readonly THandler Handler => ref _handler;

    public override int Poll(int eventsMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(eventsMax);
        if (Fault is not null) ThrowFaulted(this);

        SlotMemory slots = Slots;
        long first = Cursor.Value + 1;
        long next = first;
        long end = Math.Min(first + eventsMax, BarrierEnd());
        try
        {
            for (; next < end && slots.IsPublished(next); next++)
            {
                // Before the event rather than after: the last one of a batch is published below.
                if (next % PublishEvery == 0 && next != first) Advance(next - 1);
                _handler.OnEvent(in slots[next], next);
            }
        }
        catch (Exception fault)
        {
            if (next != first) Advance(next - 1);
            EndWith(fault);
            throw;
        }

        if (next != first) Advance(next - 1);
        return (int)(next - first);
    }
}
