// In:     bars and trades, many at once.   Out: rows of a SQLite file, and the same back.
// Thread: the store's.
// Keeps:  what a result code refuses is thrown as the connection would throw it.
// Budget: ≤ 2.5 µs a bar written and ≤ 1 µs a bar read: SQLite's own functions, because a command of ADO.NET costs
//         several times that for its parameters alone (StoreSpeedTests prints both figures).
using System;
using System.Collections.Generic;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Candles;

/// <summary>Prepared statements, bound and stepped without a command between.</summary>
internal sealed class SqliteHistoryRows : IHistoryRows
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _upsert;
    private readonly sqlite3_stmt _insert;

    public SqliteHistoryRows(DbConnection connection)
    {
        _database = ((SqliteConnection)connection).Handle!;
        _upsert = Prepare(
            """
            INSERT INTO candles (series, open_time_ns, open, high, low, close, price_decimals, volume, volume_high,
                volume_decimals, trades, complete)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            ON CONFLICT (series, open_time_ns) DO UPDATE SET open = excluded.open, high = excluded.high,
                low = excluded.low, close = excluded.close, price_decimals = excluded.price_decimals,
                volume = excluded.volume, volume_high = excluded.volume_high,
                volume_decimals = excluded.volume_decimals, trades = excluded.trades, complete = excluded.complete
            WHERE excluded.complete >= complete
                AND (open, high, low, close, price_decimals, volume, volume_high, volume_decimals, trades, complete)
                    IS NOT (excluded.open, excluded.high, excluded.low, excluded.close, excluded.price_decimals,
                        excluded.volume, excluded.volume_high, excluded.volume_decimals, excluded.trades,
                        excluded.complete)
            """);
        _insert = Prepare(
            """
            INSERT INTO trades (series, time_ns, sequence, trade_id, price, price_decimals, quantity,
                quantity_decimals, side)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
    }

    public long Upsert(DbTransaction transaction, long series, ReadOnlySpan<BarRow> bars)
    {
        long before = raw.sqlite3_total_changes(_database);
        Check(raw.sqlite3_bind_int64(_upsert, 1, series));
        foreach (ref readonly BarRow bar in bars)
        {
            raw.sqlite3_bind_int64(_upsert, 2, bar.OpenTimeNs);
            raw.sqlite3_bind_int64(_upsert, 3, bar.Open);
            raw.sqlite3_bind_int64(_upsert, 4, bar.High);
            raw.sqlite3_bind_int64(_upsert, 5, bar.Low);
            raw.sqlite3_bind_int64(_upsert, 6, bar.Close);
            raw.sqlite3_bind_int64(_upsert, 7, bar.PriceDecimals);
            raw.sqlite3_bind_int64(_upsert, 8, WideVolume.Low(bar.Volume));
            raw.sqlite3_bind_int64(_upsert, 9, WideVolume.High(bar.Volume));
            raw.sqlite3_bind_int64(_upsert, 10, bar.VolumeDecimals);
            raw.sqlite3_bind_int64(_upsert, 11, bar.Count);
            raw.sqlite3_bind_int64(_upsert, 12, bar.Complete ? 1 : 0);
            Run(_upsert);
        }

        return raw.sqlite3_total_changes(_database) - before;
    }

    public void Insert(DbTransaction transaction, long series, List<(TradeRow Trade, long Sequence)> trades)
    {
        Check(raw.sqlite3_bind_int64(_insert, 1, series));
        foreach ((TradeRow trade, long sequence) in trades)
        {
            raw.sqlite3_bind_int64(_insert, 2, trade.TimeNs);
            raw.sqlite3_bind_int64(_insert, 3, sequence);
            raw.sqlite3_bind_int64(_insert, 4, trade.TradeId);
            raw.sqlite3_bind_int64(_insert, 5, trade.Price);
            raw.sqlite3_bind_int64(_insert, 6, trade.PriceDecimals);
            raw.sqlite3_bind_int64(_insert, 7, trade.Quantity);
            raw.sqlite3_bind_int64(_insert, 8, trade.QuantityDecimals);
            if (trade.Side == Side.None) raw.sqlite3_bind_null(_insert, 9);
            else raw.sqlite3_bind_text(_insert, 9, trade.Side == Side.Buy ? "buy"u8 : "sell"u8);
            Run(_insert);
        }
    }

    public void ReadBars(long series, long fromNs, long toNs, CandleStore.TakeBars take)
    {
        using sqlite3_stmt rows = Prepare(
            """
            SELECT open_time_ns, open, high, low, close, price_decimals, volume, volume_high, volume_decimals,
                trades, complete
            FROM candles WHERE series = ?1 AND open_time_ns >= ?2 AND open_time_ns < ?3 ORDER BY open_time_ns
            """);
        Bind(rows, series, fromNs, toNs);
        BarRow[] batch = new BarRow[CandleStore.BarsPerBatch];
        int count = 0;
        while (Step(rows))
        {
            batch[count++] = new BarRow
            {
                OpenTimeNs = raw.sqlite3_column_int64(rows, 0),
                Open = raw.sqlite3_column_int64(rows, 1),
                High = raw.sqlite3_column_int64(rows, 2),
                Low = raw.sqlite3_column_int64(rows, 3),
                Close = raw.sqlite3_column_int64(rows, 4),
                PriceDecimals = (byte)raw.sqlite3_column_int64(rows, 5),
                Volume = WideVolume.Join(raw.sqlite3_column_int64(rows, 7), raw.sqlite3_column_int64(rows, 6)),
                VolumeDecimals = (byte)raw.sqlite3_column_int64(rows, 8),
                Count = raw.sqlite3_column_int64(rows, 9),
                Complete = raw.sqlite3_column_int64(rows, 10) != 0,
            };
            if (count < batch.Length) continue;
            take(batch);
            count = 0;
        }

        take(batch.AsSpan(0, count));
    }

    public void ReadTrades(long series, long fromNs, long toNs, CandleStore.TakeTrades take)
    {
        using sqlite3_stmt rows = Prepare(
            """
            SELECT time_ns, trade_id, price, price_decimals, quantity, quantity_decimals, side
            FROM trades WHERE series = ?1 AND time_ns >= ?2 AND time_ns < ?3 ORDER BY time_ns, sequence
            """);
        Bind(rows, series, fromNs, toNs);
        TradeRow[] batch = new TradeRow[CandleStore.TradesPerBatch];
        int count = 0;
        while (Step(rows))
        {
            // Of 'buy', 'sell' and NULL the lengths tell which.
            Side side = raw.sqlite3_column_bytes(rows, 6) switch { 0 => Side.None, 3 => Side.Buy, _ => Side.Sell };
            batch[count++] = new TradeRow(
                raw.sqlite3_column_int64(rows, 0), raw.sqlite3_column_int64(rows, 1),
                raw.sqlite3_column_int64(rows, 2), (byte)raw.sqlite3_column_int64(rows, 3),
                raw.sqlite3_column_int64(rows, 4), (byte)raw.sqlite3_column_int64(rows, 5), side);
            if (count < batch.Length) continue;
            take(batch);
            count = 0;
        }

        take(batch.AsSpan(0, count));
    }

    public void Dispose()
    {
        _upsert.Dispose();
        _insert.Dispose();
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_database, sql, out sqlite3_stmt statement));
        return statement;
    }

    private void Bind(sqlite3_stmt statement, long series, long fromNs, long toNs)
    {
        Check(raw.sqlite3_bind_int64(statement, 1, series));
        Check(raw.sqlite3_bind_int64(statement, 2, fromNs));
        Check(raw.sqlite3_bind_int64(statement, 3, toNs));
    }

    private bool Step(sqlite3_stmt statement)
    {
        int code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code != raw.SQLITE_DONE) Check(code);
        return false;
    }

    /// <summary>Runs a statement and makes it ready for the next; a refusal leaves it ready as well.</summary>
    private void Run(sqlite3_stmt statement)
    {
        int code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(statement);
            return;
        }

        // Resetting tells the extended code of what went wrong.
        Check(raw.sqlite3_reset(statement));
        Check(code);
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _database);
    }
}
