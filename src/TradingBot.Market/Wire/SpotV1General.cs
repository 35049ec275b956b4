// Spot v1: event objects, and arrays [channelID, payload…, "name", "pair"]. Payloads are in SpotV1General.Payload.cs.
// https://docs.kraken.com/api/docs/websocket-v1/
using System;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>General path of spot v1 frames.</summary>
internal sealed partial class SpotV1General(SymbolTable symbols, WireCounters counters)
    : GeneralFrame(Dialect.SpotV1, symbols, counters, Dialect.SpotV1)
{
    /// <summary>Digits of a depth or an interval in a channel's name.</summary>
    private const int SuffixDigitsMax = 9;

    private static readonly KeySet EventKeys = new("event status subscription pair errorMessage", countsUnknown: false);
    private static readonly KeySet SubscriptionKeys = new("name! depth interval", countsUnknown: false);

    private enum EventKey
    {
        Event,
        Status,
        Subscription,
        Pair,
        ErrorMessage,
    }

    private enum SubscriptionKey
    {
        Name,
        Depth,
        Interval,
    }

    protected override void Read(Utf8JsonReader root)
    {
        if (root.TokenType == JsonTokenType.StartArray)
        {
            ReadArray(root);
        }
        else if (root.TokenType == JsonTokenType.StartObject)
        {
            ReadEvent(root);
        }
        else
        {
            Counters.UnknownEvents.Count("(not an object)"u8);
            Ignore(Channel.Other);
        }
    }

    private void ReadEvent(Utf8JsonReader root)
    {
        if (!TryFindText(root, "event"u8, out ReadOnlySpan<byte> name))
        {
            Counters.UnknownEvents.Count("(no event)"u8);
            Ignore(Channel.Other);
            return;
        }

        EventKind kind = EventOf(name);
        if (kind == EventKind.None)
        {
            Counters.UnknownEvents.Count(name);
            Ignore(Channel.Other);
            return;
        }

        Channel = kind switch
        {
            EventKind.Heartbeat => Channel.Heartbeat,
            EventKind.VenueStatus => Channel.Status,
            EventKind.VenueNotice => Channel.Notice,
            _ => Channel.Acknowledgement,
        };
        HasFastPath = kind == EventKind.Heartbeat;
        KeysSeen seen = default;
        Utf8JsonReader status = default, subscription = default, pair = default, message = default;
        while (NextKey(ref root, EventKeys, ref seen, out int key))
        {
            switch ((EventKey)key)
            {
                case EventKey.Status: status = root; break;
                case EventKey.Subscription: subscription = root; break;
                case EventKey.Pair: pair = root; break;
                case EventKey.ErrorMessage: message = root; break;
            }

            root.Skip();
        }

        Close(EventKeys, seen);
        switch (kind)
        {
            case EventKind.VenueStatus: ReadSystemStatus(ref status); break;
            case EventKind.Subscribed:
                ReadSubscriptionStatus(ref status, ref subscription, ref pair, ref message);
                break;
            case EventKind.VenueNotice: ReadNotice(kind, ref message); break;
            default: Emit(kind, -1, Channel); break;
        }
    }

    /// <summary>What an event object is about; Subscribed stands for all that a subscriptionStatus may say.</summary>
    private static EventKind EventOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("heartbeat"u8)) return EventKind.Heartbeat;
        if (name.SequenceEqual("pong"u8)) return EventKind.Pong;
        if (name.SequenceEqual("systemStatus"u8)) return EventKind.VenueStatus;
        if (name.SequenceEqual("subscriptionStatus"u8)) return EventKind.Subscribed;
        return name.SequenceEqual("error"u8) ? EventKind.VenueNotice : EventKind.None;
    }

    private void ReadSystemStatus(ref Utf8JsonReader status)
    {
        if (!Expect(ref status, JsonTokenType.String)) return;
        ReadOnlySpan<byte> word = ReadText(ref status);
        if (!Words.TrySystem(word, out VenueSystem system)) Counters.UnknownEnums.Count(word);
        Emit(EventKind.VenueStatus, -1, Channel).Detail = (int)system;
    }

    private void ReadNotice(EventKind kind, ref Utf8JsonReader message)
    {
        Counters.Notices.Count(message.TokenType == JsonTokenType.None ? default : ReadText(ref message));
        Emit(kind, -1, Channel);
    }

    /// <summary>
    /// <c>{"event":"subscriptionStatus","status":"subscribed","pair":…,"subscription":{"name":"book","depth":10}}</c>
    /// </summary>
    private void ReadSubscriptionStatus(
        ref Utf8JsonReader status, ref Utf8JsonReader subscription, ref Utf8JsonReader pair, ref Utf8JsonReader message)
    {
        if (!Expect(ref status, JsonTokenType.String)) return;
        ReadOnlySpan<byte> word = ReadText(ref status);
        if (word.SequenceEqual("subscribed"u8))
        {
            ReadSubscription(EventKind.Subscribed, ref subscription, ref pair);
        }
        else if (word.SequenceEqual("unsubscribed"u8))
        {
            ReadSubscription(EventKind.Unsubscribed, ref subscription, ref pair);
        }
        else if (word.SequenceEqual("error"u8))
        {
            ReadNotice(EventKind.SubscriptionRefused, ref message);
        }
        else
        {
            Counters.UnknownEnums.Count(word);
            Ignore(Channel);
        }
    }

    private void ReadSubscription(EventKind kind, ref Utf8JsonReader subscription, ref Utf8JsonReader pair)
    {
        int instrumentId = pair.TokenType == JsonTokenType.None ? -1 : ReadSymbol(ref pair);
        if (!Expect(ref subscription, JsonTokenType.StartObject)) return;
        Channel channel = Channel.Other;
        long depth = 0;
        long interval = 0;
        KeysSeen seen = default;
        while (NextKey(ref subscription, SubscriptionKeys, ref seen, out int key))
        {
            switch ((SubscriptionKey)key)
            {
                case SubscriptionKey.Depth: depth = ReadInteger(ref subscription, 0, int.MaxValue); break;
                case SubscriptionKey.Interval: interval = ReadInteger(ref subscription, 0, int.MaxValue); break;
                default:
                    ReadOnlySpan<byte> name = ReadText(ref subscription);
                    channel = name.SequenceEqual("spread"u8) ? Channel.Spread : Words.SpotChannel(name);
                    break;
            }
        }

        Close(SubscriptionKeys, seen);
        Emit(kind, instrumentId, channel).Detail = (int)(seen.Has((int)SubscriptionKey.Depth) ? depth : interval);
    }

    private void ReadArray(Utf8JsonReader root)
    {
        int count = 0;
        Utf8JsonReader payload = default, name = default, pair = default;
        while (NextElement(ref root))
        {
            if (count == 0)
            {
                Utf8JsonReader first = root;
                ReadInteger(ref first, 0, long.MaxValue);
            }
            else if (count == 1)
            {
                payload = root;
            }

            name = pair;
            pair = root;
            root.Skip();
            count++;
        }

        bool isText = name.TokenType == JsonTokenType.String && pair.TokenType == JsonTokenType.String;
        if (count < 4 || !isText)
        {
            Fault(ParseResult.Invalid);
            return;
        }

        if (!TryReadName(ref name, out Channel channel, out int suffix)) return;
        Channel = channel;
        HasFastPath = channel != Channel.Ohlc;
        ReadPayload(ref payload, count - 3, ReadSymbol(ref pair), suffix);
    }

    /// <summary>
    /// <c>book-1000</c>, <c>ohlc-5</c>, <c>trade</c>. False with a fault, or when the channel is not read.
    /// </summary>
    private bool TryReadName(ref Utf8JsonReader reader, out Channel channel, out int suffix)
    {
        ReadOnlySpan<byte> name = ReadText(ref reader);
        int dash = name.IndexOf((byte)'-');
        ReadOnlySpan<byte> word = dash < 0 ? name : name[..dash];
        channel = word.SequenceEqual("spread"u8) ? Channel.Spread : Words.SpotChannel(word);
        suffix = 0;
        if (dash >= 0 && !TryReadSuffix(name[(dash + 1)..], out suffix)) Fault(ParseResult.Invalid);
        if (channel != Channel.Other) return true;
        Counters.UnknownChannels.Count(name);
        Ignore(Channel.Other);
        return false;
    }

    private static bool TryReadSuffix(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        if (text.Length is 0 or > SuffixDigitsMax) return false;
        foreach (byte b in text)
        {
            if (b is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + (b - '0');
        }

        return true;
    }
}
