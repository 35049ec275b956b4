using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using Xunit;

namespace TradingBot.Tests.Ring;

/// <summary>Keeps every event it is told of.</summary>
internal sealed class Collector : IEventHandler
{
    public List<MarketEvent> Events { get; } = [];

    public void OnEvent(ref readonly MarketEvent e, long sequence)
    {
        if (sequence != Events.Count || e.Stamp != sequence)
        {
            throw new InvalidOperationException($"Sequence {sequence}, stamp {e.Stamp} as event {Events.Count}.");
        }

        Events.Add(e);
    }
}

/// <summary>Throws at one sequence.</summary>
internal sealed class Bomb(long sequenceAt) : IEventHandler
{
    public void OnEvent(ref readonly MarketEvent e, long sequence)
    {
        if (sequence == sequenceAt) throw new FormatException("boom");
    }
}

/// <summary>Events whose every field follows from one number, so that a torn one cannot look whole.</summary>
internal static class Derived
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    public static MarketEvent Event(int producer, long number)
    {
        long salt = (long)(((ulong)number + 1) * Golden) ^ producer;
        return new MarketEvent
        {
            Stamp = number,
            ReceiveTimeNs = salt,
            ExchangeTimeNs = salt + 1,
            Price = salt + 2,
            Quantity = salt + 3,
            Number = number,
            InstrumentId = producer,
            Kind = EventKind.Trade,
            Flags = (EventFlags)salt,
            PriceDecimals = (byte)(salt >> 8),
            QuantityDecimals = (byte)(salt >> 16),
            Detail = (int)salt,
        };
    }

    public static bool IsWhole(ref readonly MarketEvent e)
    {
        long salt = (long)(((ulong)e.Number + 1) * Golden) ^ e.InstrumentId;
        return e.ReceiveTimeNs == salt && e.ExchangeTimeNs == salt + 1 && e.Price == salt + 2 && e.Quantity == salt + 3
            && e.Kind == EventKind.Trade && e.Flags == (EventFlags)salt && e.PriceDecimals == (byte)(salt >> 8)
            && e.QuantityDecimals == (byte)(salt >> 16) && e.Detail == (int)salt;
    }

    public static MarketEvent[] Frame(int producer, long first, int count)
    {
        MarketEvent[] frame = new MarketEvent[count];
        Fill(frame, producer, first);
        return frame;
    }

    public static void Fill(Span<MarketEvent> frame, int producer, long first)
    {
        for (int i = 0; i < frame.Length; i++) frame[i] = Event(producer, first + i);
    }
}

/// <summary>Waits for a word without going far, so that two threads act at nearly the same moment.</summary>
internal static class Spin
{
    private const int HangAfterMs = 20_000;

    public static void Until(Cursor cursor, long value)
    {
        for (int turn = 0; turn < 10_000; turn++)
        {
            if (cursor.Value == value) return;
        }

        long since = Environment.TickCount64;
        while (cursor.Value != value)
        {
            Assert.True(Environment.TickCount64 - since < HangAfterMs, $"{value} does not come after {cursor.Value}.");
            Thread.Yield();
        }
    }
}

/// <summary>Threads of one test: started together, joined with a bound, their exceptions rethrown.</summary>
internal sealed class Crew
{
    private static readonly TimeSpan HangAfter = TimeSpan.FromSeconds(60);

    private readonly List<Thread> _threads = [];
    private readonly List<Exception> _faults = [];

    public Crew Start(string name, Action work)
    {
        Thread thread = new(() => Guard(work)) { Name = name, IsBackground = true };
        _threads.Add(thread);
        thread.Start();
        return this;
    }

    public void Join()
    {
        foreach (Thread thread in _threads) Assert.True(thread.Join(HangAfter), $"Thread '{thread.Name}' hangs.");
        _threads.Clear();
        lock (_faults)
        {
            if (_faults.Count > 0) throw new AggregateException(_faults);
        }
    }

    private void Guard(Action work)
    {
#pragma warning disable CA1031 // The mouth of a test thread: everything is rethrown by Join.
        try
        {
            work();
        }
        catch (Exception fault)
        {
            lock (_faults) _faults.Add(fault);
        }
#pragma warning restore CA1031
    }
}
