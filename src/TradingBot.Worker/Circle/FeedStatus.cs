using System;
using System.Text.Json;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using TradingBot.Market.Wire;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>How the sockets and their subscriptions stand, as JSON.</summary>
internal static class FeedStatus
{
    private const long Millisecond = 1_000_000;

    /// <summary>Every reason a socket can be lost for, in order, with its word.</summary>
    private static readonly (LossReason Reason, string Name)[] Reasons =
    [
        (LossReason.ConnectFailed, "connect_failed"),
        (LossReason.ConnectTimeout, "connect_timeout"),
        (LossReason.ClosedByVenue, "closed_by_venue"),
        (LossReason.Silent, "silent"),
        (LossReason.SendRefused, "send_refused"),
    ];

    /// <summary>Writes <c>feeds</c>: one object per socket; the account's has no subscriptions here.</summary>
    public static void Write(Utf8JsonWriter json, CircleWorker worker, long nowNs)
    {
        json.WriteStartArray("feeds");
        foreach (CircleSocket socket in worker.Sockets)
        {
            SocketWatch watch = socket.Watch;
            bool isOpen = watch.Phase == SocketPhase.Open;
            json.WriteStartObject();
            json.WriteString("endpoint", NameOf(socket));
            json.WriteString("state", NameOf(watch.Phase));
            Milliseconds(json, "last_frame_age_ms", isOpen ? nowNs - watch.HeardNs : -1);
            bool isWaiting = watch.Phase == SocketPhase.Waiting;
            Milliseconds(json, "next_attempt_in_ms", isWaiting ? Math.Max(0, watch.NextDueNs - nowNs) : -1);
            json.WriteNumber("subscriptions_wanted", socket.Feed?.Wanted ?? 0);
            json.WriteNumber("subscriptions_confirmed", socket.Feed?.Confirmed ?? 0);
            json.WriteNumber("subscriptions_refused", socket.Feed?.Refused ?? 0);
            json.WriteNumber("resubscribes", socket.Feed?.Resubscribes ?? 0);
            json.WriteNumber("silences", socket.Feed?.Silences ?? 0);
            json.WriteNumber("reconnects", watch.Losses);
            json.WriteStartObject("reconnects_by_reason");
            foreach ((LossReason reason, string name) in Reasons) json.WriteNumber(name, watch.LossesOf(reason));
            json.WriteEndObject();
            json.WriteString("last_loss", socket.LastLossText);
            WriteCopies(json, socket, worker.Merge);
            WriteSubscriptions(json, socket.Feed, nowNs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>What a twin brought first, second and alone; null where it has no twin.</summary>
    private static void WriteCopies(Utf8JsonWriter json, CircleSocket socket, FeedMerge? merge)
    {
        if (merge is null || socket.Twin is null)
        {
            json.WriteNull("copies");
            return;
        }

        json.WriteStartObject("copies");
        json.WriteNumber("won", merge.WonOf(socket.Index));
        json.WriteNumber("duplicate", merge.DuplicatesOf(socket.Index));
        json.WriteNumber("alone", merge.AloneOf(socket.Index));
        json.WriteNumber("diverged", merge.DivergedOf(socket.Index));
        json.WriteEndObject();
    }

    private static void WriteSubscriptions(Utf8JsonWriter json, PublicFeed? feed, long nowNs)
    {
        json.WriteStartArray("subscriptions");
        foreach (Subscription subscription in feed?.Subscriptions ?? [])
        {
            bool isRefused = subscription.State == SubscriptionState.Refused;
            json.WriteStartObject();
            json.WriteString("channel", NameOf(subscription.Channel));
            json.WriteString("symbol", subscription.Symbol);
            json.WriteString("state", NameOf(subscription.State));
            json.WriteString("reason", subscription.Reason);
            Milliseconds(json, "retry_in_ms", isRefused ? Math.Max(0, subscription.DueNs - nowNs) : -1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Below zero: there is no such time, and null says so.</summary>
    private static void Milliseconds(Utf8JsonWriter json, string name, long ns)
    {
        if (ns < 0) json.WriteNull(name);
        else json.WriteNumber(name, ns / Millisecond);
    }

    private static string NameOf(CircleSocket socket) =>
        NameOf(socket.Endpoint) + (socket.Label.Length > 0 ? "_" + socket.Label : "");

    private static string NameOf(WireEndpoint endpoint) => endpoint switch
    {
        WireEndpoint.SpotPublic => "spot_public",
        WireEndpoint.UnifiedPublic => "unified_public",
        WireEndpoint.FuturesPublic => "futures_public",
        WireEndpoint.FuturesPrivate => "futures_private",
        WireEndpoint.SpotPrivate => "spot_private",
        _ => "unified_private",
    };

    private static string NameOf(SocketPhase phase) => phase switch
    {
        SocketPhase.Open => "open",
        SocketPhase.Connecting => "connecting",
        _ => "waiting",
    };

    private static string NameOf(Channel channel) => channel switch
    {
        Channel.Instrument => "instrument",
        Channel.Book => "book",
        Channel.Heartbeat => "heartbeat",
        _ => "trade",
    };

    private static string NameOf(SubscriptionState state) => state switch
    {
        SubscriptionState.Wanted => "wanted",
        SubscriptionState.Sent => "sent",
        SubscriptionState.Acknowledged => "acknowledged",
        SubscriptionState.Confirmed => "confirmed",
        SubscriptionState.Doubted => "doubted",
        SubscriptionState.Leaving => "leaving",
        _ => "refused",
    };
}
