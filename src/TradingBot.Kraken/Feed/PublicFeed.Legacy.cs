using System;

namespace TradingBot.Kraken.Feed;

/// <content>
/// Answers of the derivatives' first WebSocket: one per product, without the request's number; errors name nobody.
/// https://docs.kraken.com/api/docs/futures-api/websocket/subscriptions
/// </content>
public sealed partial class PublicFeed
{
    private void OnLegacyReply(ReadOnlySpan<byte> frame, long nowNs)
    {
        if (!LegacyReply.TryRead(frame, out LegacyReply reply)) return;
        if (reply.Symbols.Count == 0) OnLegacy(reply.OfOne(""), reply.IsError, nowNs);
        foreach (string symbol in reply.Symbols) OnLegacy(reply.OfOne(symbol), reply.IsError, nowNs);
        Reckon();
        OnTimer(nowNs);
    }

    private void OnLegacy(FeedReply reply, bool isError, long nowNs)
    {
        if (!reply.IsSuccess && reply.IsRateLimited) _restUntilNs = nowNs + _options.RateRestNs;
        if (isError) OnUnnamed(in reply, nowNs);
        else if (reply.IsSubscribe && reply.IsSuccess) OnAcknowledged(in reply, nowNs);
        else if (reply.IsSubscribe) OnRefused(in reply, nowNs);
        else OnLeft(in reply, nowNs);
    }

    /// <summary>
    /// An error is about what is under way. With one thing under way, about that: a subscription is refused, and the
    /// end of one is done (there was none). With several, each is asked for alone.
    /// </summary>
    private void OnUnnamed(in FeedReply reply, long nowNs)
    {
        Subscription[] open = Array.FindAll(
            _subscriptions, one => one.State is SubscriptionState.Sent or SubscriptionState.Leaving);
        if (open.Length == 0)
        {
            StrayReplies++;
            return;
        }

        Refusals++;
        if (open.Length > 1)
        {
            foreach (Subscription each in open) Doubt(each, reply.Error, nowNs);
        }
        else if (open[0].State == SubscriptionState.Leaving)
        {
            Want(open[0], nowNs);
        }
        else
        {
            Refuse(open[0], in reply, nowNs);
        }
    }
}
