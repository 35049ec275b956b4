using System;

namespace TradingBot.Kraken.Feed;

/// <content>What the venue answers.</content>
public sealed partial class PublicFeed
{
    /// <summary>
    /// An acknowledgement, a refusal or an error of the socket came, as it stood on the wire.
    /// </summary>
    /// <remarks>Bytes that are no such thing change nothing.</remarks>
    public void OnReply(ReadOnlySpan<byte> frame, long nowNs)
    {
        if (!_connected) return;
        if (_options.IsLegacy)
        {
            OnLegacyReply(frame, nowNs);
            return;
        }

        if (!FeedReply.TryRead(frame, out FeedReply reply)) return;
        if (!reply.IsSuccess && reply.IsRateLimited) _restUntilNs = nowNs + _options.RateRestNs;
        if (reply.IsSubscribe && reply.IsSuccess) OnAcknowledged(in reply, nowNs);
        else if (reply.IsSubscribe) OnRefused(in reply, nowNs);
        else if (reply.RequestId != 0) OnLeft(in reply, nowNs);
        Reckon();
        OnTimer(nowNs);
    }

    private void OnAcknowledged(in FeedReply reply, long nowNs)
    {
        Subscription? found = Find(reply.Channel, reply.Symbol);
        bool isOurs = found is not null && (reply.RequestId == 0 || reply.RequestId == found.RequestId);
        if (!isOurs || found!.State is SubscriptionState.Leaving or SubscriptionState.Wanted)
        {
            StrayReplies++;
            return;
        }

        if (found.AcknowledgedId == found.RequestId) RepeatedReplies++;
        found.AcknowledgedId = found.RequestId;
        // Data may have come first, and a late answer does not take the doubt away: its data would.
        if (found.State != SubscriptionState.Sent) return;
        found.State = SubscriptionState.Acknowledged;
        found.DueNs = nowNs + _options.DataTimeoutNs;
    }

    /// <summary>
    /// A refusal names its symbol, or names it in its words, or is about the only one of its request. Otherwise nobody
    /// knows whose it is, and each of the request is asked for alone: then its answer is about it.
    /// </summary>
    private void OnRefused(in FeedReply reply, long nowNs)
    {
        Refusals++;
        Subscription? only = null;
        int open = 0;
        foreach (Subscription candidate in _subscriptions)
        {
            bool isIts = reply.RequestId == 0 || candidate.RequestId == reply.RequestId;
            if (candidate.State != SubscriptionState.Sent || !isIts) continue;
            if (Names(in reply, candidate.Symbol))
            {
                Refuse(candidate, in reply, nowNs);
                return;
            }

            if (reply.RequestId == 0) continue;
            open++;
            only = candidate;
        }

        if (open == 0 || reply.Symbol.Length > 0)
        {
            StrayReplies++;
        }
        else if (open == 1)
        {
            Refuse(only!, in reply, nowNs);
        }
        else
        {
            foreach (Subscription candidate in _subscriptions)
            {
                bool isOpen = candidate.State == SubscriptionState.Sent && candidate.RequestId == reply.RequestId;
                if (isOpen) Doubt(candidate, reply.Error, nowNs);
            }
        }
    }

    private static bool Names(in FeedReply reply, string symbol)
    {
        if (symbol.Length == 0) return false;
        if (reply.Symbol.Length > 0) return reply.Symbol == symbol;
        // As a word: ETH/USD is no part of WETH/USDT.
        foreach (string word in reply.Error.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Trim('\'', '"', ',', '.') == symbol) return true;
        }

        return false;
    }

    private void Refuse(Subscription subscription, in FeedReply reply, long nowNs)
    {
        if (reply.IsTaken)
        {
            // The venue has it and we have nothing of it: it is ended and asked for anew, which brings its snapshot.
            Doubt(subscription, reply.Error, nowNs);
            return;
        }

        subscription.State = SubscriptionState.Refused;
        subscription.Reason = reply.Error.Length > 0 ? reply.Error : "refused without a word";
        subscription.Alone = true;
        subscription.Refusals++;
        long firstNs = reply.MayPass ? _options.RateRestNs : _options.QuarantineNs;
        long mostNs = reply.MayPass ? _options.RetryMaxNs : _options.QuarantineMaxNs;
        subscription.DueNs = nowNs + PauseNs(firstNs, mostNs, subscription.Refusals);
    }

    /// <summary>
    /// The end of a subscription is answered; "Subscription Not Found" is the same: there is none now.
    /// </summary>
    private void OnLeft(in FeedReply reply, long nowNs)
    {
        foreach (Subscription candidate in _subscriptions)
        {
            bool isNamed = reply.RequestId != 0 ? candidate.RequestId == reply.RequestId
                : candidate.Channel == reply.Channel && candidate.Symbol == reply.Symbol;
            bool isIts = candidate.State == SubscriptionState.Leaving && isNamed;
            if (!isIts) continue;
            Want(candidate, nowNs);
            return;
        }

        StrayReplies++;
    }
}
