using System;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Rest;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <content>Frames of the venue: answers to what was sent, executions, positions; the rest is counted.</content>
public sealed partial class SocketOrderLane
{
    /// <summary>
    /// Reads one frame. Whatever its bytes are, it ends in records and counters, never in an exception.
    /// </summary>
    public void OnFrame(ReadOnlySpan<byte> frame, long nowNs)
    {
        Advance(nowNs);
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
        LoseExecutions();
        LosePositions();
    }

    private void Read(JsonElement root)
    {
        if (root.TryGetProperty("channel"u8, out JsonElement channel) && channel.ValueKind == JsonValueKind.String)
        {
            if (channel.ValueEquals("executions"u8)) ReadExecutions(root);
            else if (channel.ValueEquals("positions"u8) && !IsSpot) ReadPositions(root);
            else if (channel.ValueEquals("balances"u8) && IsSpot) ReadBalances(root);
            else Counters.OtherChannels.Count(JsonFields.Text(channel));
            return;
        }

        ReadOnlySpan<byte> method = JsonFields.TextOf(root, "method"u8);
        if (method.SequenceEqual("subscribe"u8)) ReadSubscribed(root);
        else if (method.SequenceEqual("add_order"u8)) ReadAnswer(root, CommandKind.Place);
        else if (method.SequenceEqual("amend_order"u8)) ReadAnswer(root, CommandKind.Amend);
        else if (method.SequenceEqual("cancel_order"u8)) ReadAnswer(root, CommandKind.Cancel);
        else Counters.OtherMethods.Count(method);
    }

    /// <summary>Only a refusal matters: a subscription that holds proves itself by its snapshot.</summary>
    private void ReadSubscribed(JsonElement root)
    {
        bool isRefused = root.TryGetProperty("success"u8, out JsonElement success)
            && success.ValueKind == JsonValueKind.False;
        if (!isRefused) return;
        _ = ErrorOf(root);
        if (!_look.IsOpen) return;

        bool isNamed = JsonFields.TryInteger(root, "req_id"u8, out long requestId);
        bool ofExecutions = !isNamed || requestId == _look.ExecutionsRequest;
        bool ofPositions = !isNamed || requestId == _look.PositionsRequest;
        if (ofExecutions && _look.Executions == LookPart.Awaited) _look.Executions = LookPart.Failed;
        if (ofPositions && _look.Positions == LookPart.Awaited) _look.Positions = LookPart.Failed;
        SettleLook();
    }

    /// <summary>
    /// https://docs.kraken.com/exchange/api-reference/unified-ws: method, req_id, success, result or error.
    /// </summary>
    private void ReadAnswer(JsonElement root, CommandKind kind)
    {
        Flight? flight = JsonFields.TryInteger(root, "req_id"u8, out long requestId) ? _desk.Find(requestId) : null;
        if (flight is null || flight.Command.Kind != kind)
        {
            Counters.StrayAnswers++;
            return;
        }

        bool isLate = flight.State == FlightState.Unknown;
        JsonValueKind success = root.TryGetProperty("success"u8, out JsonElement value) ? value.ValueKind : default;
        if (success == JsonValueKind.True)
        {
            Answer(root, flight, new KrakenError(VenueReason.None, true), isLate);
            return;
        }

        KrakenError error = success == JsonValueKind.False ? ErrorOf(root) : KrakenError.Unreadable;
        if (TrySendAgain(root, flight, isLate)) return;
        if (error.Reason == VenueReason.RateLimited) _desk.LearnOfLimit();
        if (error.IsDefinite)
        {
            if (kind == CommandKind.Place) _orders.Forget(flight.Command.Id);
            Answer(root, flight, error, isLate);
        }
        else if (!isLate)
        {
            _desk.GiveUp(flight, error.Reason);
        }
    }

