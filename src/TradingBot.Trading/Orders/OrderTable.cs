namespace TradingBot.Trading.Orders;

/// <summary>The orders of one instrument: live ones, and ended ones until their place is needed.</summary>
internal sealed class OrderTable
{
    /// <summary>
    /// One entry, eight take-profits, four stops and four exits of unknown outcome, as many that replace them, foreign
    /// stops.
    /// </summary>
    public const int Capacity = 32;

    private readonly TrackedOrder[] _orders = new TrackedOrder[Capacity];

    public ref TrackedOrder this[int index] => ref _orders[index];

    /// <summary>-1 when it is not here.</summary>
    public int IndexOf(ClientOrderId id, ulong venueHigh, ulong venueLow)
    {
        bool byVenue = id.IsNone;
        if (byVenue && venueHigh == 0 && venueLow == 0) return -1;
        for (int i = 0; i < Capacity; i++)
        {
            ref readonly TrackedOrder order = ref _orders[i];
            if (order.Phase == OrderPhase.None) continue;
            bool same = byVenue ? order.VenueHigh == venueHigh && order.VenueLow == venueLow : order.Id == id;
            if (same) return i;
        }

        return -1;
    }

    /// <summary>A cleared place: a free one, else that of the order which ended first; -1 when all live.</summary>
    public int Claim()
    {
        int found = -1;
        for (int i = 0; i < Capacity; i++)
        {
            ref readonly TrackedOrder order = ref _orders[i];
            if (order.Phase == OrderPhase.None)
            {
                found = i;
                break;
            }

            bool ended = order.Phase == OrderPhase.Closed && order.InFlight == CommandKind.None;
            if (ended && (found < 0 || order.ClosedNs < _orders[found].ClosedNs)) found = i;
        }

        if (found >= 0) _orders[found] = default;
        return found;
    }

    public int LiveCount(OrderRole role)
    {
        int count = 0;
        for (int i = 0; i < Capacity; i++)
        {
            if (_orders[i].IsLive && _orders[i].Role == role) count++;
        }

        return count;
    }

    public int CountIn(OrderRole role, OrderPhase phase)
    {
        int count = 0;
        for (int i = 0; i < Capacity; i++)
        {
            if (_orders[i].Phase == phase && _orders[i].Role == role) count++;
        }

        return count;
    }

    /// <summary>Any of ours that may still act.</summary>
    public bool AnyLive(bool foreign = false)
    {
        for (int i = 0; i < Capacity; i++)
        {
            if (_orders[i].IsLive && (foreign || !_orders[i].IsForeign)) return true;
        }

        return false;
    }

    public bool AnyUnknown()
    {
        for (int i = 0; i < Capacity; i++)
        {
            if (_orders[i].Phase == OrderPhase.Unknown) return true;
        }

        return false;
    }

    /// <summary>The venue says more of an order is filled than we have fills of.</summary>
    public bool MissesFills()
    {
        for (int i = 0; i < Capacity; i++)
        {
            if (_orders[i].Phase != OrderPhase.None && _orders[i].Cumulative > _orders[i].Filled) return true;
        }

        return false;
    }
}
