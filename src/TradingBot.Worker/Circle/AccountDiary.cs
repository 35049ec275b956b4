// In:     orders as they leave, records of the account before and after the engine takes them.
// Out:    counts of what became of orders, the result of what was closed, the last happenings in words.
// Thread: the worker's.
// Keeps:  decides nothing and is no part of the state: the engine does the same without it. Floating point is for eyes.
// Budget: per account event.
using System;
using System.Collections.Generic;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;

namespace TradingBot.Worker.Circle;

/// <summary>What happened to orders, as one would tell it.</summary>
internal sealed class AccountDiary(SymbolTable symbols)
{
    /// <summary>A screenful.</summary>
    private const int HappeningsMax = 40;

    /// <summary>
    /// Ten instruments of 32 orders, ten times over; of orders beyond that it is not told whether they filled in part.
    /// </summary>
    private const int OrdersMax = 4_096;

    /// <summary>Decimal parts are summed in binary: a millionth of an order is no part of it.</summary>
    private const double PartMin = 1e-6;

    private readonly Dictionary<ClientOrderId, Placed> _orders = [];
    private readonly Queue<Happening> _happenings = new();
    private long _told;

    /// <summary>The venue's answers to orders placed.</summary>
    public long Accepted { get; private set; }

    public long Refused { get; private set; }

    public long Unknown { get; private set; }

    /// <summary>Fills that left a part of their order open.</summary>
    public long PartialFills { get; private set; }

    /// <summary>Stops that began to fill.</summary>
    public long StopsHit { get; private set; }

    /// <summary>Take-profits that began to fill.</summary>
    public long TakeProfitsHit { get; private set; }

    /// <summary>Result of what was closed since the start, in quote currency, before fees and funding.</summary>
    public double Realised { get; private set; }

    /// <summary>The last ones, oldest first.</summary>
    public IReadOnlyCollection<Happening> Happenings => _happenings;

    /// <summary>A command leaves.</summary>
    public void OnSent(in OrderCommand command, long nowNs)
    {
        if (command.Kind is not (CommandKind.Place or CommandKind.Amend)) return;
        double quantity = Number(command.Quantity, command.QuantityDecimals);
        if (command.Kind == CommandKind.Amend)
        {
            if (_orders.TryGetValue(command.Id, out Placed? amended)) amended.Quantity = quantity;
            return;
        }

        if (_orders.Count < OrdersMax) _orders[command.Id] = new Placed { Quantity = quantity };
        if (command.Id.Role is not (OrderRole.Entry or OrderRole.Exit)) return;
        long price = command.LimitPrice;
        string at = price == 0 ? "at market" : "at " + DecimalText.Of(price, command.PriceDecimals);
        string size = DecimalText.Of(command.Quantity, command.QuantityDecimals, shortest: true);
        Tell(nowNs, Word(command.Id.Role) + " sent", command.InstrumentId, $"{Verb(command.Side)} {size} {at}");
    }

    /// <summary>Before the engine takes a record: what the position was.</summary>
    public static Page Open(in AccountRecord record, ProtectionStage protection) =>
        record.Kind == AccountEventKind.Fill && record.InstrumentId >= 0
            ? new Page(protection.PositionOf(record.InstrumentId), protection.Counters.Fills)
            : default;

    /// <summary>After it: what became of the order.</summary>
    public void Close(in AccountRecord record, in Page page, ProtectionStage protection, long nowNs)
    {
        bool answers = record.Command == CommandKind.Place;
        switch (record.Kind)
        {
            case AccountEventKind.Accepted when answers:
                Accepted++;
                break;
            case AccountEventKind.Refused when answers:
                Refused++;
                _orders.Remove(record.Id);
                Tell(nowNs, Word(record.Id.Role) + " refused", record.InstrumentId, record.Reason.ToString());
                break;
            case AccountEventKind.Unknown when answers:
                Unknown++;
                Tell(nowNs, Word(record.Id.Role) + " unknown", record.InstrumentId, "nobody knows its outcome yet");
                break;
            case AccountEventKind.OrderOpen:
                OnOpen(in record, nowNs);
                break;
            case AccountEventKind.OrderClosed:
                OnClosed(in record, nowNs);
                break;
            // The engine counts an execution once, however often the venue repeats it.
            case AccountEventKind.Fill when protection.Counters.Fills > page.Fills:
                OnFill(in record, in page, nowNs);
                break;
            default:
                break;
        }
    }

