using System;
using System.Collections.Generic;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Tests.Database;

/// <summary>
/// Records as a log may hold them, in no sensible order: answers nobody asked for, fills told twice, strangers' fills.
/// </summary>
internal sealed class RandomRecords(Random random, uint lastEpoch = 0)
{
    private static readonly string[] Symbols = ["PF_XBTUSD", "PF_ETHUSD", "PF_ÖLUSD"];

    private readonly List<ClientOrderId> _placed = [];
    private uint _epoch = lastEpoch;
    private bool _begun;
    private long _intent;
    private long _timeNs = 1_700_000_000_000_000_000;

    public IntentRecord Next()
    {
        _timeNs += random.Next(1, 1_000_000);
        if (!_begun || random.Next(40) == 0)
        {
            _begun = true;
            return new IntentRecord { Kind = IntentRecordKind.Epoch, Epoch = ++_epoch, TimeNs = _timeNs };
        }

        IntentRecord record = new()
        {
            Epoch = _epoch,
            TimeNs = _timeNs,
            Symbol = SymbolText.Of(Encoding.UTF8.GetBytes(Symbols[random.Next(Symbols.Length)])),
            Side = random.Next(2) == 0 ? Side.Buy : Side.Sell,
            Type = (OrderType)random.Next(5),
            QuantityDecimals = (byte)random.Next(7),
            PriceDecimals = (byte)random.Next(4),
            Quantity = random.Next(1, 1_000),
            ReduceOnly = random.Next(2) == 0,
            Command = (CommandKind)random.Next(1, 4),
            Id = AnyId(),
        };
        return random.Next(10) switch
        {
            < 3 => AsCommand(record),
            < 7 => AsOutcome(record),
            _ => AsFill(record),
        };
    }

    private IntentRecord AsCommand(IntentRecord record)
    {
        record.Kind = IntentRecordKind.Command;
        if (record.Command == CommandKind.Place || _placed.Count == 0)
        {
            record.Command = CommandKind.Place;
            record.Id = NewId();
            _placed.Add(record.Id);
        }

        if (record.Command == CommandKind.Cancel || random.Next(20) == 0) record.Quantity = 0;
        record.LimitPrice = random.Next(2) * random.NextInt64(1L << 50);
        record.TriggerPrice = random.Next(2) * random.Next();
        record.PlannedStop = random.Next(2) * random.Next();
        return record;
    }

    private IntentRecord AsOutcome(IntentRecord record)
    {
        record.Kind = IntentRecordKind.Outcome;
        record.Event = (AccountEventKind)random.Next((int)AccountEventKind.Accepted, (int)AccountEventKind.OrderOpen);
        record.Reason = (VenueReason)random.Next(15);
        if (random.Next(10) == 0) record.Symbol = default;
        return record;
    }

    private IntentRecord AsFill(IntentRecord record)
    {
        record.Kind = IntentRecordKind.Fill;
        record.Event = AccountEventKind.Fill;
        // Few enough that some come twice, with a sign bit where signed columns could stumble.
        record.ExecutionHigh = (ulong)random.Next(2) << 63;
        record.ExecutionLow = (ulong)random.Next(40);
        record.LimitPrice = random.Next();
        if (random.Next(10) == 0) record.Id = default;
        return record;
    }

    /// <summary>Mostly one of the newest orders, so that much happens to each; sometimes one nobody knows.</summary>
    private ClientOrderId AnyId()
    {
        bool stranger = _placed.Count == 0 || random.Next(15) == 0;
        return stranger ? NewId() : _placed[^random.Next(1, Math.Min(6, _placed.Count) + 1)];
    }

    private ClientOrderId NewId() =>
        ClientOrderId.Of(_epoch, _intent++, (OrderRole)random.Next(1, 5), random.Next(256));
}
