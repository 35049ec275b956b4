// In:     commands, answers and fills in the log's order.   Out: the newest state of each order, as a row.
// Thread: the store's.
// Keeps:  what a group of records does to an order is folded in memory and written once, at the group's end; what is
//         not written then is forgotten.
// Budget: one read of an order that an earlier group placed, one write per order and group.
using System;
using System.Collections.Generic;
using System.Data.Common;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Storage.Database;

/// <summary>The newest state of each order, folded record by record.</summary>
/// <remarks>
/// A fill proves that an order was accepted, whatever was said of it; filled is the end, cancelled nearly so (a fill
/// may have been on its way). An amendment counts once it is accepted.
/// </remarks>
internal sealed class OrderRows(IStoreEngine engine, DbConnection connection) : IDisposable
{
    private readonly RowStatement _place = engine.Prepare(
        connection,
        """
        INSERT INTO orders (client_id, epoch, intent, role, symbol, type, side, reduce_only, quantity,
            quantity_decimals, limit_price, trigger_price, price_decimals, asked_record, filled, filled_decimals,
            state, placed_record, changed_record)
        VALUES ($id, $epoch, $intent, $role, $symbol, $type, $side, $reduce, $quantity, $quantity_decimals, $limit,
            $trigger, $price_decimals, $asked, $filled, $filled_decimals, $state, $placed, $changed)
        """);

    private readonly RowStatement _change = engine.Prepare(
        connection,
        """
        UPDATE orders SET quantity = $quantity, quantity_decimals = $quantity_decimals, limit_price = $limit,
            trigger_price = $trigger, price_decimals = $price_decimals, asked_record = $asked, filled = $filled,
            filled_decimals = $filled_decimals, state = $state, changed_record = $changed
        WHERE client_id = $id
        """);

    private readonly RowStatement _read = engine.Prepare(
        connection,
        """
        SELECT state, quantity, quantity_decimals, limit_price, trigger_price, price_decimals, asked_record, filled,
            filled_decimals FROM orders WHERE client_id = $id
        """);

    private readonly RowStatement _readTerms = engine.Prepare(
        connection,
        """
        SELECT quantity, quantity_decimals, limit_price, trigger_price, price_decimals FROM commands
        WHERE record = $record
        """);

    /// <summary>Orders that the group's records name; null: the log does not know such an order.</summary>
    private readonly Dictionary<ClientOrderId, FoldedOrder?> _orders = [];

    /// <summary>A command is about to leave; returns what is wrong, or null.</summary>
    public string? OnCommand(DbTransaction transaction, long number, in IntentRecord record)
    {
        if (record.Command == CommandKind.Place)
        {
            if (_orders.GetValueOrDefault(record.Id) is not null) return $"{RowText.Of(record.Id)} was placed before.";
            _orders[record.Id] = new FoldedOrder
            {
                Placed = record,
                PlacedRecord = number,
                ChangedRecord = number,
                Terms = OrderTerms.Of(in record),
                Filled = new ScaledQuantity(0, record.QuantityDecimals),
            };
        }
        else if (record.Command == CommandKind.Amend && Find(transaction, record.Id) is { } order)
        {
            order.AskedRecord = number;
            order.AskedTerms = OrderTerms.Of(in record);
            order.ChangedRecord = number;
        }

        return null;
    }

    /// <summary>The venue answered, or did not.</summary>
    public void OnOutcome(DbTransaction transaction, long number, in IntentRecord record)
    {
        if (Find(transaction, record.Id) is not { } order) return;
        bool accepted = record.Event == AccountEventKind.Accepted;
        order.ChangedRecord = number;
        if (record.Command == CommandKind.Amend && (accepted || record.Event == AccountEventKind.Refused))
        {
            if (accepted && order.AskedRecord != 0) order.Terms = order.AskedTerms ?? Read(transaction, order);
            order.AskedRecord = 0;
        }

        order.State = record.Command switch
        {
            CommandKind.Place => AfterPlace(order, record.Event),
            CommandKind.Cancel when accepted && order.State != OrderStanding.Filled => OrderStanding.Cancelled,
            _ => order.State,
        };
        order.FillUp();
    }

    /// <summary>A fill came; of an order that the log does not name, nothing is known to change. Returns what is
    /// wrong, or null.</summary>
    public string? OnFill(DbTransaction transaction, long number, ClientOrderId id, ScaledQuantity fill)
    {
        if (Find(transaction, id) is not { } order) return null;
        if (!ScaledQuantity.TryAdd(order.Filled, fill, out ScaledQuantity sum))
        {
            return $"what is filled of {RowText.Of(id)} ({order.Filled} plus {fill}) leaves 64 bits.";
        }

        order.ChangedRecord = number;
        order.Filled = sum;
        if (order.State != OrderStanding.Cancelled) order.State = OrderStanding.Accepted;
        order.FillUp();
        return null;
    }

    /// <summary>Writes what the group changed.</summary>
    /// <param name="transaction">The group's.</param>
    /// <param name="number">The record whose order is being written, for a message when it is refused.</param>
    public void Settle(DbTransaction transaction, ref long number)
    {
        foreach ((ClientOrderId id, FoldedOrder? order) in _orders)
        {
            if (order is null || order.ChangedRecord == 0) continue;
            number = order.PlacedRecord != 0 ? order.PlacedRecord : order.ChangedRecord;
            Write(transaction, id, order);
        }
    }

