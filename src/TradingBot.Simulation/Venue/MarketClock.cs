using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>Which market steps next: the earliest, of equals the first listed.</summary>
/// <remarks>Markets move their own next step; an entry that is no longer true is set right when it comes up.</remarks>
internal sealed class MarketClock
{
    private readonly PerpetualMarket[] _markets;
    private readonly PriorityQueue<int, (long TimeUs, int Index)> _due;
    private readonly long[] _queuedUs;

    public MarketClock(PerpetualMarket[] markets)
    {
        _markets = markets;
        _due = new PriorityQueue<int, (long, int)>(markets.Length, Order.OfTimes);
        _queuedUs = new long[markets.Length];
        for (int i = 0; i < markets.Length; i++) Enqueue(i);
    }

    /// <summary>Market time of the next step, and whose it is.</summary>
    public long NextUs(out int index)
    {
        while (_due.TryPeek(out index, out (long TimeUs, int Index) key))
        {
            if (key.TimeUs == _markets[index].NextStepUs) return key.TimeUs;
            _due.Dequeue();
            // A second entry of the same market: the newer one stays.
            if (key.TimeUs == _queuedUs[index]) Enqueue(index);
        }

        index = -1;
        return long.MaxValue;
    }

    /// <summary>A market was woken earlier than it would have stepped.</summary>
    public void Touch(int index)
    {
        if (_markets[index].NextStepUs < _queuedUs[index]) Enqueue(index);
    }

    private void Enqueue(int index)
    {
        _queuedUs[index] = _markets[index].NextStepUs;
        _due.Enqueue(index, (_queuedUs[index], index));
    }

    /// <summary>By time, then by place: the comparer of tuples asks for one for each part at every step.</summary>
    private sealed class Order : IComparer<(long TimeUs, int Index)>
    {
        public static readonly Order OfTimes = new();

        public int Compare((long TimeUs, int Index) x, (long TimeUs, int Index) y) =>
            x.TimeUs != y.TimeUs ? x.TimeUs.CompareTo(y.TimeUs) : x.Index.CompareTo(y.Index);
    }
}
