using System;
using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>A request under way, and what befalls its socket when it arrives.</summary>
internal sealed record RequestUnderWay(VenueConnection From, VenueRequest? Request, bool Closes, bool IsLost);

/// <summary>Requests on their way to the venue, each with a latency of its own.</summary>
/// <param name="post">Draws the latencies.</param>
/// <param name="ordersOvertake">Orders overtake each other, too.</param>
internal sealed class VenueInbox(Postbox post, bool ordersOvertake = false)
{
    private readonly PriorityQueue<RequestUnderWay, (long TimeNs, long Serial)> _arrivals = new();
    private long _serial;

    /// <summary>When the next request arrives; never without one.</summary>
    public long NextDueNs =>
        _arrivals.TryPeek(out _, out (long TimeNs, long Serial) key) ? key.TimeNs : long.MaxValue;

    /// <summary>A request leaves its client now.</summary>
    public void Add(RequestUnderWay arrival, long nowNs)
    {
        long arrivalNs = nowNs + post.DrawLatencyNs();
        // The venue does not promise the order of amendments and cancels that are under way together.
        bool mayOvertake = arrival.Request?.Method is "amend_order" or "cancel_order"
            || (ordersOvertake && arrival.Request?.Method == "add_order");
        if (!mayOvertake)
        {
            arrivalNs = Math.Max(arrivalNs, arrival.From.LastArrivalNs);
            arrival.From.LastArrivalNs = arrivalNs;
        }

        _arrivals.Enqueue(arrival, (arrivalNs, _serial++));
    }

    public RequestUnderWay Take() => _arrivals.Dequeue();
}
