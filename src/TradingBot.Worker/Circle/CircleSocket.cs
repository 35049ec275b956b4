// In:     what the wire tells of one socket, and time.   Out: opens, closes, pings and the frames of its feed or lane.
// Thread: the worker's.
// Keeps:  what is lost is lost once, with a reason; nothing is sent on a socket that is not open.
// Budget: none of its own.
using System;
using System.Text;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>One socket of the worker: the watch decides, the wire does.</summary>
internal sealed class CircleSocket(IWire wire, WireEndpoint endpoint, SocketWatch watch)
{
    private const int Closed = -1;

    /// <summary>When a ping left that the next pong answers, Unix ns; 0 = there is none.</summary>
    private long _pingNs;
    private int _pings;

    public WireEndpoint Endpoint => endpoint;

    public SocketWatch Watch => watch;

    /// <summary>Subscriptions, on public sockets.</summary>
    public PublicFeed? Feed { get; init; }

    /// <summary>The parser of its dialect, on public sockets.</summary>
    public FrameParser? Parser { get; init; }

    public Dialect Dialect { get; init; }

    /// <summary>Place among the public sockets.</summary>
    public int Index { get; init; }

    /// <summary>What tells it from others of its endpoint: its share of the symbols, and which twin.</summary>
    public string Label { get; init; } = "";

    /// <summary>The other socket with the same subscriptions; null: there is none.</summary>
    public CircleSocket? Twin { get; set; }

    /// <summary>The venue's state as this socket said it last; null before, and when it was lost.</summary>
    public VenueSystem? System { get; set; }

    /// <summary>Records what is sent on public sockets; null: nothing does.</summary>
    public FeedCapture? Tap { get; init; }

    /// <summary>What came of each subscription, on public sockets.</summary>
    public FeedHearing Hearing { get; } = new();

    public int Connection { get; private set; } = Closed;

    /// <summary>The connection there is, or was last.</summary>
    public int LastConnection { get; private set; } = Closed;

    /// <summary>What was said at the last loss, for people: the wire's words, or ours.</summary>
    public string LastLossText { get; private set; } = "";

    /// <summary>
    /// The derivatives' first WebSocket has no ping in text: the acknowledgement of a subscription proves as much.
    /// </summary>
    private ReadOnlySpan<byte> PingFrame => endpoint == WireEndpoint.FuturesPrivate
        ? "{\"event\":\"subscribe\",\"feed\":\"heartbeat\"}"u8 : "{\"method\":\"ping\"}"u8;

    /// <summary>When it has something to do by itself.</summary>
    public long NextDueNs => Math.Min(watch.NextDueNs, Feed?.NextDueNs ?? long.MaxValue);

    public bool TryOpen(long nowNs)
    {
        if (!watch.TryAttempt(nowNs)) return false;
        _pingNs = 0;
        _pings = 0;
        Connection = wire.Open(endpoint);
        LastConnection = Connection;
        return true;
    }

    /// <summary>The wire says that it is closed.</summary>
    public void OnClosed(in WireEvent e, long nowNs)
    {
        Connection = Closed;
        watch.OnClosed(nowNs, e.Status);
        string status = e.Status == 0 ? "" : $" ({e.Status})";
        LastLossText = Encoding.UTF8.GetString(e.Bytes) + status;
    }

    /// <summary>Pings when it is time; true when the socket was given up just now.</summary>
    public bool OnTimer(long nowNs)
    {
        SocketAct act = watch.OnTimer(nowNs);
        bool isPinged = act != SocketAct.Ping || Ping(nowNs);
        if (isPinged && act != SocketAct.GiveUp) return false;
        HangUp(watch.LastLoss switch
        {
            LossReason.ConnectTimeout => $"not open within {SocketWatch.ConnectTimeoutNs / 1_000_000_000} s",
            LossReason.Silent => "nothing came, not even a heartbeat",
            _ => "frames do not leave",
        });
        return true;
    }

    /// <summary>The process is gone.</summary>
    public void Abandon()
    {
        if (Connection != Closed) wire.Close(Connection);
        Connection = Closed;
    }

    /// <summary>Sends what the feed wants to say; false when the socket does not take it and is lost.</summary>
    public bool Flush(long nowNs)
    {
        Feed!.OnTimer(nowNs);
        while (Connection != Closed && Feed.TryTakeFrame(out byte[] frame))
        {
            if (!Send(frame, nowNs)) return GiveUpSending();
        }

        return true;
    }

    /// <summary>Sends what the order lane wants to say; false when the socket does not take it and is lost.</summary>
    public bool Flush(IOrderLane lane, long nowNs)
    {
        while (Connection != Closed && lane.TryTakeFrame(out ReadOnlySpan<byte> frame))
        {
            if (!Send(frame, nowNs)) return GiveUpSending();
        }

        return true;
    }

    /// <summary>A pong came: when the ping that it answers left, or 0 where that is not sure.</summary>
    public long TakePing()
    {
        long leftNs = _pingNs;
        _pingNs = 0;
        if (_pings > 0) _pings--;
        return leftNs;
    }

    private bool Ping(long nowNs)
    {
        // Its public socket sends ping frames by itself.
        if (Dialect == Dialect.FuturesV1) return true;
        // Pongs come in the order of pings: with others under way the next one is not this one's.
        if (_pings++ == 0) _pingNs = nowNs;
        return Send(PingFrame, nowNs);
    }

    private bool Send(ReadOnlySpan<byte> frame, long nowNs)
    {
        if (wire.Send(Connection, frame))
        {
            Tap?.Sent(Connection, nowNs, frame);
            return true;
        }

        watch.OnSendRefused(nowNs);
        return false;
    }

    private bool GiveUpSending()
    {
        HangUp("frames do not leave");
        return false;
    }

    private void HangUp(string why)
    {
        LastLossText = why;
        Abandon();
    }
}
