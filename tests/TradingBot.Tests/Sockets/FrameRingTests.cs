using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Kraken.Feed;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Sockets;

/// <summary>The ring of messages against a queue.</summary>
public sealed class FrameRingTests
{
    [Fact]
    public void It_gives_what_a_queue_gives_and_is_full_when_its_bytes_are()
    {
        Random random = Seed.Random(51, "frame ring");
        FrameRing ring = new(4_096);
        Queue<(WireEventKind Kind, int Status, byte[] Bytes)> queue = new();
        int full = 0;
        for (int step = 0; step < 200_000; step++)
        {
            if (random.Next(2) == 0)
            {
                byte[] bytes = new byte[random.Next(5) == 0 ? random.Next(2_040) : random.Next(200)];
                random.NextBytes(bytes);
                WireEventKind kind = (WireEventKind)random.Next(1, 4);
                int status = random.Next(ushort.MaxValue + 1);
                bool taken = ring.TryWrite(kind, status, bytes);
                if (!taken && queue.Count == 0)
                {
                    // The record read last still holds its room, until the next read.
                    Assert.False(ring.TryRead(out _, out _, out _));
                    taken = ring.TryWrite(kind, status, bytes);
                    Assert.True(taken, "an empty ring takes any record of its half");
                }

                if (taken) queue.Enqueue((kind, status, bytes));
                else full++;
            }
            else
            {
                bool any = ring.TryRead(out WireEventKind kind, out int status, out ReadOnlySpan<byte> bytes);
                Assert.Equal(queue.Count > 0, any);
                if (!any) continue;
                (WireEventKind Kind, int Status, byte[] Bytes) expected = queue.Dequeue();
                Assert.Equal((expected.Kind, expected.Status), (kind, status));
                Assert.True(bytes.SequenceEqual(expected.Bytes));
            }
        }

        Assert.True(full > 1_000, $"full {full} times");
    }

    [Fact]
    public void What_was_read_stays_until_the_next_read_however_much_is_written()
    {
        FrameRing ring = new(256);
        Assert.True(ring.TryWrite(WireEventKind.Frame, 0, "first"u8));
        Assert.True(ring.TryRead(out _, out _, out ReadOnlySpan<byte> bytes));
        while (ring.TryWrite(WireEventKind.Frame, 0, "another one"u8))
        {
        }

        Assert.True(bytes.SequenceEqual("first"u8));
    }

    [Fact]
    public void A_message_of_the_greatest_length_passes_and_a_longer_one_never_does()
    {
        FrameRing ring = new();
        byte[] longest = new byte[FrameRing.MessageBytesMax];
        for (int i = 0; i < 5; i++)
        {
            Assert.True(ring.TryWrite(WireEventKind.Frame, 0, longest));
            Assert.True(ring.TryRead(out _, out _, out ReadOnlySpan<byte> bytes));
            Assert.Equal(longest.Length, bytes.Length);
            Assert.True(ring.TryWrite(WireEventKind.Frame, 0, "x"u8));
            Assert.True(ring.TryRead(out _, out _, out _));
        }

        Assert.False(ring.TryRead(out _, out _, out _));
    }

    [Fact]
    public void Two_threads_pass_a_million_messages_in_order()
    {
        const int Count = 1_000_000;
        FrameRing ring = new(1 << 16);
        Thread writer = new(() =>
        {
            byte[] bytes = new byte[64];
            SpinWait spin = default;
            for (int i = 0; i < Count; i++)
            {
                int length = 4 + (i % 60);
                BitConverter.TryWriteBytes(bytes, i);
                bytes.AsSpan(4).Fill((byte)i);
                while (!ring.TryWrite(WireEventKind.Frame, i & 0x7FFF, bytes.AsSpan(0, length))) spin.SpinOnce();
            }
        });
        writer.Start();
        SpinWait patience = default;
        for (int i = 0; i < Count;)
        {
            if (!ring.TryRead(out _, out int status, out ReadOnlySpan<byte> bytes))
            {
                patience.SpinOnce();
                continue;
            }

            bool right = status == (i & 0x7FFF) && bytes.Length == 4 + (i % 60) && BitConverter.ToInt32(bytes) == i
                && !bytes[4..].ContainsAnyExcept((byte)i);
            Assert.True(right, $"message {i} is not what was written");
            i++;
        }

        writer.Join();
        Assert.False(ring.TryRead(out _, out _, out _));
        Assert.Equal(0, ring.Waiting);
    }
}
