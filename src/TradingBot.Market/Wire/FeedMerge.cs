// In:     frames' events from sockets that carry the same subscriptions.   Out: the same without what came before.
// Thread: the one that reads the feed.
// Keeps:  a book message is passed only when it comes right behind the last one passed, in its own socket's order.
//
//         Proof. Let T be the venue's messages of one book. TCP gives each socket a subsequence of T, in order.
//         Passed messages are a log; N is its length. A socket is In at position p when its last message equals
//         log[p]. Then
//         1. its next message m is behind log[p] in T;
//         2. p < N: m must equal log[p + 1], and is dropped; when it does not, one of the two missed something: the
//            socket is Joining, nothing of it is passed;
//         3. p = N: m is behind log[N], which is behind all before it: m is new and in order, and is passed. What lies
//            between log[N] and m in T is what this socket missed: the checksum of m tells, as with one socket;
//         4. a Joining socket is In again when one of its messages is the only one equal to one of the log (then p is
//            its place), or when another socket passes a message that this one brought before (then p counts what it
//            brought since, which was dropped: it is ahead, and passes nothing before the log has caught up);
//         5. a snapshot is passed only when nobody serves the book and it is no older than what was passed before (its
//            socket may lag behind the one that was lost), and begins the log anew.
//         So nothing is passed twice or out of order, whatever is lost and however the sockets interleave. Equal means
//         equal levels, time and checksum, by a hash of 64 bits; where a hash lies, the book's checksum does not.
// Budget: a multiplication per field of a level; nothing allocated after construction.
using System;
using TradingBot.Market.Events;

namespace TradingBot.Market.Wire;

/// <summary>First copy wins: one ordered feed out of two sockets with the same subscriptions.</summary>
public sealed class FeedMerge
{
    /// <summary>Sockets that may be told apart.</summary>
    public const int SourcesMax = 64;

    /// <summary>Sockets of one instrument at a time.</summary>
    private const int LanesMax = 2;

    /// <summary>
    /// Messages of a book remembered: at a hundred a second a socket may lag two and a half seconds behind its twin.
    /// </summary>
    private const int WindowKeys = 256;

    /// <summary>
    /// A snapshot older than what was passed is refused, unless by so much that the venue's clock was set back.
    /// </summary>
    private const long OlderNsMax = 10_000_000_000;

    /// <summary>Messages that a joining socket may be ahead: a sixth of that.</summary>
    private const int AheadMax = 48;

    private readonly Lane[] _lanes;
    private readonly ulong[] _ahead;
    private readonly ulong[] _log;
    private readonly Standing[] _books;
    private readonly long[] _won = new long[SourcesMax];
    private readonly long[] _alone = new long[SourcesMax];
    private readonly long[] _duplicates = new long[SourcesMax];
    private readonly long[] _diverged = new long[SourcesMax];

    /// <param name="capacity">Instruments there may be.</param>
    public FeedMerge(int capacity = SymbolTable.CapacityDefault)
    {
        _lanes = new Lane[capacity * LanesMax];
        _ahead = new ulong[capacity * LanesMax * AheadMax];
        _log = new ulong[capacity * WindowKeys];
        _books = new Standing[capacity];
    }

    /// <summary>Messages and trades that this socket brought first.</summary>
    public long WonOf(int source) => _won[source];

    /// <summary>Of these, messages that no other socket could have brought: it had none, or it was not In.</summary>
    public long AloneOf(int source) => _alone[source];

    /// <summary>Messages and trades that another socket had brought before.</summary>
    public long DuplicatesOf(int source) => _duplicates[source];

    /// <summary>Times it brought another message than its twin.</summary>
    public long DivergedOf(int source) => _diverged[source];

    /// <summary>Somebody brings the book of this instrument in order.</summary>
    public bool IsServed(int instrumentId) => IsServing(instrumentId, 0) || IsServing(instrumentId, 1);

    /// <summary>Both sockets do: losing one is lost to nobody.</summary>
    public bool IsTwice(int instrumentId) => IsServing(instrumentId, 0) && IsServing(instrumentId, 1);

    /// <summary>Turns what came before into events of kind None.</summary>
    /// <returns>How many events are left.</returns>
    public int Filter(int source, EventBatch batch)
    {
        Span<MarketEvent> events = batch.Writable;
        int left = events.Length;
        int first = 0;
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly MarketEvent e = ref events[i];
            if (e.Kind == EventKind.BookLevel) continue;
            Span<MarketEvent> message = events[first..(i + 1)];
            first = i + 1;
            if (e.InstrumentId < 0 || Passes(source, message)) continue;
            left -= message.Length;
            foreach (ref MarketEvent dropped in message) dropped.Kind = EventKind.None;
        }