    /// <summary>The group is over, written or not.</summary>
    public void Forget() => _orders.Clear();

    public void Dispose()
    {
        _place.Dispose();
        _change.Dispose();
        _read.Dispose();
        _readTerms.Dispose();
    }

    private static OrderStanding AfterPlace(FoldedOrder order, AccountEventKind outcome)
    {
        bool isDecided = order.State is OrderStanding.Filled or OrderStanding.Cancelled || order.Filled.Mantissa != 0;
        if (isDecided) return order.State;
        return outcome switch
        {
            AccountEventKind.Accepted => OrderStanding.Accepted,
            AccountEventKind.Refused => OrderStanding.Refused,
            // A late "nobody knows" takes nothing from what is known.
            _ => order.State == OrderStanding.Sent ? OrderStanding.Unknown : order.State,
        };
    }

    private void Write(DbTransaction transaction, ClientOrderId id, FoldedOrder order)
    {
        Span<byte> text = stackalloc byte[ClientOrderId.TextBytes];
        id.Write(text);
        bool isNew = order.PlacedRecord != 0;
        RowStatement row = (isNew ? _place : _change).Begin(transaction);
        if (isNew)
        {
            IntentRecord placed = order.Placed;
            row.Add(text).Add(placed.Epoch).Add(id.Intent).Add(RowText.Bytes(id.Role)).Add(placed.Symbol.AsSpan())
                .Add(RowText.Bytes(placed.Type)).Add(RowText.Bytes(placed.Side)).Add(placed.ReduceOnly ? 1 : 0);
        }

        OrderTerms terms = order.Terms;
        row.AddOrNone(terms.Quantity).Add(terms.QuantityDecimals).AddOrNone(terms.LimitPrice)
            .AddOrNone(terms.TriggerPrice).Add(terms.PriceDecimals).AddOrNone(order.AskedRecord)
            .Add(order.Filled.Mantissa).Add(order.Filled.Decimals).Add(RowText.Bytes(order.State));
        if (isNew) row.Add(order.PlacedRecord).Add(order.ChangedRecord).Run();
        else row.Add(order.ChangedRecord).Add(text).Run();
    }

    private FoldedOrder? Find(DbTransaction transaction, ClientOrderId id)
    {
        if (id.IsNone) return null;
        if (_orders.TryGetValue(id, out FoldedOrder? known)) return known;
        Span<byte> text = stackalloc byte[ClientOrderId.TextBytes];
        id.Write(text);
        FoldedOrder? order = null;
        if (_read.Begin(transaction).Add(text).TryRead())
        {
            order = new FoldedOrder
            {
                State = RowText.StandingOf(_read.Text(0)),
                Terms = TermsOf(_read, 1),
                AskedRecord = _read.Number(6),
                Filled = new ScaledQuantity(_read.Number(7), (int)_read.Number(8)),
            };
        }

        _read.EndRead();
        _orders[id] = order;
        return order;
    }

    /// <summary>The terms of an amendment that an earlier group asked for.</summary>
    private OrderTerms Read(DbTransaction transaction, FoldedOrder order)
    {
        bool isThere = _readTerms.Begin(transaction).Add(order.AskedRecord).TryRead();
        OrderTerms terms = isThere ? TermsOf(_readTerms, 0) : order.Terms;
        _readTerms.EndRead();
        return terms;
    }

    private static OrderTerms TermsOf(RowStatement row, int first) => new(
        row.Number(first), (int)row.Number(first + 1), row.Number(first + 2), row.Number(first + 3),
        (int)row.Number(first + 4));
}

/// <summary>What an order asks for; a number that is zero says nothing.</summary>
internal readonly record struct OrderTerms(
    long Quantity, int QuantityDecimals, long LimitPrice, long TriggerPrice, int PriceDecimals)
{
    public static OrderTerms Of(in IntentRecord record) => new(
        record.Quantity, record.QuantityDecimals, record.LimitPrice, record.TriggerPrice, record.PriceDecimals);
}

/// <summary>States of an order; their words are those of the column.</summary>
internal enum OrderStanding : byte
{
    None = 0,
    Sent = 1,
    Accepted = 2,
    Refused = 3,
    Unknown = 4,
    Cancelled = 5,
    Filled = 6,
}

/// <summary>An order while a group of records is folded into it.</summary>
internal sealed class FoldedOrder
{
    /// <summary>Of an order that the group itself placed.</summary>
    public IntentRecord Placed { get; init; }

    /// <summary>0: an earlier group placed it.</summary>
    public long PlacedRecord { get; init; }

    /// <summary>0: nothing changed yet.</summary>
    public long ChangedRecord { get; set; }

    public OrderStanding State { get; set; } = OrderStanding.Sent;

    public OrderTerms Terms { get; set; }

    public ScaledQuantity Filled { get; set; }

    /// <summary>The amendment that nobody has answered; 0: none.</summary>
    public long AskedRecord { get; set; }

    /// <summary>Its terms; null: an earlier group asked.</summary>
    public OrderTerms? AskedTerms { get; set; }

    /// <summary>What is filled whole is filled, whatever was said last.</summary>
    public void FillUp()
    {
        bool isWhole = Terms.Quantity != 0 && Filled.Mantissa > 0
            && Filled.Covers(new ScaledQuantity(Terms.Quantity, Terms.QuantityDecimals));
        if (isWhole) State = OrderStanding.Filled;
    }
}
