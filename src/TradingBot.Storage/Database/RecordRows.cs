// In:     records of the intent log in order, each with its number.   Out: their rows, and the rows they change.
// Thread: the store's.
// Keeps:  I7: positions are sums of fills, exact, each execution once; quantities and prices never leave the integers.
using System;
using System.Data.Common;
using System.Globalization;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Database;

/// <summary>Writes one record of the log after the other.</summary>
internal sealed class RecordRows(IStoreEngine engine, DbConnection connection) : IDisposable
{
    private readonly RowCommand _epoch = new(
        engine, connection, "INSERT INTO epochs (epoch, record, time_ns) VALUES ($epoch, $record, $time)");

    private readonly RowCommand _command = new(
        engine, connection,
        """
        INSERT INTO commands (record, client_id, epoch, intent, role, command, symbol, type, side, quantity,
            quantity_decimals, limit_price, trigger_price, planned_stop, price_decimals, reduce_only, time_ns)
        VALUES ($record, $id, $epoch, $intent, $role, $command, $symbol, $type, $side, $quantity,
            $quantity_decimals, $limit, $trigger, $stop, $price_decimals, $reduce, $time)
        """);

    private readonly RowCommand _outcome = new(
        engine, connection,
        """
        INSERT INTO outcomes (record, client_id, epoch, command, outcome, reason, symbol, time_ns)
        VALUES ($record, $id, $epoch, $command, $outcome, $reason, $symbol, $time)
        """);

    private readonly RowCommand _fill = new(
        engine, connection,
        """
        INSERT INTO fills (record, execution, client_id, epoch, symbol, side, quantity, quantity_decimals, price,
            price_decimals, time_ns)
        VALUES ($record, $execution, $id, $epoch, $symbol, $side, $quantity, $quantity_decimals, $price,
            $price_decimals, $time)
        ON CONFLICT (execution) DO NOTHING
        """);

    private readonly RowCommand _repeat = new(
        engine, connection, "UPDATE fills SET repeats = repeats + 1 WHERE execution = $execution");

    private readonly OrderRows _orders = new(engine, connection);
    private readonly PositionRows _positions = new(engine, connection);

    /// <summary>Writes a record; returns what is wrong with it, or null.</summary>
    public string? Write(DbTransaction transaction, long number, in IntentRecord record)
    {
        switch (record.Kind)
        {
            case IntentRecordKind.Epoch:
                _epoch.Begin(transaction).Add(record.Epoch).Add(number).Add(record.TimeNs).Run();
                return null;
            case IntentRecordKind.Command:
                WriteCommand(transaction, number, in record);
                return null;
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

    private void WriteCommand(DbTransaction transaction, long number, in IntentRecord record)
    {
        _command.Begin(transaction).Add(number).Add(RowText.Of(record.Id)).Add(record.Epoch).Add(record.Id.Intent)
            .Add(RowText.Of(record.Id.Role)).Add(RowText.Of(record.Command)).Add(RowText.Of(record.Symbol))
            .Add(RowText.Of(record.Type)).Add(RowText.Of(record.Side)).AddOrNone(record.Quantity)
            .Add(record.QuantityDecimals).AddOrNone(record.LimitPrice).AddOrNone(record.TriggerPrice)
            .AddOrNone(record.PlannedStop).Add(record.PriceDecimals).Add(record.ReduceOnly ? 1 : 0)
            .Add(record.TimeNs).Run();
        _orders.OnCommand(transaction, number, in record);
    }

    private void WriteOutcome(DbTransaction transaction, long number, in IntentRecord record)
    {
        _outcome.Begin(transaction).Add(number).Add(RowText.Of(record.Id)).Add(record.Epoch)
            .Add(RowText.Of(record.Command)).Add(RowText.Of(record.Event)).Add(RowText.Of(record.Reason))
            .Add(RowText.Of(record.Symbol)).Add(record.TimeNs).Run();
        _orders.OnOutcome(transaction, number, in record);
    }

    private string? WriteFill(DbTransaction transaction, long number, in IntentRecord record)
    {
        string execution = string.Create(
            CultureInfo.InvariantCulture, $"{record.ExecutionHigh:x16}{record.ExecutionLow:x16}");
        int rows = _fill.Begin(transaction).Add(number).Add(execution).Add(RowText.Of(record.Id)).Add(record.Epoch)
            .Add(RowText.Of(record.Symbol)).Add(RowText.Of(record.Side)).Add(record.Quantity)
            .Add(record.QuantityDecimals).Add(record.LimitPrice).Add(record.PriceDecimals).Add(record.TimeNs).Run();
        if (rows == 0)
        {
            _repeat.Begin(transaction).Add(execution).Run();
            return null;
        }

        ScaledQuantity fill = new(record.Quantity, record.QuantityDecimals);
        string? wrong = _orders.OnFill(transaction, number, RowText.Of(record.Id), fill);
        if (wrong is not null) return wrong;
        ScaledQuantity moved = record.Side == Side.Sell ? fill.Negated : fill;
        return _positions.Move(transaction, number, RowText.Of(record.Symbol)!, moved);
    }
}