        return left;
    }

    /// <summary>The socket is no more; true when now nobody serves the instrument's book.</summary>
    public bool Lose(int source, int instrumentId)
    {
        int lane = Find(source, instrumentId);
        if (lane >= 0) _lanes[lane] = default;
        if (IsServed(instrumentId)) return false;
        Break(instrumentId);
        return true;
    }

    /// <summary>The book is not believed: it waits for a snapshot, whoever brings it.</summary>
    public void Break(int instrumentId)
    {
        _books[instrumentId].Stands = false;
        for (int i = 0; i < LanesMax; i++)
        {
            ref Lane lane = ref _lanes[(instrumentId * LanesMax) + i];
            lane.IsIn = false;
            lane.Ahead = 0;
        }
    }

    private bool Passes(int source, ReadOnlySpan<MarketEvent> message)
    {
        ref readonly MarketEvent last = ref message[^1];
        return last.Kind switch
        {
            EventKind.BookEnd => PassesBook(source, message),
            EventKind.Trade => PassesTrade(source, in last),
            // The end of one socket's subscription ends the book only when the other does not have it.
            EventKind.Unsubscribed when last.Channel == Channel.Book => Lose(source, last.InstrumentId),
            _ => true,
        };
    }

    private bool PassesTrade(int source, ref readonly MarketEvent e)
    {
        if ((e.Flags & (EventFlags.Snapshot | EventFlags.NoTradeId)) != 0) return true;
        ref long last = ref _books[e.InstrumentId].TradeId;
        if (e.Number <= last)
        {
            _duplicates[source]++;
            return false;
        }

        last = e.Number;
        _won[source]++;
        return true;
    }

    private bool PassesBook(int source, ReadOnlySpan<MarketEvent> message)
    {
        ref readonly MarketEvent end = ref message[^1];
        int lane = Take(source, end.InstrumentId);
        if (lane < 0) return false;
        ulong key = KeyOf(message);
        bool passes = (end.Flags & EventFlags.Snapshot) != 0
            ? PassesSnapshot(lane, end.InstrumentId, key, end.ExchangeTimeNs)
            : PassesUpdate(lane, end.InstrumentId, key);
        if (!passes)
        {
            _duplicates[source]++;
            return false;
        }

        _won[source]++;
        _books[end.InstrumentId].TimeNs = end.ExchangeTimeNs;
        if (!IsServing(end.InstrumentId, OtherOf(lane) % LanesMax)) _alone[source]++;
        return true;
    }

    private bool PassesSnapshot(int lane, int id, ulong key, long timeNs)
    {
        ref Lane own = ref _lanes[lane];
        ref Standing book = ref _books[id];
        bool isServedByOther = book.Stands && IsServing(id, OtherOf(lane) % LanesMax);
        bool isOld = timeNs != 0 && timeNs < book.TimeNs && book.TimeNs - timeNs < OlderNsMax;
        own.Ahead = 0;
        own.IsIn = !isServedByOther && !isOld;
        if (!own.IsIn) return false;
        ref Lane other = ref _lanes[OtherOf(lane)];
        other.IsIn = false;
        other.Ahead = 0;
        Append(id, key);
        book.Floor = book.Count;
        book.Stands = true;
        own.Position = book.Count;
        return true;
    }

    private bool PassesUpdate(int lane, int id, ulong key)
    {
        ref Lane own = ref _lanes[lane];
        ref Standing book = ref _books[id];
        if (!book.Stands) return false;
        if (!own.IsIn)
        {
            Join(lane, id, key);
            return false;
        }

        if (own.Position == book.Count)
        {
            Append(id, key);
            own.Position = book.Count;
            Follow(OtherOf(lane), id, key);
            return true;
        }

        bool isAhead = own.Position > book.Count;
        bool isKnown = !isAhead && book.Count - own.Position <= WindowKeys
            && _log[At(id, own.Position + 1)] == key;
        if (isKnown) own.Position++;
        else if (!isAhead || !TryHold(lane, key)) Diverge(lane, id, key);
        else own.Position++;
        return false;
    }

    /// <summary>Looks for a joining socket's message in the log; keeps it when it is not there yet.</summary>
    private void Join(int lane, int id, ulong key)
    {
        ref Lane own = ref _lanes[lane];
        ref Standing book = ref _books[id];
        long found = 0;
        long from = Math.Max(book.Floor + 1, book.Count - WindowKeys + 1);
        for (long at = book.Count; at >= from; at--)
        {
            if (_log[At(id, at)] != key) continue;
            // Two that are equal: which of them it is, the next message will tell.
            if (found != 0) return;
            found = at;
        }

        if (found == 0)
        {
            if (!TryHold(lane, key)) own.Ahead = 0;
            return;
        }

        own.IsIn = true;
        own.Position = found;
        own.Ahead = 0;
    }

    /// <summary>The twin passed a message: this socket may have brought it before.</summary>
    private void Follow(int lane, int id, ulong key)
    {
        ref Lane own = ref _lanes[lane];
        if (own.Ahead == 0) return;
        Span<ulong> held = _ahead.AsSpan(lane * AheadMax, own.Ahead);
        int at = held.IndexOf(key);
        if (own.IsIn ? at != 0 : at < 0)
        {
            if (own.IsIn) Diverge(lane, id, key: 0);
            return;
        }

        if (!own.IsIn && held[(at + 1)..].Contains(key)) return;
        held[(at + 1)..].CopyTo(held);
        own.Ahead -= at + 1;
        own.IsIn = true;
        own.Position = _books[id].Count + own.Ahead;
    }

    /// <summary>It brought something else than its twin did.</summary>
    private void Diverge(int lane, int id, ulong key)
    {
        ref Lane own = ref _lanes[lane];
        _diverged[own.SourcePlusOne - 1]++;
        own.IsIn = false;
        own.Ahead = 0;
        if (key != 0) Join(lane, id, key);
    }

    private bool TryHold(int lane, ulong key)
    {
        ref Lane own = ref _lanes[lane];
        if (own.Ahead == AheadMax) return false;
        _ahead[(lane * AheadMax) + own.Ahead++] = key;
        return true;
    }

    private void Append(int id, ulong key)
    {
        ref Standing book = ref _books[id];
        book.Count++;
        _log[At(id, book.Count)] = key;
    }

    private static int At(int id, long position) => (id * WindowKeys) + (int)(position % WindowKeys);

    private static int OtherOf(int lane) => lane ^ 1;

    private bool IsServing(int id, int which)
    {
        ref readonly Lane lane = ref _lanes[(id * LanesMax) + which];
        return lane.IsIn && _books[id].Stands && lane.Position <= _books[id].Count;
    }

    private int Find(int source, int id)
    {
        int first = id * LanesMax;
        if (_lanes[first].SourcePlusOne == source + 1) return first;
        return _lanes[first + 1].SourcePlusOne == source + 1 ? first + 1 : -1;
    }

    /// <summary>The socket's lane of this instrument, a free one when it has none; −1: two others have them.</summary>
    private int Take(int source, int id)
    {
        int lane = Find(source, id);
        if (lane >= 0) return lane;
        lane = id * LanesMax;
        if (_lanes[lane].SourcePlusOne != 0) lane++;
        if (_lanes[lane].SourcePlusOne != 0) return -1;
        _lanes[lane] = new Lane { SourcePlusOne = source + 1 };
        return lane;
    }

    /// <summary>64 bits of levels, time and checksum; never 0.</summary>
    private static ulong KeyOf(ReadOnlySpan<MarketEvent> message)
    {
        ulong key = 0xCBF2_9CE4_8422_2325;
        foreach (ref readonly MarketEvent e in message)
        {
            key = Mix(key, (ulong)e.Price);
            key = Mix(key, (ulong)e.Quantity);
            key = Mix(key, ((ulong)(e.Flags & (EventFlags.Buy | EventFlags.Sell)) << 16)
                | ((ulong)e.PriceDecimals << 8) | e.QuantityDecimals);
        }

        ref readonly MarketEvent end = ref message[^1];
        key = Mix(Mix(key, (ulong)end.Number), (ulong)end.ExchangeTimeNs);
        return key | 1;
    }

    private static ulong Mix(ulong key, ulong value)
    {
        key = (key ^ value) * 0x9E37_79B9_7F4A_7C15;
        return key ^ (key >> 29);
    }

    /// <summary>One socket's place in one book.</summary>
    private struct Lane
    {
        /// <summary>0 = nobody.</summary>
        public int SourcePlusOne;

        /// <summary>Keys held of messages that were dropped and that the log does not have yet.</summary>
        public int Ahead;

        /// <summary>In: its last message is the log's one of this place, or so many behind the log's end.</summary>
        public long Position;

        public bool IsIn;
    }

    /// <summary>One book.</summary>
    private struct Standing
    {
        /// <summary>Messages passed.</summary>
        public long Count;

        /// <summary>Place of the snapshot that it stands on: nothing before it is compared with.</summary>
        public long Floor;

        /// <summary>Exchange time of the last of them, Unix ns; 0 = not said.</summary>
        public long TimeNs;

        /// <summary>Greatest id of a trade passed.</summary>
        public long TradeId;

        /// <summary>A snapshot was passed, and the book has been believed since.</summary>
        public bool Stands;
    }
}
