using System;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Wire;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>One socket of the worker: open, lost, and opened again after a pause.</summary>
internal sealed class CircleSocket(IWire wire, WireEndpoint endpoint, long reconnectNs)
{
    private const int Closed = -1;

    /// <summary>Subscriptions, on public sockets.</summary>
    public PublicFeed? Feed { get; init; }

    /// <summary>The parser of its dialect, on public sockets.</summary>
    public FrameParser? Parser { get; init; }

    public int Connection { get; private set; } = Closed;

    /// <summary>When it is to be opened; never while it is open or opening.</summary>
    public long OpenDueNs { get; private set; }

    public void OpenWhenDue(long nowNs)
    {
        if (Connection != Closed || OpenDueNs > nowNs) return;
        Connection = wire.Open(endpoint);
        OpenDueNs = long.MaxValue;
    }

    public void Lost(long nowNs)
    {
        Connection = Closed;
        OpenDueNs = nowNs + reconnectNs;
    }

    public void Abandon()
    {
        if (Connection != Closed) wire.Close(Connection);
        Connection = Closed;
        OpenDueNs = long.MaxValue;
    }

    /// <summary>Sends what the feed wants to say.</summary>
    public void Flush()
    {
        while (Connection != Closed && Feed!.TryTakeFrame(out byte[] frame)) wire.Send(Connection, frame);
    }

    /// <summary>Sends what the order lane wants to say.</summary>
    public void Flush(UnifiedOrderLane lane)
    {
        while (Connection != Closed && lane.TryTakeFrame(out ReadOnlySpan<byte> frame)) wire.Send(Connection, frame);
    }
}
