using System;
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
    private const string Sent = "sent";
    private const string Accepted = "accepted";
    private const string Refused = "refused";
    private const string Unknown = "unknown";
    private const string Cancelled = "cancelled";
    private const string Filled = "filled";

    private readonly RowCommand _place = new(
        engine, connection,
        """
        INSERT INTO orders (client_id, epoch, intent, role, symbol, type, side, reduce_only, quantity,
            quantity_decimals, limit_price, trigger_price, price_decimals, asked_record, filled, filled_decimals,
            state, placed_record, changed_record)
        SELECT client_id, epoch, intent, role, symbol, type, side, reduce_only, quantity, quantity_decimals,
            limit_price, trigger_price, price_decimals, NULL, 0, quantity_decimals, 'sent', record, record
        FROM commands WHERE record = $record
        """);

    private readonly RowCommand _ask = new(
        engine, connection,
        "UPDATE orders SET asked_record = $record, changed_record = $changed WHERE client_id = $id");

    private readonly RowCommand _amend = new(
        engine, connection,
        """
        UPDATE orders SET (quantity, quantity_decimals, limit_price, trigger_price, price_decimals) =
            (SELECT quantity, quantity_decimals, limit_price, trigger_price, price_decimals FROM commands
                WHERE record = orders.asked_record),
            asked_record = NULL, changed_record = $record
        WHERE client_id = $id AND asked_record IS NOT NULL
        """);

    private readonly RowCommand _read = new(
        engine, connection,
        "SELECT state, quantity, quantity_decimals, filled, filled_decimals FROM orders WHERE client_id = $id");

    private readonly RowCommand _write = new(
        engine, connection,
        """
        UPDATE orders SET state = $state, filled = $filled, filled_decimals = $decimals, changed_record = $record
        WHERE client_id = $id
        """);

    private readonly RowCommand _withdraw = new(
        engine, connection, "UPDATE orders SET asked_record = NULL, changed_record = $record WHERE client_id = $id");

    /// <summary>A command is about to leave.</summary>
    public void OnCommand(DbTransaction transaction, long number, in IntentRecord record)
    {
        string? id = RowText.Of(record.Id);
        if (record.Command == CommandKind.Place) _place.Begin(transaction).Add(number).Run();
        else if (record.Command == CommandKind.Amend) _ask.Begin(transaction).Add(number).Add(number).Add(id).Run();
    }

    /// <summary>The venue answered, or did not.</summary>
    public void OnOutcome(DbTransaction transaction, long number, in IntentRecord record)
    {
        string? id = RowText.Of(record.Id);
        bool accepted = record.Event == AccountEventKind.Accepted;
        if (record.Command == CommandKind.Amend)
        {
            if (accepted) _amend.Begin(transaction).Add(number).Add(id).Run();
            else if (record.Event == AccountEventKind.Refused) _withdraw.Begin(transaction).Add(number).Add(id).Run();
        }

        if (!TryRead(transaction, id, out string state, out ScaledQuantity? quantity, out ScaledQuantity filled))
        {
            return;
        }

        string next = record.Command switch
        {
            CommandKind.Place => AfterPlace(state, record.Event, filled),
            CommandKind.Cancel when accepted && state != Filled => Cancelled,
            _ => state,
        };
        Write(transaction, number, id!, Final(next, quantity, filled), filled);
    }

    /// <summary>A fill came; of an order that the log does not name, nothing is known to change. Returns what is
    /// wrong, or null.</summary>
    public string? OnFill(DbTransaction transaction, long number, string? id, ScaledQuantity fill)
    {
        if (!TryRead(transaction, id, out string state, out ScaledQuantity? quantity, out ScaledQuantity filled))
        {
            return null;
        }

        if (!ScaledQuantity.TryAdd(filled, fill, out ScaledQuantity sum))
        {
            return $"what is filled of {id} ({filled} plus {fill}) leaves 64 bits.";
        }

        string next = state == Cancelled ? Cancelled : Accepted;
        Write(transaction, number, id!, Final(next, quantity, sum), sum);
        return null;
    }

    public void Dispose()
    {
        _place.Dispose();
        _ask.Dispose();
        _amend.Dispose();
        _read.Dispose();
        _write.Dispose();
        _withdraw.Dispose();
    }

    private static string AfterPlace(string state, AccountEventKind outcome, ScaledQuantity filled)
    {
        if (state is Filled or Cancelled || filled.Mantissa != 0) return state;
        return outcome switch
        {
            AccountEventKind.Accepted => Accepted,
            AccountEventKind.Refused => Refused,
            // A late "nobody knows" takes nothing from what is known.
            _ => state == Sent ? Unknown : state,
        };
    }

    private static string Final(string state, ScaledQuantity? quantity, ScaledQuantity filled) =>
        quantity is { } whole && filled.Mantissa > 0 && filled.Covers(whole) ? Filled : state;

    private bool TryRead(
        DbTransaction transaction, string? id, out string state, out ScaledQuantity? quantity,
        out ScaledQuantity filled)
    {
        state = "";
        quantity = null;
        filled = default;
        if (id is null) return false;
        using DbDataReader row = _read.Begin(transaction).Add(id).Read();
        if (!row.Read()) return false;
        state = row.GetString(0);
        if (!row.IsDBNull(1)) quantity = new ScaledQuantity(row.GetInt64(1), row.GetInt32(2));
        filled = new ScaledQuantity(row.GetInt64(3), row.GetInt32(4));
        return true;
    }

    private void Write(
        DbTransaction transaction, long number, string id, string state, ScaledQuantity filled) =>
        _write.Begin(transaction).Add(state).Add(filled.Mantissa).Add(filled.Decimals).Add(number).Add(id).Run();
}
