using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using System.Threading;
using TradingBot.Simulation.Loopback;
using TradingBot.Trading.Orders;

namespace TradingBot.Tests.Loopback;

/// <summary>Every add_order that reached the venue, whatever became of it: ids in order of arrival.</summary>
internal sealed class ArrivedOrders
{
    private readonly Lock _gate = new();
    private readonly List<ClientOrderId> _ids = [];

    public ClientOrderId[] Ids
    {
        get
        {
            lock (_gate) return [.. _ids];
        }
    }

    /// <summary>Takes an arrival in; the id of the order when it is one.</summary>
    public ClientOrderId? Take(VenueArrival arrival)
    {
        if (arrival.Kind != VenueArrivalKind.Frame || !arrival.Frame.Span.StartsWith("{\"method\":\"add_order\""u8))
        {
            return null;
        }

        using JsonDocument json = JsonDocument.Parse(arrival.Frame);
        string text = json.RootElement.GetProperty("params").GetProperty("cl_ord_id").GetString()!;
        if (!ClientOrderId.TryParse(Encoding.ASCII.GetBytes(text), out ClientOrderId id)) return null;
        lock (_gate) _ids.Add(id);
        return id;
    }
}