    private void OnOpen(in AccountRecord record, long nowNs)
    {
        bool known = _orders.TryGetValue(record.Id, out Placed? order);
        if (!known || order!.IsOpen) return;
        order.IsOpen = true;
        if (record.Id.Role != OrderRole.Stop) return;
        string trigger = DecimalText.Of(record.TriggerPrice, record.PriceDecimals);
        Tell(nowNs, "stop in place", record.InstrumentId, "at " + trigger);
    }

    private void OnClosed(in AccountRecord record, long nowNs)
    {
        if (!_orders.TryGetValue(record.Id, out Placed? order)) return;
        // Fills may come after the end: the order is known until the last of them.
        double filled = Number(record.CumulativeQuantity, record.QuantityDecimals);
        if (order.Filled >= filled * (1 - PartMin)) _orders.Remove(record.Id);
        bool isIdle = record.Id.Role == OrderRole.Entry && filled == 0 && order.Filled == 0;
        if (isIdle) Tell(nowNs, "entry over", record.InstrumentId, "nothing was filled");
    }

    private void OnFill(in AccountRecord record, in Page page, long nowNs)
    {
        double quantity = Number(record.Quantity, record.QuantityDecimals);
        double price = Number(record.Price, record.PriceDecimals);
        double result = ResultOf(in page, record.Side == Side.Buy ? quantity : -quantity, price);
        Realised += result;
        string size = DecimalText.Of(record.Quantity, record.QuantityDecimals, shortest: true);
        string words = $"{Verb(record.Side)} {size} at {DecimalText.Of(record.Price, record.PriceDecimals)}";
        string what = Word(record.Id.Role) + " filled";
        if (_orders.TryGetValue(record.Id, out Placed? order))
        {
            bool first = order.Filled == 0;
            order.Filled += quantity;
            bool isPart = order.Filled < order.Quantity * (1 - PartMin);
            if (isPart) PartialFills++;
            if (first && record.Id.Role == OrderRole.Stop) StopsHit++;
            if (first && record.Id.Role == OrderRole.TakeProfit) TakeProfitsHit++;
            if (isPart) what += " in part";
        }

        if (record.Id.Role == OrderRole.Stop) what = what.Replace("stop filled", "stop hit", StringComparison.Ordinal);
        Tell(nowNs, what, record.InstrumentId, words, result);
    }

    /// <summary>What the closing part of a fill brought against the mean entry.</summary>
    private static double ResultOf(in Page page, double signed, double price)
    {
        double held = Number(page.Before.Quantity, page.Before.QuantityDecimals);
        if (held == 0 || held > 0 == signed > 0) return 0;
        double entry = Number(page.Before.AveragePrice, page.Before.PriceDecimals);
        return (price - entry) * Math.Min(Math.Abs(held), Math.Abs(signed)) * Math.Sign(held);
    }

    private void Tell(long nowNs, string what, int instrumentId, string words, double result = 0)
    {
        string symbol = instrumentId >= 0 ? Encoding.ASCII.GetString(symbols.TextOf(instrumentId)) : "";
        if (_happenings.Count == HappeningsMax) _happenings.Dequeue();
        _happenings.Enqueue(new Happening(_told++, nowNs, what, symbol, words, result));
    }

    internal static double Number(long mantissa, int decimals) => mantissa / Math.Pow(10, decimals);

    private static string Word(OrderRole role) => role switch
    {
        OrderRole.Entry => "entry",
        OrderRole.Stop => "stop",
        OrderRole.TakeProfit => "take-profit",
        OrderRole.Exit => "exit",
        _ => "foreign order",
    };

    private static string Verb(Side side) => side == Side.Buy ? "buy" : "sell";

    /// <summary>What was before a record.</summary>
    internal readonly record struct Page(PositionView Before, long Fills);

    /// <summary>One thing that happened.</summary>
    /// <param name="Number">Counts them from the start.</param>
    /// <param name="Result">Quote currency won or lost by it; 0 where nothing was closed.</param>
    internal readonly record struct Happening(
        long Number, long TimeNs, string What, string Symbol, string Words, double Result);

    private sealed class Placed
    {
        public double Quantity { get; set; }

        public double Filled { get; set; }

        public bool IsOpen { get; set; }
    }
}
