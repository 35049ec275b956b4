// In:     connects and disconnects of one public socket, answers, which data came, time, and whose book lost its
//         thread.
// Out:    subscribe and unsubscribe frames, in order.
// Thread: the caller's; sans-I/O, its chance is seeded.
// Keeps:  subscriptions are desired state, reconciled for ever: what is wanted and not confirmed by data is asked for
//         again, alone and with a pause of its own; no symbol's trouble touches another's.
// Budget: nothing per market event once all is confirmed; allocates per request.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TradingBot.Market.Events;

namespace TradingBot.Kraken.Feed;

/// <summary>The subscriptions of one public socket: spot v2, Unified with an asset class, or derivatives v1.</summary>
/// <remarks>
/// What confirms: of instruments any instrument record; of a book its snapshot; of trades the snapshot of the last
/// ones, which is asked for to that end, or any trade. An acknowledgement confirms nothing: the venue has been seen to
/// acknowledge and then to stay silent. After that silence is legal in each of them. See docs/feed.md.
/// </remarks>
public sealed partial class PublicFeed
{
    private readonly PublicFeedOptions _options;
    private readonly string _assetClass;
    private readonly Subscription[] _subscriptions;
    private readonly RateBudget _requests = RateBudget.OfRequests();
    private readonly Random _random;
    private readonly Queue<byte[]> _frames = [];
    private long _requestId;
    private long _restUntilNs = long.MinValue;
    private bool _connected;

    /// <param name="symbols">Symbols wanted: the channels of each, beside the instruments of the socket.</param>
    /// <param name="options">Channels, depth, asset class and times.</param>
    public PublicFeed(IReadOnlyList<string> symbols, PublicFeedOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Symbols = [.. symbols];
        _options = options;
        _random = new Random(options.Seed);
        _assetClass = options.AssetClass is null ? "" : $"\"asset_class\":\"{options.AssetClass}\",";
        // Instruments first: precisions are to be known before books. The first WebSocket has none but beats if asked.
        _subscriptions =
        [
            new Subscription(options.IsLegacy ? Channel.Heartbeat : Channel.Instrument, ""),
            .. options.Channels.SelectMany(channel => Symbols.Select(symbol => new Subscription(channel, symbol))),
        ];
    }

    public IReadOnlyList<string> Symbols { get; }

    public IReadOnlyList<Subscription> Subscriptions => _subscriptions;

    /// <summary>All that is wanted: confirmed, refused, or on its way.</summary>
    public int Wanted => _subscriptions.Length;

    public int Confirmed => CountOf(SubscriptionState.Confirmed);

    /// <summary>Refused and resting until their time.</summary>
    public int Refused => CountOf(SubscriptionState.Refused);

    /// <summary>Books asked for anew because they lost their thread.</summary>
    public long Resyncs { get; private set; }

    /// <summary>Subscriptions asked for again on a living connection, for whatever reason.</summary>
    public long Resubscribes { get; private set; }

    /// <summary>Refusals heard.</summary>
    public long Refusals { get; private set; }

    /// <summary>Acknowledgements that came twice.</summary>
    public long RepeatedReplies { get; private set; }

    /// <summary>Answers to nothing we wait for.</summary>
    public long StrayReplies { get; private set; }

    /// <summary>
    /// Some subscription waits for its first data: only then need <see cref="OnData"/> be called.
    /// </summary>
    public bool AwaitsData { get; private set; }

    /// <summary>When <see cref="OnTimer"/> has something to do, Unix ns; <see cref="long.MaxValue"/> = never.</summary>
    public long NextDueNs { get; private set; } = long.MaxValue;

    public void OnConnected(long nowNs)
    {
        _frames.Clear();
        _connected = true;
        foreach (Subscription subscription in _subscriptions)
        {
            subscription.RequestId = 0;
            subscription.AcknowledgedId = 0;
            // A refusal is the venue's answer, not the connection's: it outlives it.
            if (subscription.State == SubscriptionState.Refused) continue;
            Want(subscription, nowNs);
            subscription.Alone = false;
            subscription.Failures = 0;
        }

        Reckon();
        OnTimer(nowNs);
    }

    public void OnDisconnected()
    {
        _frames.Clear();
        _connected = false;
        foreach (Subscription subscription in _subscriptions)
        {
            if (subscription.State != SubscriptionState.Refused) subscription.State = SubscriptionState.Wanted;
        }

        Reckon();
    }

