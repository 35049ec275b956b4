using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <content>The socket: the challenge, and the account's feeds.</content>
/// <remarks>https://docs.kraken.com/api/docs/guides/futures-websockets</remarks>
public sealed partial class FuturesOrderLane
{
    private readonly Dictionary<int, AccountRecord> _positions = [];
    private bool _hasSubscribed;

    public void OnFrame(ReadOnlySpan<byte> frame, long nowNs)
    {
        _desk.Advance(nowNs);
        Counters.Frames++;
        if (!_isConnected) return;
        try
        {
            Utf8JsonReader reader = new(frame);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            ReadOnlySpan<byte> rest = frame[(int)reader.BytesConsumed..].Trim(" \t\r\n"u8);
            if (rest.IsEmpty && document.RootElement.ValueKind == JsonValueKind.Object)
            {
                Read(document.RootElement);
                return;
            }
        }
        catch (JsonException)
        {
            // Counted below with everything else that cannot be read.
        }
        catch (InvalidOperationException)
        {
            // Text that is not UTF-8, or half a surrogate pair, found while reading a member.
        }

        Counters.Malformed++;
        // What the frame would have told is lost.
        LookSoon();
    }

    private void AskForChallenge()
    {
        using (Utf8JsonWriter json = new(_outbox.Writer))
        {
            json.WriteStartObject();
            json.WriteString("event"u8, "challenge"u8);
            json.WriteString("api_key"u8, _key.Bytes);
            json.WriteEndObject();
        }

        _outbox.Seal();
        // The look begins with the question: should it not be answered, the look fails, and the pause after it runs.
        OpenLook(default);
    }

    /// <summary>One challenge serves all feeds of its connection.</summary>
    private void Subscribe(string challenge)
    {
        string signed = _signer.SignChallenge(challenge);
        foreach (string feed in (string[])["open_orders", "fills", "open_positions"])
        {
            using (Utf8JsonWriter json = new(_outbox.Writer))
            {
                json.WriteStartObject();
                json.WriteString("event"u8, "subscribe"u8);
                json.WriteString("feed"u8, feed);
                json.WriteString("api_key"u8, _key.Bytes);
                json.WriteString("original_challenge"u8, challenge);
                json.WriteString("signed_challenge"u8, signed);
                json.WriteEndObject();
            }

            _outbox.Seal();
        }

        _outbox.Add("{\"event\":\"subscribe\",\"feed\":\"heartbeat\"}"u8);
        _hasSubscribed = true;
    }

    private void Read(JsonElement root)
    {
        ReadOnlySpan<byte> happened = JsonFields.TextOf(root, "event"u8);
        if (!happened.IsEmpty)
        {
            ReadEvent(root, happened);
            return;
        }

        ReadOnlySpan<byte> feed = JsonFields.TextOf(root, "feed"u8);
        if (feed.SequenceEqual("open_orders"u8)) ReadChange(root);
        else if (feed.SequenceEqual("fills"u8)) ReadFills(root, isSnapshot: false);
        else if (feed.SequenceEqual("open_positions"u8)) ReadPositions(root);
        else if (feed.SequenceEqual("open_orders_snapshot"u8)) ReadOrders(root);
        else if (feed.SequenceEqual("fills_snapshot"u8)) ReadFills(root, isSnapshot: true);
        else if (!feed.SequenceEqual("heartbeat"u8)) Counters.OtherChannels.Count(feed);
    }

    private void ReadEvent(JsonElement root, ReadOnlySpan<byte> happened)
    {
        ReadOnlySpan<byte> message = JsonFields.TextOf(root, "message"u8);
        if (happened.SequenceEqual("challenge"u8))
        {
            if (!_hasSubscribed && !message.IsEmpty) Subscribe(Encoding.UTF8.GetString(message));
        }
        else if (happened.SequenceEqual("alert"u8) || happened.SequenceEqual("error"u8)
            || happened.SequenceEqual("subscribed_failed"u8))
        {
            // It names neither request nor feed: of a look of the feeds nothing more is to be expected.
            Counters.OtherErrors.Count(message);
            if (!_look.IsOpen || _look.IsOfRest) return;
            _look.FailAwaited();
            SettleLook();
        }
        else if (!happened.SequenceEqual("subscribed"u8) && !happened.SequenceEqual("info"u8))
        {
            Counters.OtherMethods.Count(happened);
        }
    }

