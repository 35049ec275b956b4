using System;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Rest;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <content>Answers to calls: what became of each command of it, what the account holds.</content>
public sealed partial class FuturesOrderLane
{
    public void OnAnswer(long number, int status, ReadOnlySpan<byte> body, long nowNs)
    {
        _desk.Advance(nowNs);
        Counters.Frames++;
        try
        {
            Utf8JsonReader reader = new(body);
            if (JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
            {
                using (document)
                {
                    Read(number, status, document.RootElement);
                    return;
                }
            }
        }
        catch (JsonException)
        {
            // A page of a proxy, or half an answer: below, with no answer at all.
        }
        catch (InvalidOperationException)
        {
            // Text that is not UTF-8, or half a surrogate pair, found while reading a member.
        }

        if (!body.IsEmpty) Counters.Malformed++;
        Read(number, status, default);
    }

    private void Read(long number, int status, JsonElement root)
    {
        KrakenError error = Judge(status, root);
        if (error.Reason == VenueReason.RateLimited) _desk.LearnOfLimit();
        bool isGood = error.Reason == VenueReason.None;
        if (_statusCalls.Remove(number))
        {
            if (isGood) ReadStatuses(root);
            return;
        }

        if (IsOfLook(number))
        {
            ReadLook(number, isGood ? root : default);
            return;
        }

        if (!_batches.Remove(number, out long[]? flights))
        {
            Answer(number, root, isGood ? Member(root, StatusNameOf(number)) : default, error);
            return;
        }

        JsonElement parts = isGood ? Member(root, "batchStatus"u8) : default;
        for (int i = 0; i < flights.Length; i++) Answer(flights[i], root, PartOf(parts, i), error);
    }

    /// <summary>
    /// What the whole answer says. "success" says only that the request was looked at; what became of the order is
    /// inside.
    /// </summary>
    private KrakenError Judge(int status, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return KrakenError.OfStatus(status);
        if (status == 200 && JsonFields.TextOf(root, "result"u8).SequenceEqual("success"u8))
        {
            return new KrakenError(VenueReason.None, true);
        }

        ReadOnlySpan<byte> text = JsonFields.TextOf(root, "error"u8);
        bool hasList = root.TryGetProperty("errors"u8, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.Object;
        if (text.IsEmpty && hasList) text = JsonFields.TextOf(list[0], "message"u8);
        if (text.IsEmpty) return KrakenError.OfStatus(status);
        if (VenueErrors.Find(ErrorDialect.Derivatives, Encoding.UTF8.GetString(text)) is { } row)
        {
            return new KrakenError(row.Reason, row.Outcome == OrderOutcome.Refused);
        }

        Counters.OtherErrors.Count(text);
        return KrakenError.Unreadable;
    }

    private ReadOnlySpan<byte> StatusNameOf(long number) => _desk.Find(number)?.Command.Kind switch
    {
        CommandKind.Amend => "editStatus"u8,
        CommandKind.Cancel => "cancelStatus"u8,
        _ => "sendStatus"u8,
    };

    private static JsonElement Member(JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>The part of a batch with this tag.</summary>
    private static JsonElement PartOf(JsonElement parts, int tag)
    {
        if (parts.ValueKind != JsonValueKind.Array) return default;
        foreach (JsonElement part in parts.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object) continue;
            bool isTagged = part.TryGetProperty("order_tag"u8, out JsonElement told)
                && int.TryParse(told.ToString(), out int number) && number == tag;
            if (isTagged) return part;
        }

        return default;
    }

    private void Answer(long number, JsonElement root, JsonElement part, KrakenError error)
    {
        if (_desk.Find(number) is not Flight flight)
        {
            Counters.StrayAnswers++;
            return;
        }

        bool isLate = flight.State == FlightState.Unknown;
        KrakenError outcome = error.Reason == VenueReason.None ? OutcomeOf(part, flight.Command.Kind) : error;
        if (!outcome.IsDefinite)
        {
            if (!isLate) _desk.GiveUp(flight, outcome.Reason);
            return;
        }

        bool isAccepted = outcome.Reason == VenueReason.None;
        AccountRecord record = CommandDesk.OutcomeOf(
            flight.Command, isAccepted ? AccountEventKind.Accepted : AccountEventKind.Refused, outcome.Reason);
        record.ExchangeTimeNs = JsonFields.TimeOf(root, "serverTime"u8);
        record.Late = isLate;
        if (isAccepted) Accept(flight.Command, part, ref record);
        else if (flight.Command.Kind == CommandKind.Place) _orders.Forget(flight.Command.Id);
        _desk.Settle(flight, record);
        if (isAccepted && flight.Command.Kind == CommandKind.Place) ReadEnd(flight.Command, part);
    }

    private void Accept(in OrderCommand command, JsonElement part, ref AccountRecord record)
    {
        ReadOnlySpan<byte> text = JsonFields.TextOf(part, "order_id"u8);
        if (text.IsEmpty) text = JsonFields.TextOf(part, "orderId"u8);
        VenueKey order = VenueKey.Of(text);
        if (!order.IsNone)
        {
            record.VenueOrderHigh = order.High;
            record.VenueOrderLow = order.Low;
            if (!_orders.TryBind(order, command.Id)) Counters.OrdersNotKept++;
        }

        if (command.Kind == CommandKind.Amend) _orders.Amend(command);
    }

    /// <summary>The status of one order.</summary>
    private KrakenError OutcomeOf(JsonElement part, CommandKind kind)
    {
        if (part.ValueKind != JsonValueKind.Object) return KrakenError.Unreadable;
        ReadOnlySpan<byte> text = JsonFields.TextOf(part, "status"u8);
        // A cancel that came too late has cancelled nothing.
        bool isTooLate = kind == CommandKind.Cancel && text.SequenceEqual("filled"u8);
        if (isTooLate) return new KrakenError(VenueReason.UnknownOrder, true);
        if (VenueErrors.Find(ErrorDialect.SendStatus, Encoding.UTF8.GetString(text)) is not { } row)
        {
            Counters.OtherErrors.Count(text);
            return KrakenError.Unreadable;
        }

        return row.Outcome switch
        {
            OrderOutcome.Accepted => new KrakenError(VenueReason.None, true),
            OrderOutcome.Refused => new KrakenError(row.Reason, true),
            _ => new KrakenError(row.Reason, false),
        };
    }

    /// <summary>
    /// An order that ended as it came need not be told of on the socket: the answer's own events say that it is over.
    /// </summary>
    private void ReadEnd(in OrderCommand command, JsonElement part)
    {
        // A stop that is taken and dropped in one was beyond its price already.
        bool isStop = command.Type is OrderType.StopLoss or OrderType.TakeProfit;
        VenueReason otherwise = isStop ? VenueReason.WouldTriggerAtOnce : VenueReason.Other;
        JsonElement events = Member(part, "orderEvents"u8);
        if (events.ValueKind != JsonValueKind.Array) return;
        foreach (JsonElement item in events.EnumerateArray())
        {
            Take(_reader.ReadEvent(item, otherwise, out AccountRecord record), record);
        }
    }

    private void ReadStatuses(JsonElement root)
    {
        JsonElement list = Member(root, "orders"u8);
        if (list.ValueKind != JsonValueKind.Array) return;
        foreach (JsonElement item in list.EnumerateArray())
        {
            Take(_reader.ReadStatus(item, out AccountRecord record), record);
        }
    }

    /// <summary>True unless the item is of no use.</summary>
    private bool Take(ItemVerdict verdict, in AccountRecord record)
    {
        if (verdict == ItemVerdict.Record) _desk.Tell(record);
        if (verdict != ItemVerdict.Fault) return true;
        Counters.ItemFaults++;
        return false;
    }
}
