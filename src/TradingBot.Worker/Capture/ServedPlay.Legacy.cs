using System.Linq;

namespace TradingBot.Worker.Capture;

/// <content>Clients of the derivatives WebSocket v1, which has manners of its own.</content>
internal sealed partial class ServedPlay
{
    private const string BeatFeed = "heartbeat";

    private void AnswerLegacy(ServedClient client, byte[] message, long nowNs)
    {
        if (LegacyRequest.Read(message) is not { } request)
        {
            Put(client, LegacyFrames.Refused("error", "Json Error"));
            return;
        }

        bool isKnown = request.Feed is "book" or "trade" or "ticker" or "ticker_lite" or BeatFeed;
        bool isPrivate = request.Feed is "fills" or "open_orders" or "open_positions" or "balances" or "account_log";
        if (request.Event is not ("subscribe" or "unsubscribe"))
        {
            Put(client, LegacyFrames.Refused("alert", "Bad websocket message"));
        }
        else if (isPrivate)
        {
            Put(client, LegacyFrames.Refused("alert", "Failed to subscribe to authenticated feed"));
        }
        else if (!isKnown)
        {
            Put(client, LegacyFrames.Refused("error", "Invalid feed"));
        }
        else
        {
            string[] products = request.Feed == BeatFeed ? [""] : request.Products;
            foreach (string product in products.DefaultIfEmpty("?"))
            {
                if (request.Event == "subscribe") SubscribeLegacy(client, request.Feed, product, nowNs);
                else UnsubscribeLegacy(client, request.Feed, product);
            }
        }
    }

    private void SubscribeLegacy(ServedClient client, string feed, string product, long nowNs)
    {
        if (feed != BeatFeed && !IsKnown(client.Dialect, product))
        {
            Put(client, LegacyFrames.Refused("error", "Invalid product id"));
            return;
        }

        Put(client, LegacyFrames.Answered("subscribed", feed, product));
        byte[]? snapshot = feed == BeatFeed ? null : _market.SnapshotOf(client.Dialect, feed, product);
        if (snapshot is not null) Put(client, snapshot);
        client.Subscriptions[(feed, product)] = snapshot is not null;
        if (feed != BeatFeed) _subscribedNs = nowNs;
    }

    private void UnsubscribeLegacy(ServedClient client, string feed, string product) => Put(
        client, client.Subscriptions.Remove((feed, product))
            ? LegacyFrames.Answered("unsubscribed", feed, product)
            : LegacyFrames.Refused("alert", "Not subscribed to feed"));
}
