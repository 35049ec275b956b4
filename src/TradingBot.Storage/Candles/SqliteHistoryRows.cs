// In:     bars and trades, many at once.   Out: rows of a SQLite file, and the same back.
// Thread: the store's.
// Budget: ≤ 2.5 µs a bar written and ≤ 1 µs a bar read (TradingBot.Bench store prints both figures).
using System;
using System.Collections.Generic;
using System.Data.Common;
using TradingBot.Market.Values;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>Prepared statements, bound and stepped without a command between.</summary>
internal sealed class SqliteHistoryRows : IHistoryRows
{
    private readonly DbConnection _connection;
    private readonly SqliteStatement _upsert;
    private readonly SqliteStatement _insert;

    public SqliteHistoryRows(DbConnection connection)
    {
        _connection = connection;
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
        long changed = 0;
        _upsert.Bind(1, series);
        foreach (ref readonly BarRow bar in bars)
        {
            _upsert.Bind(2, bar.OpenTimeNs);
            _upsert.Bind(3, bar.Open);
            _upsert.Bind(4, bar.High);
            _upsert.Bind(5, bar.Low);
            _upsert.Bind(6, bar.Close);
            _upsert.Bind(7, bar.PriceDecimals);
            _upsert.Bind(8, WideVolume.Low(bar.Volume));
            _upsert.Bind(9, WideVolume.High(bar.Volume));
            _upsert.Bind(10, bar.VolumeDecimals);
            _upsert.Bind(11, bar.Count);
            _upsert.Bind(12, bar.Complete ? 1 : 0);
            changed += _upsert.Change();
        }

        return changed;
    }

    public void Insert(DbTransaction transaction, long series, List<(TradeRow Trade, long Sequence)> trades)
    {
        _insert.Bind(1, series);
        foreach ((TradeRow trade, long sequence) in trades)
        {
            _insert.Bind(2, trade.TimeNs);
            _insert.Bind(3, sequence);
            _insert.Bind(4, trade.TradeId);
            _insert.Bind(5, trade.Price);
            _insert.Bind(6, trade.PriceDecimals);
            _insert.Bind(7, trade.Quantity);
            _insert.Bind(8, trade.QuantityDecimals);
            _insert.Bind(9, trade.Side switch { Side.None => default, Side.Buy => "buy"u8, _ => "sell"u8 });
            _insert.Change();
        }
    }

    public void ReadBars(long series, long fromNs, long toNs, CandleStore.TakeBars take)
    {
        using SqliteStatement rows = Prepare(
            """
            SELECT open_time_ns, open, high, low, close, price_decimals, volume, volume_high, volume_decimals,
                trades, complete
            FROM candles WHERE series = ?1 AND open_time_ns >= ?2 AND open_time_ns < ?3 ORDER BY open_time_ns
            """);
        Bind(rows, series, fromNs, toNs);
        BarRow[] batch = new BarRow[CandleStore.BarsPerBatch];
        int count = 0;
        while (rows.Step())
        {
            batch[count++] = new BarRow
            {
                OpenTimeNs = rows.Number(0),
                Open = rows.Number(1),
                High = rows.Number(2),
                Low = rows.Number(3),
                Close = rows.Number(4),
                PriceDecimals = (byte)rows.Number(5),
                Volume = WideVolume.Join(rows.Number(7), rows.Number(6)),
                VolumeDecimals = (byte)rows.Number(8),
                Count = rows.Number(9),
                Complete = rows.Number(10) != 0,
            };
            if (count < batch.Length) continue;
            take(batch);
            count = 0;
        }

        take(batch.AsSpan(0, count));
    }

    public void ReadTrades(long series, long fromNs, long toNs, CandleStore.TakeTrades take)
    {
        using SqliteStatement rows = Prepare(
            """
            SELECT time_ns, trade_id, price, price_decimals, quantity, quantity_decimals, side
            FROM trades WHERE series = ?1 AND time_ns >= ?2 AND time_ns < ?3 ORDER BY time_ns, sequence
            """);
        Bind(rows, series, fromNs, toNs);
        TradeRow[] batch = new TradeRow[CandleStore.TradesPerBatch];
        int count = 0;
        while (rows.Step())
        {
            // Of 'buy', 'sell' and NULL the lengths tell which.
            Side side = rows.TextBytes(6) switch { 0 => Side.None, 3 => Side.Buy, _ => Side.Sell };
            batch[count++] = new TradeRow(
                rows.Number(0), rows.Number(1),
                rows.Number(2), (byte)rows.Number(3),
                rows.Number(4), (byte)rows.Number(5), side);
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

    private SqliteStatement Prepare(string sql) => new(_connection, sql);

    private static void Bind(SqliteStatement statement, long series, long fromNs, long toNs)
    {
        statement.Bind(1, series);
        statement.Bind(2, fromNs);
        statement.Bind(3, toNs);
    }
}
