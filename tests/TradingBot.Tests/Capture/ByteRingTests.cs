using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>The ring between a feed and its recording: what goes in comes out, wherever it begins anew.</summary>
public sealed class ByteRingTests
{
    private const int Capacity = 1 << 20;

    [Fact]
    public void It_gives_what_a_queue_gives_and_refuses_what_has_no_room()
    {
        Random random = Seed.Random(31, "ring");
        ByteRing ring = new(Capacity);
        Queue<byte[]> queue = new();
        long waiting = 0;
        int refused = 0;
        for (int i = 0; i < 200_000; i++)
        {
            // In spells it is kept nearly empty, in others nearly full.
            bool fills = i / 5_000 % 2 == 0;
            if (random.Next(10) < (fills ? 8 : 3))
            {
                byte[] record = new byte[random.Next(1, 2_000)];
                random.NextBytes(record);
                int head = random.Next(record.Length);
                bool fits = waiting + record.Length <= Capacity;
                bool reserves = random.Next(2) == 0;
                Assert.Equal(fits, Append(ring, record.AsSpan(0, head), record.AsSpan(head), reserves));
                if (!fits) refused++;
                if (!fits) continue;
                queue.Enqueue(record);
                waiting += record.Length;
            }
            else if (queue.TryDequeue(out byte[]? expected))
            {
                byte[] taken = new byte[expected.Length];
                Assert.True(ring.TryPeek(taken));
                Assert.Equal(expected, taken);
                Array.Clear(taken);
                ring.Take(taken);
                Assert.Equal(expected, taken);
                waiting -= expected.Length;
            }
            else
            {
                Assert.False(ring.TryPeek(new byte[1]));
            }

            Assert.Equal(waiting, ring.Waiting);
        }

        Assert.True(refused > 1_000, $"{refused} refused");
    }

    [Fact]
    public void Two_threads_pass_a_million_records_in_order_through_every_restart()
    {
        const int Records = 1_000_000;
        ByteRing ring = new(Capacity);
        long faults = 0;
        Thread consumer = new(() =>
        {
            Span<byte> record = stackalloc byte[300];
            SpinWait pause = default;
            for (int i = 0; i < Records; i++)
            {
                int length = LengthOf(i);
                while (!ring.TryPeek(record[..4])) pause.SpinOnce();
                if (BitConverter.ToInt32(record) != i) faults++;
                ring.Take(record[..length]);
                if (BitConverter.ToInt32(record) != i || record[length - 1] != (byte)i) faults++;
            }
        });
        consumer.Start();
        byte[] made = new byte[300];
        SpinWait wait = default;
        for (int i = 0; i < Records; i++)
        {
            int length = LengthOf(i);
            BitConverter.TryWriteBytes(made, i);
            made[length - 1] = (byte)i;
            bool reserves = i % 3 != 0;
            while (!Append(ring, made.AsSpan(0, 40), made.AsSpan(40, length - 40), reserves)) wait.SpinOnce();
        }

        consumer.Join();
        Assert.Equal((0L, 0L), (faults, ring.Waiting));
    }

    /// <summary>Written into the ring's own room where there is some in one piece, else copied in two.</summary>
    private static bool Append(ByteRing ring, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest, bool reserves)
    {
        int length = head.Length + rest.Length;
        if (!reserves || !ring.TryReserve(length, out Span<byte> room)) return ring.TryAppend(head, rest);
        head.CopyTo(room);
        rest.CopyTo(room[head.Length..]);
        ring.Commit(length);
        return true;
    }

    private static int LengthOf(int record) => 60 + (record * 37 % 240);
}
