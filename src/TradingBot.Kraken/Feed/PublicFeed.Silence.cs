using System;
using System.Globalization;

namespace TradingBot.Kraken.Feed;

/// <content>Confirmed, and dead since: a subscription that is silent beyond what is usual for it.</content>
public sealed partial class PublicFeed
{
    private long _lookedNs = long.MinValue / 2;
    private long _heardAnyNs = long.MinValue / 2;

    /// <summary>Subscriptions doubted because they were silent for longer than is usual for them.</summary>
    public long Silences { get; private set; }

    /// <summary>What was heard of each subscription so far; to be told about once a second.</summary>
    /// <param name="counts">In the order of <see cref="Subscriptions"/>; any number that grows with its data.</param>
    /// <param name="nowNs">Unix ns.</param>
    /// <remarks>
    /// A quiet pair may say nothing for half a minute, so each is measured by itself: once it has spoken often enough,
    /// a silence of <see cref="PublicFeedOptions.SilenceTimes"/> times its longest one so far, and never less than
    /// <see cref="PublicFeedOptions.SilenceNs"/>, makes it be asked for again, alone. Its snapshot shows what was
    /// missed. One that was only quiet has its measure doubled by that. When all are silent it is the venue's affair.
    /// </remarks>
    public void OnHeard(ReadOnlySpan<int> counts, long nowNs)
    {
        // Called late, it was us who slept: then nothing is known of this time.
        bool slept = nowNs - _lookedNs > _options.SilenceNs / 4;
        _lookedNs = nowNs;
        for (int i = 0; i < _subscriptions.Length; i++)
        {
            Subscription subscription = _subscriptions[i];
            bool isNews = counts[i] != subscription.HeardCount;
            if (isNews) _heardAnyNs = nowNs;
            if (!isNews && !slept && subscription.State == SubscriptionState.Confirmed) continue;
            bool isInterval = isNews && !slept && subscription is { State: SubscriptionState.Confirmed, HeardNs: > 0 };
            if (isInterval)
            {
                subscription.Intervals++;
                subscription.LongestNs = Math.Max(subscription.LongestNs, nowNs - subscription.HeardNs);
            }

            subscription.HeardCount = counts[i];
            subscription.HeardNs = subscription.State == SubscriptionState.Confirmed ? nowNs : 0;
        }

        if (_connected && nowNs - _heardAnyNs < _options.SilenceNs / 4) DoubtTheSilent(nowNs);
    }

    private void DoubtTheSilent(long nowNs)
    {
        bool any = false;
        foreach (Subscription subscription in _subscriptions)
        {
            bool isKnown = subscription.State == SubscriptionState.Confirmed && subscription.HeardNs > 0
                && subscription.Intervals >= _options.SilenceIntervals;
            if (!isKnown) continue;
            long silentNs = nowNs - subscription.HeardNs;
            if (silentNs < _options.SilenceNs || silentNs < _options.SilenceTimes * subscription.LongestNs) continue;
            Silences++;
            any = true;
            string reason = string.Create(
                CultureInfo.InvariantCulture,
                $"silent for {silentNs / 1e9:0} s, and before for {subscription.LongestNs / 1e9:0} s at most");
            // Whether it was dead or quiet nobody knows: the next time it takes twice as long.
            subscription.LongestNs = Math.Max(subscription.LongestNs, 2 * silentNs / _options.SilenceTimes);
            subscription.HeardNs = 0;
            if (nowNs - subscription.ConfirmedNs >= _options.StableNs) subscription.Failures = 0;
            Doubt(subscription, reason, nowNs, isFirst: subscription.Failures == 0);
        }

        if (!any) return;
        Reckon();
        OnTimer(nowNs);
    }
}
