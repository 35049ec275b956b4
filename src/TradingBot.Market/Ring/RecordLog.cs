using System;

namespace TradingBot.Market.Ring;

/// <summary>
/// A preallocated circular log: one writer numbers records 0, 1, 2 …; readers look them up by number.
/// </summary>
/// <remarks>
/// Ordering between threads is not the log's business: a reader learns a number through a per-sequence record behind a
/// ring barrier, which publishes the entry as well. The capacity bounds how far a reader may lag: an entry is
/// overwritten after <see cref="Capacity"/> further ones.
/// </remarks>
public sealed class RecordLog<T>
    where T : struct
{
    private readonly T[] _entries;
    private readonly int _mask;
    private long _next;

    public RecordLog(int capacity)
    {
        if (!System.Numerics.BitOperations.IsPow2(capacity))
        {
            throw new ArgumentException("The capacity must be a power of two.", nameof(capacity));
        }

        _entries = new T[capacity];
        _mask = capacity - 1;
    }

    public int Capacity => _entries.Length;

    /// <summary>Number the next entry will get; also the count of entries ever written.</summary>
    public long Next => _next;

    /// <summary>
    /// Writes to every page of an empty log, so that the first entries do not wait for the system; else does nothing.
    /// </summary>
    public void Touch()
    {
        if (_next == 0) Array.Clear(_entries);
    }

    public ref T Append()
    {
        ref T entry = ref _entries[(int)_next & _mask];
        _next++;
        return ref entry;
    }

    public ref readonly T this[long number] => ref _entries[(int)number & _mask];
}