    /// <summary>Data of a channel came: an instrument record, a book snapshot, a trade, a ticker or a beat.</summary>
    /// <param name="channel">Instrument, heartbeat, book, trade or ticker.</param>
    /// <param name="symbol">The venue's; not looked at for instruments and heartbeats.</param>
    /// <param name="nowNs">Unix ns.</param>
    public void OnData(Channel channel, string symbol, long nowNs)
    {
        Subscription? found = Find(channel, channel is Channel.Instrument or Channel.Heartbeat ? "" : symbol);
        if (found?.State is not (SubscriptionState.Sent or SubscriptionState.Acknowledged or SubscriptionState.Doubted))
        {
            return;
        }

        found.State = SubscriptionState.Confirmed;
        found.Reason = "";
        found.Alone = false;
        found.Refusals = 0;
        found.ConfirmedNs = nowNs;
        Reckon();
    }

    /// <summary>Asks for one symbol's book anew; false when that is under way, or there is no socket.</summary>
    public bool Resync(string symbol, long nowNs)
    {
        Subscription? found = Find(Channel.Book, symbol);
        if (!_connected || found is not { State: SubscriptionState.Confirmed }) return false;
        Resyncs++;
        if (nowNs - found.ConfirmedNs >= _options.StableNs) found.Failures = 0;
        // The first time at once: each moment without a book is one without signals.
        Doubt(found, "the book lost its thread", nowNs, isFirst: found.Failures == 0);
        Reckon();
        OnTimer(nowNs);
        return true;
    }

    /// <summary>Ends what waited in vain, and asks for what is due.</summary>
    public void OnTimer(long nowNs)
    {
        if (!_connected || nowNs < NextDueNs) return;
        foreach (Subscription subscription in _subscriptions)
        {
            if (nowNs >= subscription.DueNs) Expire(subscription, nowNs);
        }

        foreach (Subscription subscription in _subscriptions)
        {
            bool isDue = subscription.State == SubscriptionState.Doubted && nowNs >= subscription.DueNs;
            if (isDue && !MustWait && MaySend(nowNs)) Leave(subscription, nowNs);
        }

        Ask(nowNs);
        Reckon();
    }

    public bool TryTakeFrame(out byte[] frame) => _frames.TryDequeue(out frame!);

    private void Expire(Subscription subscription, long nowNs)
    {
        switch (subscription.State)
        {
            case SubscriptionState.Sent:
                Doubt(subscription, "no answer in time", nowNs);
                break;
            case SubscriptionState.Acknowledged:
                Doubt(subscription, "acknowledged, but no data in time", nowNs);
                break;
            // Unanswered or not: the venue says "Already subscribed" when it did not hear us.
            case SubscriptionState.Leaving:
            case SubscriptionState.Refused:
                Want(subscription, nowNs);
                break;
            default:
                break;
        }
    }

    /// <summary>Sends what is wanted and due: one request per channel and list, one for each that goes alone.</summary>
    private void Ask(long nowNs)
    {
        List<Subscription> list = [];
        foreach (Subscription subscription in _subscriptions)
        {
            if (subscription.State != SubscriptionState.Wanted || nowNs < subscription.DueNs) continue;
            if (subscription.Alone)
            {
                if (!MustWait && MaySend(nowNs)) Send([subscription], nowNs);
                continue;
            }

            bool isOther = list.Count > 0 && list[0].Channel != subscription.Channel;
            if (isOther || list.Count == _options.SymbolsPerRequest) SendList(list, nowNs);
            list.Add(subscription);
        }

        SendList(list, nowNs);
    }

    private void SendList(List<Subscription> list, long nowNs)
    {
        if (list.Count > 0 && MaySend(nowNs)) Send(list, nowNs);
        list.Clear();
    }

    /// <summary>
    /// Answers of the first WebSocket name no request, its errors nobody at all: what goes alone waits until nothing
    /// else is under way, so that the next error is about it.
    /// </summary>
    private bool MustWait => _options.IsLegacy && Array.Exists(
        _subscriptions, other => other.State is SubscriptionState.Sent or SubscriptionState.Leaving);

    private bool MaySend(long nowNs) => nowNs >= _restUntilNs && _requests.TryTake(nowNs);

    private void Send(List<Subscription> list, long nowNs)
    {
        long request = Enqueue("subscribe", list[0].Channel, list);
        foreach (Subscription subscription in list)
        {
            if (subscription.Alone) Resubscribes++;
            subscription.State = SubscriptionState.Sent;
            subscription.RequestId = request;
            subscription.DueNs = nowNs + _options.AckTimeoutNs;
        }
    }