    private void Answer(JsonElement root, Flight flight, KrakenError error, bool isLate)
    {
        bool isAccepted = error.Reason == VenueReason.None;
        AccountEventKind kind = isAccepted ? AccountEventKind.Accepted : AccountEventKind.Refused;
        AccountRecord record = CommandDesk.OutcomeOf(flight.Command, kind, error.Reason);
        record.ExchangeTimeNs = JsonFields.TimeOf(root, "time_out"u8);
        record.Late = isLate;

        bool hasResult = root.TryGetProperty("result"u8, out JsonElement result)
            && result.ValueKind == JsonValueKind.Object;
        VenueKey order = hasResult ? VenueKey.Of(JsonFields.TextOf(result, "order_id"u8)) : default;
        if (isAccepted && !order.IsNone)
        {
            record.VenueOrderHigh = order.High;
            record.VenueOrderLow = order.Low;
            if (!_orders.TryBind(order, flight.Command.Id)) Counters.OrdersNotKept++;
        }

        if (isAccepted && flight.Command.Kind == CommandKind.Amend) _orders.Amend(flight.Command);
        _desk.Settle(flight, record);
    }

    /// <summary>
    /// A request whose token was not taken had no effect, so it may go again, once, with the spare: a stop does not
    /// wait for REST.
    /// </summary>
    private bool TrySendAgain(JsonElement root, Flight flight, bool isLate) =>
        !isLate && _token is not null && KrakenError.IsOfSession(JsonFields.TextOf(root, "error"u8))
        && _desk.TryWriteAgain(flight);

    private KrakenError ErrorOf(JsonElement root)
    {
        ReadOnlySpan<byte> text = JsonFields.TextOf(root, "error"u8);
        KrakenError error = KrakenError.Of(text);
        bool isListed = VenueErrors.Find(ErrorDialect.Spot, Encoding.UTF8.GetString(text)) is not null;
        if (!isListed) Counters.OtherErrors.Count(text);
        if (KrakenError.IsOfSession(text))
        {
            bool isNamed = JsonFields.TryInteger(root, "req_id"u8, out long requestId);
            LoseToken(isNamed ? requestId : _tokenFromRequest);
        }

        return error;
    }

    private void ReadExecutions(JsonElement root)
    {
        if (!TryReadType(root, out bool isSnapshot)) return;
        bool isGap = TakeSequence(root, isSnapshot, ref _sequence);
        bool isWhole = root.TryGetProperty("data"u8, out JsonElement data) && data.ValueKind == JsonValueKind.Array;
        if (isWhole)
        {
            foreach (JsonElement item in data.EnumerateArray())
            {
                ItemVerdict verdict = _executionReader.Read(item, isSnapshot, out AccountRecord record);
                if (verdict == ItemVerdict.Record) _desk.Tell(record);
                if (verdict == ItemVerdict.Fault) isWhole = false;
                if (verdict == ItemVerdict.Fault) Counters.ItemFaults++;
            }
        }

        if (isSnapshot && _look.IsOpen && _look.Executions == LookPart.Awaited)
        {
            _look.Executions = isWhole ? LookPart.Whole : LookPart.Damaged;
            SettleLook();
        }
        else if (isGap || !isWhole)
        {
            LoseExecutions();
        }
    }

    /// <summary>
    /// Follows the sequence where there is one (it is not documented for this channel); true means a hole.
    /// </summary>
    private bool TakeSequence(JsonElement root, bool isSnapshot, ref long known)
    {
        bool isTold = JsonFields.TryInteger(root, "sequence"u8, out long sequence);
        if (isSnapshot || !isTold)
        {
            known = isTold ? sequence : NoSequence;
            return false;
        }

        long last = known;
        known = Math.Max(last, sequence);
        if (last == NoSequence) return false;
        if (sequence <= last) Counters.SequenceRepeats++;
        if (sequence <= last + 1) return false;
        Counters.SequenceGaps++;
        return true;
    }

