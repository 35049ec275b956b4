using System;
using System.Text;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <content>What the sockets tell, and what becomes of it.</content>
internal sealed partial class CircleWorker
{
    /// <summary>Jitter is to differ between processes and sockets; in virtual time it is the same each run.</summary>
    private static int JitterSeed(long nowNs, int socket) => (int)((nowNs / 1_000) ^ (socket * 0x9E37_79B9L));

    private static SocketWatch Watch(RateBudget connections, long nowNs, int socket) =>
        new(connections, new ReconnectBackoff(JitterSeed(nowNs, socket)));

    /// <summary>The one that waits longest first: a scarce budget starves nobody.</summary>
    private void OpenWhatIsDue(long nowNs)
    {
        while (true)
        {
            CircleSocket first = _sockets[0];
            foreach (CircleSocket socket in _sockets)
            {
                if (socket.Watch.AttemptDueNs < first.Watch.AttemptDueNs) first = socket;
            }

            if (!first.TryOpen(nowNs)) return;
        }
    }

    /// <summary>The socket is gone: what it fed is not to be believed, what it carried has no answer.</summary>
    private void OnLost(CircleSocket socket, long nowNs)
    {
        if (socket.Feed is null)
        {
            _lane.OnDisconnected(nowNs);
            return;
        }

        socket.Feed.OnDisconnected();
        foreach (string symbol in socket.Feed.Symbols)
        {
            int id = IdOf(symbol);
            if (id < 0) continue;
            MarketEvent gap = new() { Kind = EventKind.FeedGap, InstrumentId = id, ReceiveTimeNs = nowNs };
            Tell(ref gap);
        }
    }

    private void OnPrivate(in WireEvent e, long nowNs)
    {
        switch (e.Kind)
        {
            case WireEventKind.Opened:
                _private.Watch.OnOpened(nowNs);
                _lane.OnConnected(nowNs);
                break;
            case WireEventKind.Frame:
                _private.Watch.OnFrame(nowNs);
                _lane.OnFrame(e.Bytes, nowNs);
                // Both of the account's channels showed themselves: heartbeats flow.
                if (_lane.IsUp) _private.Watch.ExpectBeats();
                break;
            default:
                _private.OnClosed(in e, nowNs);
                OnLost(_private, nowNs);
                break;
        }
    }

    private void OnPublic(CircleSocket socket, in WireEvent e, long nowNs)
    {
        switch (e.Kind)
        {
            case WireEventKind.Opened:
                socket.Watch.OnOpened(nowNs);
                socket.Feed!.OnConnected(nowNs);
                break;
            case WireEventKind.Frame:
                socket.Watch.OnFrame(nowNs);
                OnPublicFrame(socket, e.Bytes, nowNs);
                break;
            default:
                socket.OnClosed(in e, nowNs);
                OnLost(socket, nowNs);
                break;
        }
    }

    private void OnPublicFrame(CircleSocket socket, ReadOnlySpan<byte> frame, long nowNs)
    {
        socket.Parser!.Parse(frame, _batch);
        foreach (ref MarketEvent e in _batch.Writable)
        {
            if (e.Kind is >= EventKind.BookLevel and <= EventKind.OhlcVolume) TickNs = nowNs;
            e.ReceiveTimeNs = nowNs;
            TellFeed(socket, in e, frame, nowNs);
            // The last trades prove the subscription. They are history: bars made of them would look like news.
            bool isHistory = e.Kind == EventKind.Trade && (e.Flags & EventFlags.Snapshot) != 0;
            if (isHistory) continue;
            Tell(ref e);
            if (e.Kind == EventKind.BookEnd) ResyncWhenStale(socket, e.InstrumentId, nowNs);
        }
    }

    /// <summary>What of an event concerns the subscriptions: answers, and the data that confirms them.</summary>
    private void TellFeed(CircleSocket socket, in MarketEvent e, ReadOnlySpan<byte> frame, long nowNs)
    {
        PublicFeed feed = socket.Feed!;
        switch (e.Kind)
        {
            case EventKind.Subscribed:
                socket.Watch.ExpectBeats();
                feed.OnReply(frame, nowNs);
                break;
            case EventKind.Unsubscribed or EventKind.SubscriptionRefused or EventKind.VenueNotice:
                feed.OnReply(frame, nowNs);
                break;
            case EventKind.InstrumentSpec when feed.AwaitsData:
                feed.OnData(Channel.Instrument, "", nowNs);
                break;
            case EventKind.BookEnd when feed.AwaitsData && (e.Flags & EventFlags.Snapshot) != 0:
                feed.OnData(Channel.Book, SymbolOf(e.InstrumentId), nowNs);
                break;
            case EventKind.Trade when feed.AwaitsData:
                feed.OnData(Channel.Trade, SymbolOf(e.InstrumentId), nowNs);
                break;
            default:
                break;
        }
    }

    private string SymbolOf(int instrumentId) => Encoding.ASCII.GetString(_symbols.TextOf(instrumentId));

    private void ResyncWhenStale(CircleSocket socket, int instrumentId, long nowNs)
    {
        if (Engine.Books.BookOf(instrumentId) is not { State: BookState.Stale }) return;
        socket.Feed!.Resync(SymbolOf(instrumentId), nowNs);
    }
}
