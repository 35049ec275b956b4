// In:     the take-profits planned with an entry.   Out: which of them were placed, and how much of each is filled.
// Thread: the engine's.
// Keeps:  a target is placed once for a position; shares are equal unless they are given.
using System;
using TradingBot.Trading.Orders;

namespace TradingBot.Trading.Positions;

/// <summary>Where profits are to be taken, in the order they were given; prices at the ledger's scale.</summary>
internal sealed class TargetPlan
{
    /// <summary>Most targets of one entry: a share of a small position is soon below the venue's step.</summary>
    public const int Max = ProtectionOptions.TargetsMax;

    private readonly Int128[] _prices = new Int128[Max];
    private readonly Int128[] _filled = new Int128[Max];
    private readonly ClientOrderId[] _orders = new ClientOrderId[Max];
    private readonly int[] _shares = new int[Max];
    private readonly Int128[] _filledBefore = new Int128[Max];
    private readonly bool[] _withdrawn = new bool[Max];

    public int Count { get; private set; }

    /// <summary>The first target is taken.</summary>
    public bool FirstTaken { get; set; }

    /// <summary>What is left runs on: the first target is taken, or there is none.</summary>
    public bool IsRunning => FirstTaken || Count == 0;

    /// <summary>One target takes all.</summary>
    public bool IsSingle => Count == 1 && (_shares[0] is 0 or 100);

    public Int128 PriceOf(int index) => _prices[index];

    /// <summary>The order placed for it; none before.</summary>
    public ClientOrderId OrderOf(int index) => _orders[index];

    public Int128 FilledOf(int index) => _filled[index];

    public void Clear()
    {
        Count = 0;
        FirstTaken = false;
    }

    /// <summary>
    /// Divides a position among the targets: each share on the step, and together never more than it. A share below the
    /// venue's minimum goes to the target before it, the first one's to the next.
    /// </summary>
    public void Divide(Int128 whole, Int128 lot, Int128 minimum, Span<Int128> shares)
    {
        Int128 below = 0;
        int parts = 0;
        for (int i = 0; i < Count; i++)
        {
            parts += _shares[i] == 0 ? 1 : _shares[i];
            int of = _shares[i] == 0 ? Count : 100;
            Int128 upTo = parts == of ? whole : whole * parts / of / lot * lot;
            shares[i] = upTo - below;
            below = upTo;
        }

        for (int i = Count - 1; i > 0; i--)
        {
            if (shares[i] == 0 || shares[i] >= minimum) continue;
            shares[i - 1] += shares[i];
            shares[i] = 0;
        }

        int next = 1;
        while (next < Count && shares[next] == 0) next++;
        if (shares[0] >= minimum || next >= Count) return;
        shares[next] += shares[0];
        shares[0] = 0;
    }

    /// <summary>False when there is no room.</summary>
    /// <param name="price">Where.</param>
    /// <param name="sharePercent">Of the position; 0 = an equal share, as all others.</param>
    public bool TryAdd(Int128 price, int sharePercent = 0)
    {
        if (Count == Max) return false;
        _prices[Count] = price;
        _shares[Count] = sharePercent;
        Unplace(Count);
        Count++;
        return true;
    }

    public void CopyFrom(TargetPlan other)
    {
        Clear();
        for (int i = 0; i < other.Count; i++) TryAdd(other._prices[i], other._shares[i]);
    }

    /// <summary>The position is gone: another that comes of the same entry has the same targets, unplaced.</summary>
    public void Restart()
    {
        FirstTaken = false;
        for (int i = 0; i < Count; i++)
        {
            Unplace(i);
        }
    }

    /// <summary>Its order is taken back, because another target has its share now.</summary>
    public void Withdraw(int index) => _withdrawn[index] = true;

    public bool IsWithdrawn(int index) => _withdrawn[index];

    /// <summary>The order that was taken back is over: should the share come back, another is placed.</summary>
    public void Free(int index)
    {
        _withdrawn[index] = false;
        _orders[index] = default;
        _filledBefore[index] = _filled[index];
    }

    public void Placed(int index, ClientOrderId order) => _orders[index] = order;

    /// <summary>What its present order has filled.</summary>
    public void Filled(int index, Int128 quantity) => _filled[index] = _filledBefore[index] + quantity;

    private void Unplace(int index)
    {
        _orders[index] = default;
        _filled[index] = 0;
        _filledBefore[index] = 0;
        _withdrawn[index] = false;
    }
}
