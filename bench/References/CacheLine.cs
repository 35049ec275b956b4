using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;

namespace References;

/// <summary>A number thrown between two threads over two cache lines: the limit of any hand-off.</summary>
public static class CacheLine
{
    /// <summary>Round trips in ticks of <see cref="Stopwatch"/>, one entry each; the thrower is the caller's
    /// thread.</summary>
    public static void PingPong(Span<long> roundTrips)
    {
        Lines lines = default;
        Box box = new() { Lines = lines };
        int count = roundTrips.Length;
        Thread other = new(() => Answer(box, count)) { IsBackground = true };
        other.Start();
        long before = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            Volatile.Write(ref box.Lines.Ping, i + 1);
            while (Volatile.Read(ref box.Lines.Pong) != i + 1)
            {
            }

            long now = Stopwatch.GetTimestamp();
            roundTrips[i] = now - before;
            before = now;
        }

        other.Join();
    }

    private static void Answer(Box box, int count)
    {
        for (int i = 0; i < count; i++)
        {
            while (Volatile.Read(ref box.Lines.Ping) != i + 1)
            {
            }

            Volatile.Write(ref box.Lines.Pong, i + 1);
        }
    }

    private sealed class Box
    {
        public Lines Lines;
    }

    /// <summary>128 bytes apart: lines are fetched in couples.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Lines
    {
        [FieldOffset(128)] public long Ping;
        [FieldOffset(384)] public long Pong;
    }
}
