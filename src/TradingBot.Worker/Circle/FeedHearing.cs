// In:     events of one public socket.   Out: how much was heard of each of its subscriptions, once a second.
// Thread: the worker's.
// Keeps:  counts what came on this socket, whatever became of it.
// Budget: one addition per book message and trade; a pass over the subscriptions each second.
using System;
using System.Collections.Generic;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using TradingBot.Market.Wire;

namespace TradingBot.Worker.Circle;

/// <summary>Counts by which a feed notices that one of its subscriptions has died.</summary>
internal sealed class FeedHearing
{
    private const long LookEveryNs = 1_000_000_000;
    private const int Unnamed = -1;

    private readonly int[] _books = new int[SymbolTable.CapacityDefault];
    private readonly int[] _trades = new int[SymbolTable.CapacityDefault];
    private int[] _ids = [];
    private int[] _counts = [];
    private long _lookNs;

    public void Count(ref readonly MarketEvent e)
    {
        if (e.Kind == EventKind.BookEnd) _books[e.InstrumentId]++;
        else if (e.Kind == EventKind.Trade) _trades[e.InstrumentId]++;
    }

    /// <summary>Tells the feed when it is time.</summary>
    /// <param name="feed">The socket's.</param>
    /// <param name="idOf">An instrument's id; negative before the venue has named it.</param>
    /// <param name="nowNs">Unix ns.</param>
    public void Look(PublicFeed feed, Func<string, int> idOf, long nowNs)
    {
        if (nowNs < _lookNs) return;
        _lookNs = nowNs + LookEveryNs;
        IReadOnlyList<Subscription> subscriptions = feed.Subscriptions;
        if (_ids.Length != subscriptions.Count)
        {
            _ids = new int[subscriptions.Count];
            _counts = new int[subscriptions.Count];
            Array.Fill(_ids, Unnamed);
        }

        for (int i = 0; i < _ids.Length; i++)
        {
            Subscription wanted = subscriptions[i];
            if (wanted.Channel is not (Channel.Book or Channel.Trade)) continue;
            if (_ids[i] < 0) _ids[i] = idOf(wanted.Symbol);
            if (_ids[i] >= 0) _counts[i] = wanted.Channel == Channel.Book ? _books[_ids[i]] : _trades[_ids[i]];
        }

        feed.OnHeard(_counts, nowNs);
    }
}
