using System;
using System.Threading;

namespace TradingBot.Storage.Database;

/// <summary>Rows on their way from one thread to one other, which may be away for a while.</summary>
/// <remarks>Nobody waits: a full queue drops the newest row and counts it.</remarks>
public sealed class RowQueue<T>
    where T : struct
{
    private readonly T[] _rows;
    private long _head;
    private long _tail;
    private long _lost;

    /// <param name="room">Rows that may wait.</param>
    public RowQueue(int room)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(room);
        _rows = new T[room];
    }

    /// <summary>Rows that found no room.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Rows that wait.</summary>
    public int Count => (int)(Volatile.Read(ref _head) - Volatile.Read(ref _tail));

    /// <summary>The writer's: adds a row, or drops it.</summary>
    public void Add(in T row)
    {
        if (_head - Volatile.Read(ref _tail) == _rows.Length)
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        _rows[_head % _rows.Length] = row;
        Volatile.Write(ref _head, _head + 1);
    }

    /// <summary>The reader's: one of the rows that wait, the oldest at 0.</summary>
    public ref readonly T At(int index) => ref _rows[(_tail + index) % _rows.Length];

    /// <summary>The reader's: the oldest rows are done with.</summary>
    public void Remove(int count) => Volatile.Write(ref _tail, _tail + count);
}
