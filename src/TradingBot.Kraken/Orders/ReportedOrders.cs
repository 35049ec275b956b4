using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>
/// What is known of one order, gathered from our command and from reports that leave out what did not change.
/// </summary>
internal sealed class ReportedOrder
{
    public VenueKey Key { get; set; }

    public ClientOrderId Id { get; set; }

    /// <summary>-1 until it is known.</summary>
    public int InstrumentId { get; set; } = -1;

    public OrderType Type { get; set; }

    public Side Side { get; set; }

    public Amount Quantity { get; set; }

    public Amount Cumulative { get; set; }

    public Amount LimitPrice { get; set; }

    public Amount TriggerPrice { get; set; }

    public bool ReduceOnly { get; set; }

    public bool IsClosed { get; set; }
}

/// <summary>Orders by the venue's id and by ours. When it is full the order closed longest ago makes room.</summary>
internal sealed class ReportedOrders
{
    /// <summary>Live orders of an account are limited to a few hundred; the rest is memory of closed ones.</summary>
    public const int OrdersMax = 4_096;

    private readonly Dictionary<VenueKey, ReportedOrder> _byKey = [];
    private readonly Dictionary<ClientOrderId, ReportedOrder> _byId = [];
    private readonly HashSet<ReportedOrder> _kept = [];
    private readonly Queue<ReportedOrder> _closed = new();

    public int Count => _kept.Count;

    public ReportedOrder? Find(VenueKey key, ClientOrderId id)
    {
        if (!key.IsNone && _byKey.TryGetValue(key, out ReportedOrder? state)) return state;
        if (id.IsNone || !_byId.TryGetValue(id, out state)) return null;
        // An edit may give the order a new id at the venue; the report of the new one is complete.
        return key.IsNone || state.Key.IsNone || state.Key == key ? state : null;
    }

    public bool IsKnown(ClientOrderId id) => _byId.ContainsKey(id);

    public bool Holds(ReportedOrder state) => _kept.Contains(state);

    /// <summary>Keeps the order under the names it has by now; false when there is no room.</summary>
    public bool TryKeep(ReportedOrder state)
    {
        if (!_kept.Contains(state) && !TryMakeRoom()) return false;
        _kept.Add(state);
        if (!state.Key.IsNone) _byKey[state.Key] = state;
        if (!state.Id.IsNone) _byId[state.Id] = state;
        return true;
    }

    /// <summary>
    /// A command of ours: reports of its order may come before its answer and need not name its instrument.
    /// </summary>
    public bool TryPlace(in OrderCommand command) => TryKeep(new ReportedOrder
    {
        Id = command.Id,
        InstrumentId = command.InstrumentId,
        Type = command.Type,
        Side = command.Side,
        Quantity = new Amount(command.Quantity, command.QuantityDecimals),
        LimitPrice = new Amount(command.LimitPrice, command.PriceDecimals),
        TriggerPrice = new Amount(command.TriggerPrice, command.PriceDecimals),
        ReduceOnly = command.ReduceOnly,
    });

    /// <summary>The report of an amendment may leave out what our command said.</summary>
    public void Amend(in OrderCommand command)
    {
        if (Find(default, command.Id) is not ReportedOrder state) return;
        if (command.Quantity > 0) state.Quantity = new Amount(command.Quantity, command.QuantityDecimals);
        if (command.LimitPrice > 0) state.LimitPrice = new Amount(command.LimitPrice, command.PriceDecimals);
        if (command.TriggerPrice > 0) state.TriggerPrice = new Amount(command.TriggerPrice, command.PriceDecimals);
    }

    /// <summary>From now on reports that name only the venue's id find the order.</summary>
    public bool TryBind(VenueKey key, ClientOrderId id)
    {
        if (Find(key, id) is not ReportedOrder state) return true;
        state.Key = key;
        return TryKeep(state);
    }

    /// <summary>
    /// The order is no more: it may be forgotten when room is needed, and answers repeats until then.
    /// </summary>
    public void Close(ReportedOrder state)
    {
        if (state.IsClosed) return;
        state.IsClosed = true;
        if (_kept.Contains(state)) _closed.Enqueue(state);
    }

    /// <summary>Forgets an order the venue refused; one it has named exists and stays.</summary>
    public void Forget(ClientOrderId id)
    {
        if (_byId.TryGetValue(id, out ReportedOrder? state) && state.Key.IsNone) Remove(state);
    }

    private bool TryMakeRoom()
    {
        if (_kept.Count < OrdersMax) return true;
        if (!_closed.TryDequeue(out ReportedOrder? oldest)) return false;
        Remove(oldest);
        return true;
    }

    private void Remove(ReportedOrder state)
    {
        _kept.Remove(state);
        if (!state.Key.IsNone) _byKey.Remove(state.Key);
        if (!state.Id.IsNone && _byId.GetValueOrDefault(state.Id) == state) _byId.Remove(state.Id);
    }
}
