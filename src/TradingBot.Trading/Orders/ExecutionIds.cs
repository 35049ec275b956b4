using System.Numerics;

namespace TradingBot.Trading.Orders;

/// <summary>Executions already counted: the last 8,192; the oldest is forgotten first.</summary>
/// <remarks>Open addressing at half load; removal shifts back, so a probe never meets a tombstone.</remarks>
internal sealed class ExecutionIds
{
    public const int Capacity = 8_192;
    private const int Buckets = Capacity * 2;

    private readonly ulong[] _high = new ulong[Capacity];
    private readonly ulong[] _low = new ulong[Capacity];
    private readonly int[] _buckets = new int[Buckets];
    private long _next;

    /// <summary>False when it is known already.</summary>
    public bool TryAdd(ulong high, ulong low)
    {
        if (Find(high, low, out _)) return false;
        int place = (int)(_next % Capacity);
        if (_next >= Capacity) Remove(place);
        _next++;
        _high[place] = high;
        _low[place] = low;
        Find(high, low, out int bucket);
        _buckets[bucket] = place + 1;
        return true;
    }

    private static int BucketOf(ulong high, ulong low) =>
        (int)((BitOperations.RotateLeft(high, 32) ^ low) * 0x9E3779B185EBCA87 >> 50);

    private bool Find(ulong high, ulong low, out int bucket)
    {
        bucket = BucketOf(high, low);
        while (_buckets[bucket] != 0)
        {
            int place = _buckets[bucket] - 1;
            if (_high[place] == high && _low[place] == low) return true;
            bucket = (bucket + 1) & (Buckets - 1);
        }

        return false;
    }

    private void Remove(int place)
    {
        Find(_high[place], _low[place], out int hole);
        int at = hole;
        while (true)
        {
            at = (at + 1) & (Buckets - 1);
            int other = _buckets[at] - 1;
            if (other < 0) break;
            int home = BucketOf(_high[other], _low[other]);
            // It may move into the hole unless its home lies behind the hole.
            if (((at - home) & (Buckets - 1)) < ((at - hole) & (Buckets - 1))) continue;
            _buckets[hole] = _buckets[at];
            hole = at;
        }

        _buckets[hole] = 0;
    }
}
