// Spot v2 and Unified, the envelope: status, acknowledgements, notices. Market data is in SpotV2General.Data.cs.
// https://docs.kraken.com/api/docs/websocket-v2/
using System;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>
/// General path of spot v2 and Unified frames: <c>{"channel":…,"type":…,"data":…}</c>, <c>{"method":…}</c>.
/// </summary>
internal sealed partial class SpotV2General(Dialect dialect, SymbolTable symbols, WireCounters counters)
    : GeneralFrame(dialect, symbols, counters, dialect)
{
    private static readonly KeySet TopKeys = new(
        "channel type data method result success error Error", "timestamp sequence req_id time_in time_out");

    private static readonly KeySet ResultKeys = new(
        "channel! symbol depth interval", "snapshot event_trigger warnings asset_class tick_type maxratecount");

    private Rfc3339 _timestamp;

    private enum Top
    {
        Channel,
        Type,
        Data,
        Method,
        Result,
        Success,
        Error,
    }

    private enum Result
    {
        Channel,
        Symbol,
        Depth,
        Interval,
    }

    protected override void Read(Utf8JsonReader root)
    {
        if (root.TokenType != JsonTokenType.StartObject)
        {
            Counters.UnknownChannels.Count("(not an object)"u8);
            Ignore(Channel.Other);
        }
        else if (TryFindText(root, "channel"u8, out ReadOnlySpan<byte> text))
        {
            Channel = DataChannel(text);
            if (Channel != Channel.Other)
            {
                ReadDataFrame(root);
                return;
            }

            Counters.UnknownChannels.Count(text);
            Ignore(Channel.Other);
        }
        else if (TryFindText(root, "method"u8, out text))
        {
            ReadAcknowledgement(root, text);
        }
        else if (TryFindText(root, "Error"u8, out text) || TryFindText(root, "error"u8, out text))
        {
            Channel = Channel.Notice;
            Counters.Notices.Count(text);
            Emit(EventKind.VenueNotice, -1, Channel.Notice);
        }
        else
        {
            Counters.UnknownChannels.Count("(no channel)"u8);
            Ignore(Channel.Other);
        }
    }

    private static Channel DataChannel(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("heartbeat"u8)) return Channel.Heartbeat;
        if (name.SequenceEqual("status"u8)) return Channel.Status;
        return name.SequenceEqual("instrument"u8) ? Channel.Instrument : Words.SpotChannel(name);
    }

    /// <summary><c>{"method":"subscribe","result":{…},"success":true,"time_in":"…","time_out":"…"}</c></summary>
    private void ReadAcknowledgement(Utf8JsonReader root, ReadOnlySpan<byte> method)
    {
        EventKind kind;
        if (method.SequenceEqual("subscribe"u8)) kind = EventKind.Subscribed;
        else if (method.SequenceEqual("unsubscribe"u8)) kind = EventKind.Unsubscribed;
        else if (method.SequenceEqual("pong"u8)) kind = EventKind.Pong;
        else
        {
            Counters.UnknownEvents.Count(method);
            Ignore(Channel.Other);
            return;
        }

        Channel = Channel.Acknowledgement;
        long timeNs = TryFindText(root, "time_in"u8, out ReadOnlySpan<byte> timeIn)
            && _timestamp.TryParse(timeIn, out long parsedNs) ? parsedNs : 0;

        KeysSeen seen = default;
        JsonTokenType success = JsonTokenType.None;
        Utf8JsonReader result = default;
        Utf8JsonReader error = default;
        while (NextKey(ref root, TopKeys, ref seen, out int key))
        {
            if (key == (int)Top.Success) success = root.TokenType;
            else if (key == (int)Top.Result) result = root;
            else if (key == (int)Top.Error) error = root;
            root.Skip();
        }

        Close(TopKeys, seen);
        if (kind == EventKind.Pong) Emit(kind, -1, Channel.Acknowledgement).ExchangeTimeNs = timeNs;
        else if (success == JsonTokenType.True) ReadSubscription(ref result, kind, timeNs);
        else if (success == JsonTokenType.False) ReadRefusal(ref error, seen.Has((int)Top.Error), timeNs);
        else Fault(ParseResult.Invalid);
    }

    private void ReadSubscription(ref Utf8JsonReader reader, EventKind kind, long timeNs)
    {
        if (!Expect(ref reader, JsonTokenType.StartObject)) return;
        Channel channel = Channel.Other;
        int instrumentId = -1;
        long depth = 0;
        long interval = 0;
        KeysSeen seen = default;
        while (NextKey(ref reader, ResultKeys, ref seen, out int key))
        {
            switch ((Result)key)
            {
                case Result.Channel:
                    ReadOnlySpan<byte> name = ReadText(ref reader);
                    channel = name.SequenceEqual("instrument"u8) ? Channel.Instrument : Words.SpotChannel(name);
                    break;
                case Result.Symbol: instrumentId = ReadSymbol(ref reader); break;
                case Result.Depth: depth = ReadInteger(ref reader, 0, int.MaxValue); break;
                case Result.Interval: interval = ReadInteger(ref reader, 0, int.MaxValue); break;
            }
        }

        Close(ResultKeys, seen);
        ref MarketEvent e = ref Emit(kind, instrumentId, channel);
        e.Detail = (int)(seen.Has((int)Result.Depth) ? depth : interval);
        e.ExchangeTimeNs = timeNs;
    }

    private void ReadRefusal(ref Utf8JsonReader error, bool hasError, long timeNs)
    {
        Counters.Notices.Count(hasError ? ReadText(ref error) : default);
        Emit(EventKind.SubscriptionRefused, -1, Channel.Acknowledgement).ExchangeTimeNs = timeNs;
    }

    private long ReadTimestamp(ref Utf8JsonReader reader)
    {
        if (!_timestamp.TryParse(ReadText(ref reader), out long unixNs)) Fault(ParseResult.Invalid);
        return unixNs;
    }
}
