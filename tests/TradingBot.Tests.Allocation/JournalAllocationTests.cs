using System;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Allocation;

/// <summary>Recording a running worker costs its thread no allocation (I8).</summary>
public sealed class JournalAllocationTests
{
    private const int Repeats = 10_000;

    [Fact]
    public void Recording_steps_and_messages_allocates_nothing_on_the_workers_thread_I8()
    {
        using MemoryLogFile file = new();
        using InputJournal journal = InputJournal.Begin(file, new InputJournalHeader { StartNs = 1 });
        RecordingWire wire = new(new Chatter(), journal);
        int connection = wire.Open(WireEndpoint.UnifiedPrivate);
        byte[] order = "{\"method\":\"add_order\",\"params\":{\"token\":\"abcdef\",\"side\":\"buy\"}}"u8.ToArray();
        long step = 0;
        long told = 0;
        AllocatedBytes bytes = AllocationProbe.Measure(
            () =>
            {
                step++;
                // Far more blocks than a feed makes: one for every step.
                journal.Step(step * 250_000_000, step, step % 16 == 0 ? (ulong)step : 0);
                while (wire.TryReceive(0, out WireEvent e)) told += e.Bytes.Length;
                wire.Send(connection, order);
                journal.LogWrite(step, order, done: true);
                journal.LogSync(done: true);
            },
            Repeats);
        Assert.True(told > 0 && journal.Records > 6 * Repeats, $"{journal.Records} records");
        Assert.Equal((JournalFault.None, 0L), (journal.Fault, journal.RecordsLost));
        Assert.Equal(0, bytes.Thread);
    }

    /// <summary>A wire that tells two messages a step.</summary>
    private sealed class Chatter : IWire
    {
        private readonly byte[] _frame = "{\"channel\":\"executions\",\"type\":\"update\",\"data\":[]}"u8.ToArray();
        private int _turn;

        public long NextDueNs => 0;

        public long ClockNs => 0;

        public int Open(WireEndpoint endpoint) => 3;

        public void Close(int connection)
        {
        }

        public bool Send(int connection, ReadOnlySpan<byte> frame) => true;

        public int Request(WireRequest request) => 0;

        public bool TryReceive(long nowNs, out WireEvent wireEvent)
        {
            wireEvent = new WireEvent(WireEventKind.Frame, 3, _frame);
            return _turn++ % 3 < 2;
        }
    }
}