    private void ReadPositions(JsonElement root)
    {
        if (!TryReadType(root, out bool isSnapshot)) return;
        bool hasObject = root.TryGetProperty("data"u8, out JsonElement data) && data.ValueKind == JsonValueKind.Object;
        // snapshot_too_large: the lists are empty and mean nothing.
        bool isError = hasObject
            && data.TryGetProperty("error"u8, out JsonElement error) && !JsonFields.IsAbsent(error);
        LookPart part = isError ? LookPart.Failed : ReadFutures(hasObject ? data : default, isSnapshot);
        if (isError) Counters.OtherErrors.Count(JsonFields.TextOf(data, "error"u8));

        if (isSnapshot && _look.IsOpen && _look.Positions == LookPart.Awaited)
        {
            _look.Positions = part;
            SettleLook();
        }
        else if (part != LookPart.Whole)
        {
            LosePositions();
        }
    }

    private bool IsSpot => _options.Market == LaneMarket.Spot;

    /// <summary>https://docs.kraken.com/api/docs/websocket-v2/balances: an update is an entry of the ledger.</summary>
    private void ReadBalances(JsonElement root)
    {
        if (!TryReadType(root, out bool isSnapshot)) return;
        bool isGap = TakeSequence(root, isSnapshot, ref _balanceSequence);
        bool isWhole = root.TryGetProperty("data"u8, out JsonElement data) && data.ValueKind == JsonValueKind.Array;
        if (isWhole && isSnapshot) _balances.Clear();
        foreach (JsonElement item in isWhole ? data.EnumerateArray() : default)
        {
            bool isRead = item.ValueKind == JsonValueKind.Object
                && item.TryGetProperty("balance"u8, out JsonElement told)
                && JsonFields.TryAmount(told, out Amount balance)
                && TryTakeBalance(
                    JsonFields.TextOf(item, "asset"u8), JsonFields.TextOf(item, "wallet_type"u8), balance);
            if (isRead) continue;
            Counters.ItemFaults++;
            isWhole = false;
        }

        if (isSnapshot && _look.IsOpen && _look.Positions == LookPart.Awaited)
        {
            _look.Positions = isWhole ? LookPart.Whole : LookPart.Damaged;
            SettleLook();
        }
        else if (isGap || !isWhole)
        {
            LosePositions();
        }
    }

    /// <summary>An entry of another wallet than spot's says nothing of what can be sold.</summary>
    private bool TryTakeBalance(ReadOnlySpan<byte> asset, ReadOnlySpan<byte> wallet, Amount balance)
    {
        if (asset.IsEmpty) return false;
        bool isOfSpot = wallet.IsEmpty || wallet.SequenceEqual("spot"u8);
        if (isOfSpot) _balances[Encoding.UTF8.GetString(asset)] = balance;
        return true;
    }

    private LookPart ReadFutures(JsonElement data, bool isSnapshot)
    {
        if (data.ValueKind != JsonValueKind.Object) return LookPart.Damaged;
        bool hasList = data.TryGetProperty("futures"u8, out JsonElement futures)
            && futures.ValueKind == JsonValueKind.Array;
        if (!hasList) return LookPart.Damaged;

        LookPart part = LookPart.Whole;
        long timeNs = JsonFields.TimeOf(data, "time"u8);
        foreach (JsonElement item in futures.EnumerateArray())
        {
            ItemVerdict verdict = _positionReader.Read(item, isSnapshot, timeNs, out AccountRecord record);
            if (verdict == ItemVerdict.Record) _desk.Tell(record);
            if (verdict != ItemVerdict.Fault) continue;
            Counters.ItemFaults++;
            part = LookPart.Damaged;
        }

        return part;
    }

    private bool TryReadType(JsonElement root, out bool isSnapshot)
    {
        ReadOnlySpan<byte> type = JsonFields.TextOf(root, "type"u8);
        isSnapshot = type.SequenceEqual("snapshot"u8);
        if (isSnapshot || type.SequenceEqual("update"u8)) return true;
        Counters.UnknownWords.Count(type);
        return false;
    }
}
