using System.Runtime.InteropServices;
using System.Threading;

namespace TradingBot.Market.Ring;

/// <summary>A word alone in its neighbourhood: no other word lies within 128 bytes on either side.</summary>
/// <remarks>
/// 128 and not 64, because x64 prefetches lines in pairs and some ARM cores have lines of 128 bytes. An object starts
/// on any multiple of 8, so distance, not alignment, is what keeps other writers away.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 2 * SpacingBytes)]
internal struct PaddedLong
{
    public const int SpacingBytes = 128;

    [FieldOffset(SpacingBytes)] public long Value;
}

/// <summary>A count or sequence that one side advances and others watch.</summary>
public sealed class Cursor
{
    private PaddedLong _padded;

    public Cursor(long start) => _padded.Value = start;

    /// <summary>Acquire: whatever was written before the value was published is visible.</summary>
    public long Value => Volatile.Read(ref _padded.Value);

    /// <summary>Release: publishes everything written before.</summary>
    public void Publish(long value) => Volatile.Write(ref _padded.Value, value);

    /// <summary>Adds for one of several writers; returns the new value. A full fence.</summary>
    public long Add(long count) => Interlocked.Add(ref _padded.Value, count);

    /// <summary>Moves from one known value to the next unless another writer was first. A full fence.</summary>
    public bool TryMove(long from, long to) => Interlocked.CompareExchange(ref _padded.Value, to, from) == from;
}