    /// <summary>Ends the subscription at the venue; its answer, or none in time, lets it be asked for anew.</summary>
    private void Leave(Subscription subscription, long nowNs)
    {
        subscription.State = SubscriptionState.Leaving;
        subscription.RequestId = Enqueue("unsubscribe", subscription.Channel, [subscription]);
        subscription.DueNs = nowNs + _options.AckTimeoutNs;
    }

    private static void Want(Subscription subscription, long nowNs)
    {
        subscription.State = SubscriptionState.Wanted;
        subscription.DueNs = nowNs;
    }

    private void Doubt(Subscription subscription, string reason, long nowNs, bool isFirst = false)
    {
        subscription.State = SubscriptionState.Doubted;
        subscription.Reason = reason;
        subscription.Alone = true;
        subscription.Failures++;
        long pauseNs = isFirst ? 0 : PauseNs(_options.RetryNs, _options.RetryMaxNs, subscription.Failures);
        subscription.DueNs = nowNs + pauseNs;
    }

    /// <summary>Doubles with each failure up to a bound; the upper half of it is jitter.</summary>
    private long PauseNs(long firstNs, long mostNs, int failures)
    {
        long ceilingNs = firstNs;
        for (int i = 1; i < failures && ceilingNs < mostNs; i++) ceilingNs *= 2;
        ceilingNs = Math.Min(ceilingNs, mostNs);
        return _random.NextInt64(ceilingNs / 2, ceilingNs + 1);
    }

    private long Enqueue(string method, Channel channel, List<Subscription> list)
    {
        string name = channel switch
        {
            Channel.Instrument => "instrument",
            Channel.Book => "book",
            Channel.Ticker => "ticker",
            Channel.Heartbeat => "heartbeat",
            _ => "trade",
        };
        _requestId++;
        StringBuilder text = new();
        if (_options.IsLegacy)
        {
            text.Append("{\"event\":\"").Append(method).Append("\",\"feed\":\"").Append(name).Append('"');
            if (channel != Channel.Heartbeat)
            {
                text.Append(",\"product_ids\":[").AppendJoin(',', list.Select(one => $"\"{one.Symbol}\"")).Append(']');
            }

            _frames.Enqueue(Encoding.UTF8.GetBytes(text.Append('}').ToString()));
            return _requestId;
        }

        text.Append("{\"method\":\"").Append(method).Append("\",\"params\":{\"channel\":\"").Append(name).Append("\",");
        text.Append(_assetClass);
        if (channel != Channel.Instrument)
        {
            text.Append("\"symbol\":[").AppendJoin(',', list.Select(wanted => $"\"{wanted.Symbol}\"")).Append("],");
        }

        if (channel == Channel.Book) text.Append("\"depth\":").Append(_options.Depth).Append(',');
        if (method == "subscribe") text.Append("\"snapshot\":true,");
        text.Length--;
        text.Append("},\"req_id\":").Append(_requestId).Append('}');
        _frames.Enqueue(Encoding.UTF8.GetBytes(text.ToString()));
        return _requestId;
    }

    private Subscription? Find(Channel channel, string symbol) =>
        Array.Find(_subscriptions, wanted => wanted.Channel == channel && wanted.Symbol == symbol);

    private int CountOf(SubscriptionState state) => _subscriptions.Count(wanted => wanted.State == state);

    /// <summary>After every change: what is due next, and whether data is waited for.</summary>
    private void Reckon()
    {
        long dueNs = long.MaxValue;
        bool awaits = false;
        long freeNs = Math.Max(_requests.FreeAtNs, _restUntilNs);
        bool waits = MustWait;
        foreach (Subscription subscription in _subscriptions)
        {
            SubscriptionState state = subscription.State;
            if (state == SubscriptionState.Confirmed) continue;
            bool sends = state is SubscriptionState.Wanted or SubscriptionState.Doubted;
            awaits |= state is SubscriptionState.Sent or SubscriptionState.Acknowledged or SubscriptionState.Doubted;
            // It is due when what it waits for has been answered, or has not been for too long.
            if (waits && sends && subscription.Alone) continue;
            dueNs = Math.Min(dueNs, sends ? Math.Max(subscription.DueNs, freeNs) : subscription.DueNs);
        }

        NextDueNs = _connected ? dueNs : long.MaxValue;
        AwaitsData = _connected && awaits;
    }
}
