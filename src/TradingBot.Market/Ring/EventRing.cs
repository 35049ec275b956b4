// In:     frames of events from producers (sockets, timers, outcomes).   Out: the same events to consumers, numbered.
// Thread: producers on their own threads, each consumer on its own; the graph is built on one thread before them.
// Keeps:  one total order without holes (I5); a frame's events are adjacent; nothing is allocated after the graph is
//         built (I8); no event is overwritten before every consumer has handled it.
// Budget: ≤ 20 ns per event published in frames, ≤ 50 ns for a frame of one (bench RingBench); a hand-off within 1.25
//         of a bare cache line (row R1). One line moves per event: the stamp lies in the slot. Consumers publish their
//         own sequence every 256 events and when they run dry, on lines that nobody but a waiting producer reads.
//         Inline is the yardstick: it has no hand-off at all, and on few cores the better tail (bench latency).
//
// Ordering. Each line is a release → the acquire that reads it: what precedes the one is seen after the other.
//  1. SlotMemory.Publish (stamp)  → SlotMemory.IsPublished by a consumer: the slot's payload.
//  2. Consumer.Advance (cursor)   → Consumer.BarrierEnd of a downstream: what the upstream's handler wrote, and,
//                                   through the upstream's own acquire, the payload.
//  3. Consumer.Advance (cursor)   → EventRing.LookForRoom by a producer: that the reads of the slot are over, so it
//                                   may be overwritten.
//  4. _limit.Publish              → _limit.Value by another producer: passes 3 on to one that did not look itself.
//                                   It may step back when two look at once; a lower limit is only cautious.
//  5. _claimed.Add, TryMove       : hand out sequences and publish nothing; the stamps do.
//  6. Consumer.EndWith, Run's end → Consumer.Fault, HasEnded: the exception, and that the cursor is final.
//  7. Stop (flag)                 → IsStopped: every stamp released before the stop.
//  8. Parking.Signal, Announce    : the only place where a store must not pass a later load; full fences on both sides.
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using TradingBot.Market.Events;

namespace TradingBot.Market.Ring;

/// <summary>A ring of preallocated 64-byte events between threads, in the manner of the LMAX Disruptor.</summary>
public sealed class EventRing
{
    /// <summary>
    /// 65,536 slots × 64 bytes = 4 MiB: four of the largest frames (<see cref="EventBatch.CapacityDefault"/>).
    /// </summary>
    public const int CapacityDefault = 65_536;

    /// <summary>
    /// A frame may fill this share of the ring: the others leave room for consumers to work while it is written.
    /// </summary>
    public const int FramesPerRing = 4;

    private readonly ProducerKind _producers;
    private readonly WaitStrategy _wait;
    private readonly int _frameEventsMax;

    // Count of sequences claimed: the next one to hand out.
    private readonly Cursor _claimed = new(0);

    // Sequences below are known to have room. Zero sends the first publication to LookForRoom, which seals the graph.
    private readonly Cursor _limit = new(0);
    private readonly Cursor _droppedFrames = new(0);
    private readonly Cursor _droppedEvents = new(0);
    private readonly List<Consumer> _consumers = [];

    // Consumers nobody waits behind: the slowest of them is the slowest of all.
    private Cursor[] _terminals = [];
    private bool _sealed;
    private bool _parks;
    private bool _stopped;

