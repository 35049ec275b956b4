using System;
using System.Collections.Generic;
using System.Data.Common;
using System.IO;
using System.Threading;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Export;

/// <summary>Fills, orders, signals and results of an account as rows of a table, read beside the worker that writes
/// them.</summary>
/// <param name="place">The store of state.</param>
public sealed class StateExport(StorePlace place)
{
    private static readonly Dictionary<string, (string Sql, ExportColumn[] Columns)> Tables = new()
    {
        ["fills"] = (
            """
            SELECT time_ns, symbol, side, quantity, quantity_decimals, price, price_decimals, client_id, execution,
                epoch, repeats
            FROM fills WHERE time_ns >= $from AND time_ns < $to ORDER BY record
            """,
            [
                new("time", CellKind.Time), new("symbol", CellKind.Text), new("side", CellKind.Text),
                new("quantity", CellKind.Number), new("price", CellKind.Number),
                new("client_id", CellKind.Text, IsOptional: true), new("execution", CellKind.Text),
                new("epoch", CellKind.Whole), new("repeats", CellKind.Whole),
            ]),
        ["orders"] = (
            """
            SELECT c.time_ns, o.symbol, o.side, o.quantity, o.quantity_decimals, o.filled, o.filled_decimals,
                o.limit_price, o.price_decimals, o.trigger_price, o.price_decimals, o.type, o.role, o.state,
                o.reduce_only, o.client_id
            FROM orders o JOIN commands c ON c.record = o.placed_record
            WHERE c.time_ns >= $from AND c.time_ns < $to ORDER BY o.placed_record
            """,
            [
                new("time", CellKind.Time), new("symbol", CellKind.Text), new("side", CellKind.Text, IsOptional: true),
                new("quantity", CellKind.Number, IsOptional: true), new("filled", CellKind.Number),
                new("limit_price", CellKind.Number, IsOptional: true),
                new("trigger_price", CellKind.Number, IsOptional: true), new("type", CellKind.Text, IsOptional: true),
                new("role", CellKind.Text), new("state", CellKind.Text), new("reduce_only", CellKind.Truth),
                new("client_id", CellKind.Text),
            ]),
        ["signals"] = (
            """
            SELECT time_ns, symbol, side, kind, limit_price, price_decimals, strength_ppm, 6, decision, epoch, number
            FROM signals WHERE time_ns >= $from AND time_ns < $to ORDER BY epoch, number
            """,
            [
                new("time", CellKind.Time), new("symbol", CellKind.Text), new("side", CellKind.Text),
                new("kind", CellKind.Text), new("limit_price", CellKind.Number), new("strength", CellKind.Number),
                new("decision", CellKind.Text), new("epoch", CellKind.Whole), new("number", CellKind.Whole),
            ]),
        ["equity"] = (
            """
            SELECT time_ns, realised + unrealised, 8, realised, 8, unrealised, 8, positions, epoch
            FROM equity WHERE time_ns >= $from AND time_ns < $to ORDER BY epoch, time_ns
            """,
            [
                new("time", CellKind.Time), new("result", CellKind.Number), new("realised", CellKind.Number),
                new("unrealised", CellKind.Number), new("positions", CellKind.Whole), new("epoch", CellKind.Whole),
            ]),
    };

    /// <summary>Names of the tables there are.</summary>
    public static IReadOnlyCollection<string> Names => Tables.Keys;

    /// <summary>Columns of a table.</summary>
    public static IReadOnlyList<ExportColumn> Columns(string table) => Tables[table].Columns;

    /// <summary>Tells the rows of a table between two times; an empty symbol is every symbol.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public StoreFault? Tell(
        string table, string symbol, long fromNs, long toNs, IRowSink sink, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(sink);
        (string sql, ExportColumn[] columns) = Tables[table];
        IStoreEngine engine = place.EngineFor(StoreKind.State);
        DbConnection? connection = null;
        try
        {
            StoreFault? fault = engine.CheckPlace(out bool isNew);
            if (fault is not null) return fault;
            if (isNew) return new StoreFault(StoreFaultKind.Unreachable, $"{place} is not there: name another --db.");
            connection = engine.Connect(isNew: false);
            if (!engine.HasTable(connection, table))
            {
                string text = $"{place} has no {table}: name another --db, or update it with the verb migrate.";
                return new StoreFault(StoreFaultKind.NotOurs, text);
            }

            using RowCommand command = new(engine, connection, sql);
            using DbDataReader row = command.Begin(null).Add(fromNs).Add(toNs).Read();
            Cell[] cells = new Cell[columns.Length];
            bool bySymbol = symbol.Length > 0 && columns[1].Name == "symbol";
            while (row.Read())
            {
                stop.ThrowIfCancellationRequested();
                if (bySymbol && row.GetString(1) != symbol) continue;
                Fill(cells, columns, row);
                sink.Add(cells);
            }

            return null;
        }
        catch (Exception thrown) when (thrown is not IOException && engine.FaultOf(thrown) is not null)
        {
            return engine.FaultOf(thrown);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>A number is two columns: its mantissa and its decimals.</summary>
    private static void Fill(Cell[] cells, ExportColumn[] columns, DbDataReader row)
    {
        int at = 0;
        for (int i = 0; i < columns.Length; i++)
        {
            bool isNone = row.IsDBNull(at);
            cells[i] = columns[i].Kind switch
            {
                _ when isNone => Cell.None,
                CellKind.Text => Cell.Of(row.GetString(at)),
                CellKind.Number => Cell.Of(row.GetInt64(at), (int)row.GetInt64(at + 1)),
                _ => Cell.Of(row.GetInt64(at)),
            };
            at += columns[i].Kind == CellKind.Number ? 2 : 1;
        }
    }
}
