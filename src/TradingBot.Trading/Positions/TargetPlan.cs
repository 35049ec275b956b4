// In:     the take-profits planned with an entry.   Out: which of them were placed, and how much of each is filled.
// Thread: the engine's.
// Keeps:  a target is placed once for a position; equal shares.
using System;
using TradingBot.Trading.Orders;

namespace TradingBot.Trading.Positions;

/// <summary>Where profits are to be taken, in the order they were given; prices at the ledger's scale.</summary>
internal sealed class TargetPlan
{
    /// <summary>Most targets of one entry: a share of a small position is soon below the venue's step.</summary>
    public const int Max = 8;

    private readonly Int128[] _prices = new Int128[Max];
    private readonly Int128[] _filled = new Int128[Max];
    private readonly ClientOrderId[] _orders = new ClientOrderId[Max];

    public int Count { get; private set; }

    public Int128 PriceOf(int index) => _prices[index];

    /// <summary>The order placed for it; none before.</summary>
    public ClientOrderId OrderOf(int index) => _orders[index];

    public Int128 FilledOf(int index) => _filled[index];

    public void Clear() => Count = 0;

    /// <summary>False when there is no room.</summary>
    public bool TryAdd(Int128 price)
    {
        if (Count == Max) return false;
        _prices[Count] = price;
        _orders[Count] = default;
        _filled[Count] = 0;
        Count++;
        return true;
    }

    public void CopyFrom(TargetPlan other)
    {
        Clear();
        for (int i = 0; i < other.Count; i++) TryAdd(other._prices[i]);
    }

    /// <summary>The position is gone: another that comes of the same entry has the same targets, unplaced.</summary>
    public void Restart()
    {
        for (int i = 0; i < Count; i++)
        {
            _orders[i] = default;
            _filled[i] = 0;
        }
    }

    public void Placed(int index, ClientOrderId order) => _orders[index] = order;

    public void Filled(int index, Int128 quantity) => _filled[index] = quantity;
}