    private void ReadChange(JsonElement root)
    {
        ItemVerdict verdict = _reader.ReadChange(root, out AccountRecord record, out bool mustLook);
        if (!Take(verdict, record) || mustLook) LookSoon();
    }

    private void ReadOrders(JsonElement root)
    {
        LookPart part = PartOf(root, "orders"u8, IsAwaited(_look.Orders), Open);
        if (!IsAwaited(_look.Orders)) return;
        _look.Orders = part;
        SettleLook();

        bool Open(JsonElement item) => Take(_reader.ReadOpen(item, isSnapshot: true, out AccountRecord record), record);
    }

    private void ReadFills(JsonElement root, bool isSnapshot)
    {
        bool isOfLook = isSnapshot && IsAwaited(_look.Fills);
        LookPart part = PartOf(root, "fills"u8, isRead: true, Fill);
        if (isOfLook)
        {
            _look.Fills = part;
            SettleLook();
        }
        else if (part != LookPart.Whole)
        {
            LookSoon();
        }

        bool Fill(JsonElement item) => Take(_reader.ReadFill(item, isOfLook, out AccountRecord record), record);
    }

    /// <summary>All positions each time, also when only a price moved: what is not listed any more is flat.</summary>
    private void ReadPositions(JsonElement root)
    {
        bool isOfLook = IsAwaited(_look.Positions);
        HashSet<int> listed = [];
        LookPart part = PartOf(root, "positions"u8, isRead: true, Position);
        if (part == LookPart.Whole) TellFlat(listed);
        if (isOfLook)
        {
            _look.Positions = part;
            SettleLook();
        }
        else if (part != LookPart.Whole)
        {
            LookSoon();
        }

        bool Position(JsonElement item)
        {
            ItemVerdict verdict = _positionReader.Read(item, isOfLook, NowNs, out AccountRecord record);
            if (verdict == ItemVerdict.Record) listed.Add(record.InstrumentId);
            bool isNews = isOfLook || verdict != ItemVerdict.Record || IsNews(record);
            return !isNews || Take(verdict, record);
        }
    }

    private bool IsNews(in AccountRecord record)
    {
        bool isKnown = _positions.TryGetValue(record.InstrumentId, out AccountRecord last)
            && (last.Quantity, last.QuantityDecimals, last.Price, last.PriceDecimals)
                == (record.Quantity, record.QuantityDecimals, record.Price, record.PriceDecimals);
        _positions[record.InstrumentId] = record;
        return !isKnown;
    }

    private void TellFlat(HashSet<int> listed)
    {
        foreach (int instrument in (int[])[.. _positions.Keys])
        {
            if (listed.Contains(instrument)) continue;
            AccountRecord flat = _positions[instrument];
            _positions.Remove(instrument);
            flat.Quantity = 0;
            flat.Side = default;
            flat.Snapshot = false;
            flat.ExchangeTimeNs = NowNs;
            _desk.Tell(flat);
        }
    }

    private bool IsAwaited(LookPart part) => _look.IsOpen && !_look.IsOfRest && part == LookPart.Awaited;

    /// <summary>Reads the items of a list; what that says of the list.</summary>
    private static LookPart PartOf(
        JsonElement root, ReadOnlySpan<byte> name, bool isRead, Func<JsonElement, bool> take)
    {
        JsonElement list = Member(root, name);
        if (list.ValueKind != JsonValueKind.Array) return LookPart.Damaged;
        LookPart part = LookPart.Whole;
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (isRead && !take(item)) part = LookPart.Damaged;
        }

        return part;
    }
}
