// In:     records of the intent log in order, each with its number.   Out: their rows, and the rows they change.
// Thread: the store's.
// Keeps:  I7: positions are sums of fills, exact, each execution once; quantities and prices never leave the integers.
// Budget: a row per record at once; orders and positions once per group, when it is settled.
using System;
using System.Data.Common;
using System.Globalization;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Storage.Database;

/// <summary>Writes the records of the log, group by group.</summary>
internal sealed class RecordRows(IStoreEngine engine, DbConnection connection) : IDisposable
{
    private const int ExecutionDigits = 32;

    private readonly RowStatement _epoch = engine.Prepare(
        connection, "INSERT INTO epochs (epoch, record, time_ns) VALUES ($epoch, $record, $time)");

    private readonly RowStatement _command = engine.Prepare(
        connection,
        """
        INSERT INTO commands (record, client_id, epoch, intent, role, command, symbol, type, side, quantity,
            quantity_decimals, limit_price, trigger_price, planned_stop, price_decimals, reduce_only, time_ns)
        VALUES ($record, $id, $epoch, $intent, $role, $command, $symbol, $type, $side, $quantity,
            $quantity_decimals, $limit, $trigger, $stop, $price_decimals, $reduce, $time)
        """);

    private readonly RowStatement _outcome = engine.Prepare(
        connection,
        """
        INSERT INTO outcomes (record, client_id, epoch, command, outcome, reason, symbol, time_ns)
        VALUES ($record, $id, $epoch, $command, $outcome, $reason, $symbol, $time)
        """);

    private readonly RowStatement _fill = engine.Prepare(
        connection,
        """
        INSERT INTO fills (record, execution, client_id, epoch, symbol, side, quantity, quantity_decimals, price,
            price_decimals, time_ns)
        VALUES ($record, $execution, $id, $epoch, $symbol, $side, $quantity, $quantity_decimals, $price,
            $price_decimals, $time)
        ON CONFLICT (execution) DO NOTHING
        """);

    private readonly RowStatement _repeat = engine.Prepare(
        connection, "UPDATE fills SET repeats = repeats + 1 WHERE execution = $execution");

    private readonly OrderRows _orders = new(engine, connection);
    private readonly PositionRows _positions = new(engine, connection);
    private long _number;

    /// <summary>The record whose rows are being written: what a refused row is of.</summary>
    public long Number => _number;

    /// <summary>Takes in a record; returns what is wrong with it, or null.</summary>
    public string? Write(DbTransaction transaction, long number, in IntentRecord record)
    {
        _number = number;
        switch (record.Kind)
        {
            case IntentRecordKind.Epoch:
                _epoch.Begin(transaction).Add(record.Epoch).Add(number).Add(record.TimeNs).Run();
                return null;
            case IntentRecordKind.Command:
                return WriteCommand(transaction, number, in record);
            case IntentRecordKind.Outcome:
                WriteOutcome(transaction, number, in record);
                return null;
            case IntentRecordKind.Fill:
                return WriteFill(transaction, number, in record);
            case IntentRecordKind.Halt or IntentRecordKind.Resume:
                // The log alone keeps them; the place in the log moves past them.
                return null;
            default:
                return $"its kind, {(int)record.Kind}, is not known to this build: use the build that wrote it.";
        }
    }

    /// <summary>Writes what the group's records came to in orders and positions.</summary>
    public void Settle(DbTransaction transaction)
    {
        _orders.Settle(transaction, ref _number);
        _positions.Settle(transaction, ref _number);
    }

    /// <summary>The group is over, whether it was committed or not.</summary>
    public void Forget()
    {
        _orders.Forget();
        _positions.Forget();
    }

    public void Dispose()
    {
        _epoch.Dispose();
        _command.Dispose();
        _outcome.Dispose();
        _fill.Dispose();
        _repeat.Dispose();
        _orders.Dispose();
        _positions.Dispose();
    }

    private string? WriteCommand(DbTransaction transaction, long number, in IntentRecord record)
    {
        Span<byte> id = stackalloc byte[ClientOrderId.TextBytes];
        _command.Begin(transaction).Add(number).Add(IdOf(record.Id, id)).Add(record.Epoch).Add(record.Id.Intent)
            .Add(RowText.Bytes(record.Id.Role)).Add(RowText.Bytes(record.Command)).Add(record.Symbol.AsSpan())
            .Add(RowText.Bytes(record.Type)).Add(RowText.Bytes(record.Side)).AddOrNone(record.Quantity)
            .Add(record.QuantityDecimals).AddOrNone(record.LimitPrice).AddOrNone(record.TriggerPrice)
            .AddOrNone(record.PlannedStop).Add(record.PriceDecimals).Add(record.ReduceOnly ? 1 : 0)
            .Add(record.TimeNs).Run();
        return _orders.OnCommand(transaction, number, in record);
    }

    private void WriteOutcome(DbTransaction transaction, long number, in IntentRecord record)
    {
        Span<byte> id = stackalloc byte[ClientOrderId.TextBytes];
        _outcome.Begin(transaction).Add(number).Add(IdOf(record.Id, id)).Add(record.Epoch)
            .Add(RowText.Bytes(record.Command)).Add(RowText.Bytes(record.Event)).Add(RowText.Bytes(record.Reason))
            .Add(record.Symbol.AsSpan()).Add(record.TimeNs).Run();
        _orders.OnOutcome(transaction, number, in record);
    }

    private string? WriteFill(DbTransaction transaction, long number, in IntentRecord record)
    {
        Span<byte> id = stackalloc byte[ClientOrderId.TextBytes];
        Span<byte> execution = stackalloc byte[ExecutionDigits];
        record.ExecutionHigh.TryFormat(execution, out _, "x16", CultureInfo.InvariantCulture);
        record.ExecutionLow.TryFormat(execution[(ExecutionDigits / 2)..], out _, "x16", CultureInfo.InvariantCulture);
        int rows = _fill.Begin(transaction).Add(number).Add(execution).Add(IdOf(record.Id, id)).Add(record.Epoch)
            .Add(record.Symbol.AsSpan()).Add(RowText.Bytes(record.Side)).Add(record.Quantity)
            .Add(record.QuantityDecimals).Add(record.LimitPrice).Add(record.PriceDecimals).Add(record.TimeNs).Run();
        if (rows == 0)
        {
            _repeat.Begin(transaction).Add(execution).Run();
            return null;
        }

        ScaledQuantity fill = new(record.Quantity, record.QuantityDecimals);
        string? wrong = _orders.OnFill(transaction, number, record.Id, fill);
        if (wrong is not null) return wrong;
        ScaledQuantity moved = record.Side == Side.Sell ? fill.Negated : fill;
        return _positions.Move(transaction, number, record.Symbol, moved);
    }

    /// <summary>The text of an id; empty when there is none.</summary>
    private static ReadOnlySpan<byte> IdOf(ClientOrderId id, Span<byte> text)
    {
        if (id.IsNone) return default;
        id.Write(text);
        return text;
    }
}