    /// <param name="producers">One publishing thread or several.</param>
    /// <param name="wait">How producers wait, and consumers that name no strategy of their own.</param>
    /// <param name="capacity">Slots; a power of two.</param>
    public EventRing(ProducerKind producers, WaitStrategy wait, int capacity = CapacityDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, FramesPerRing);
        Slots = new SlotMemory(capacity);
        _producers = producers;
        _wait = wait;
        _frameEventsMax = capacity / FramesPerRing;
        _parks = wait.Kind == WaitKind.Park;
    }

    public int Capacity => Slots.Capacity;

    /// <summary>The longest frame that can be published.</summary>
    public int FrameEventsMax => _frameEventsMax;

    /// <summary>Sequences handed out so far; those below are published, being written or waiting for room.</summary>
    public long Claimed => _claimed.Value;

    public long DroppedFrames => _droppedFrames.Value;

    public long DroppedEvents => _droppedEvents.Value;

    /// <summary>In the order they were added: upstreams first.</summary>
    public IReadOnlyList<Consumer> Consumers => _consumers;

    public bool IsStopped => Volatile.Read(ref _stopped);

    internal SlotMemory Slots { get; }

    internal Parking Parking { get; } = new();

    /// <summary>Adds a consumer at the ring, or behind the given consumers.</summary>
    /// <exception cref="InvalidOperationException">The first event has been published.</exception>
    public Consumer<THandler> AddConsumer<THandler>(
        string name, THandler handler, params ReadOnlySpan<Consumer> upstream)
        where THandler : IEventHandler => AddConsumer(name, handler, _wait, upstream);

    /// <inheritdoc cref="AddConsumer{THandler}(string, THandler, ReadOnlySpan{Consumer})"/>
    public Consumer<THandler> AddConsumer<THandler>(
        string name, THandler handler, WaitStrategy wait, params ReadOnlySpan<Consumer> upstream)
        where THandler : IEventHandler
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_sealed) throw new InvalidOperationException($"Consumer '{name}' is late: events have been published.");
        if (_consumers.Exists(other => other.Name == name))
        {
            throw new ArgumentException($"There is a consumer '{name}' already.", nameof(name));
        }

        List<Cursor> terminals = [.. _terminals];
        foreach (Consumer other in upstream)
        {
            if (other.Ring != this)
            {
                throw new ArgumentException($"Consumer '{other.Name}' reads another ring.", nameof(upstream));
            }

            terminals.Remove(other.Cursor);
        }

        Consumer<THandler> consumer = new(this, name, handler, wait, upstream);
        terminals.Add(consumer.Cursor);
        _terminals = [.. terminals];
        _consumers.Add(consumer);
        _parks |= wait.Kind == WaitKind.Park;
        return consumer;
    }

    /// <summary>Publishes a frame by the producer's policy. False: it was dropped.</summary>
    public bool Publish(ReadOnlySpan<MarketEvent> frame, WhenFull whenFull)
    {
        if (whenFull == WhenFull.Drop) return TryPublish(frame);
        Publish(frame);
        return true;
    }

    /// <summary>Publishes all events of the frame, or drops and counts all of them when there is no room.</summary>
    /// <exception cref="ArgumentException">The frame is longer than a quarter of the ring.</exception>
    public bool TryPublish(ReadOnlySpan<MarketEvent> frame)
    {
        EnsureFits(frame.Length);
        if (!TryClaim(frame.Length, out long first))
        {
            _droppedFrames.Add(1);
            _droppedEvents.Add(frame.Length);
            return false;
        }

        Write(first, frame);
        return true;
    }

    /// <summary>Publishes all events of the frame, waiting for room. Not for a thread that polls.</summary>
    /// <exception cref="ArgumentException">The frame is longer than a quarter of the ring.</exception>
    /// <exception cref="InvalidOperationException">
    /// There is no room and never will be: a consumer ended in a fault, or the ring was stopped.
    /// </exception>
    public void Publish(ReadOnlySpan<MarketEvent> frame)
    {
        EnsureFits(frame.Length);
        Write(ClaimWaiting(frame.Length), frame);
    }

    /// <summary>Lets every consumer handle what is published and then return from <see cref="Consumer.Run"/>.</summary>
    /// <remarks>Stop the producers first: an event published while consumers end may stay in the ring.</remarks>
    public void Stop()
    {
        Volatile.Write(ref _stopped, true);
        SignalProgress();
    }

    internal void SignalProgress()
    {
        if (_parks) Parking.Signal();
    }

    /// <summary>Claims only what has room now, so that a dropped frame leaves no hole.</summary>
    private bool TryClaim(int count, out long first)
    {
        if (_producers == ProducerKind.Single)
        {
            first = _claimed.Value;
            if (!HasRoom(first + count)) return false;
            _claimed.Publish(first + count);
            return true;
        }

        // The room is seen before the move and can only grow: if nobody else moved, it still holds. If somebody did, he
        // has published, so the loop ends after at most as many turns as others publish.
        do
        {
            first = _claimed.Value;
            if (!HasRoom(first + count)) return false;
        }
        while (!_claimed.TryMove(first, first + count));

        return true;
    }

    /// <summary>Claims, and waits until the claimed slots are free.</summary>
    /// <remarks>
    /// Several producers claim first and wait then, like people who draw a number: none is overtaken for ever,
    /// neither by other waiters nor by producers that drop. Given up, such a claim leaves a hole that consumers
    /// do not pass; it is given up only after a fault or a stop, when nothing later is promised to be handled.
    /// </remarks>
    private long ClaimWaiting(int count)
    {
        if (_producers == ProducerKind.Multi)
        {
            long end = _claimed.Add(count);
            if (!HasRoom(end)) WaitForRoom(end);
            return end - count;
        }

        long first = _claimed.Value;
        if (!HasRoom(first + count)) WaitForRoom(first + count);
        _claimed.Publish(first + count);
        return first;
    }

    private void Write(long first, ReadOnlySpan<MarketEvent> frame)
    {
        SlotMemory slots = Slots;
        for (int i = 0; i < frame.Length; i++) slots.Publish(first + i, in frame[i]);
        SignalProgress();
    }

    private bool HasRoom(long end) => end <= _limit.Value || end <= LookForRoom();

    /// <summary>Sequences below the result are free: their slots' former events were handled by all.</summary>
    private long LookForRoom()
    {
        if (!_sealed) Seal();
        long slowest = long.MaxValue;
        foreach (Cursor terminal in _terminals) slowest = Math.Min(slowest, terminal.Value);
        long limit = slowest + 1 + Capacity;
        _limit.Publish(limit);
        return limit;
    }

    private void WaitForRoom(long end)
    {
        int idleRounds = 0;
        while (end > LookForRoom())
        {
            ThrowIfHopeless();
            if (_wait.Pause(ref idleRounds)) continue;

            long ticket = Parking.Announce();
            if (end <= LookForRoom() || IsStopped || FindFaulted() is not null)
            {
                Parking.Withdraw();
            }
            else
            {
                Parking.Park(ticket);
            }
        }
    }

    private void ThrowIfHopeless()
    {
        if (FindFaulted() is { } faulted) Consumer.ThrowFaulted(faulted);
        if (IsStopped) throw new InvalidOperationException("The ring is full and was stopped.");
    }

    private Consumer? FindFaulted()
    {
        foreach (Consumer consumer in _consumers)
        {
            if (consumer.Fault is not null) return consumer;
        }

        return null;
    }

    private void Seal()
    {
        if (_consumers.Count == 0) throw new InvalidOperationException("A ring without a consumer takes no events.");
        Volatile.Write(ref _sealed, true);
    }

    private void EnsureFits(int count)
    {
        if (count > _frameEventsMax) ThrowTooLong(count);
    }

    [DoesNotReturn]
    private void ThrowTooLong(int count) => throw new ArgumentException(
        $"A frame of {count} events is longer than a quarter of the ring ({_frameEventsMax}).");
}
