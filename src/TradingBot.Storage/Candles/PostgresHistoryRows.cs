using System;
using System.Collections.Generic;
using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using TradingBot.Market.Values;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>Binary COPY into a table of the session, then one statement.</summary>
internal sealed class PostgresHistoryRows(IStoreEngine engine, DbConnection connection) : IHistoryRows
{
    private readonly NpgsqlConnection _connection = (NpgsqlConnection)connection;

    public long Upsert(DbTransaction transaction, long series, ReadOnlySpan<BarRow> bars)
    {
        Prepare(transaction);
        using (NpgsqlBinaryImporter copy =
            _connection.BeginBinaryImport("COPY incoming_candles FROM STDIN (FORMAT BINARY)"))
        {
            long number = 0;
            foreach (ref readonly BarRow bar in bars)
            {
                copy.StartRow();
                copy.Write(number++, NpgsqlDbType.Bigint);
                copy.Write(bar.OpenTimeNs, NpgsqlDbType.Bigint);
                copy.Write(bar.Open, NpgsqlDbType.Bigint);
                copy.Write(bar.High, NpgsqlDbType.Bigint);
                copy.Write(bar.Low, NpgsqlDbType.Bigint);
                copy.Write(bar.Close, NpgsqlDbType.Bigint);
                copy.Write((long)bar.PriceDecimals, NpgsqlDbType.Bigint);
                copy.Write(WideVolume.Low(bar.Volume), NpgsqlDbType.Bigint);
                copy.Write(WideVolume.High(bar.Volume), NpgsqlDbType.Bigint);
                copy.Write((long)bar.VolumeDecimals, NpgsqlDbType.Bigint);
                copy.Write(bar.Count, NpgsqlDbType.Bigint);
                copy.Write(bar.Complete ? 1L : 0L, NpgsqlDbType.Bigint);
            }

            copy.Complete();
        }

        // Of an open time that came twice the last one counts.
        const string Sql = """
            INSERT INTO candles AS old (series, open_time_ns, open, high, low, close, price_decimals, volume,
                volume_high, volume_decimals, trades, complete)
            SELECT DISTINCT ON (open_time_ns) $1, open_time_ns, open, high, low, close, price_decimals, volume,
                volume_high, volume_decimals, trades, complete
            FROM incoming_candles ORDER BY open_time_ns, complete DESC, number DESC
            ON CONFLICT (series, open_time_ns) DO UPDATE SET open = excluded.open, high = excluded.high,
                low = excluded.low, close = excluded.close, price_decimals = excluded.price_decimals,
                volume = excluded.volume, volume_high = excluded.volume_high,
                volume_decimals = excluded.volume_decimals, trades = excluded.trades, complete = excluded.complete
            WHERE excluded.complete >= old.complete
                AND (old.open, old.high, old.low, old.close, old.price_decimals, old.volume, old.volume_high,
                        old.volume_decimals, old.trades, old.complete)
                    IS DISTINCT FROM (excluded.open, excluded.high, excluded.low, excluded.close,
                        excluded.price_decimals, excluded.volume, excluded.volume_high, excluded.volume_decimals,
                        excluded.trades, excluded.complete)
            """;
        using NpgsqlCommand command = new(Sql, _connection, (NpgsqlTransaction)transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = series });
        return command.ExecuteNonQuery();
    }

    public void Insert(DbTransaction transaction, long series, List<(TradeRow Trade, long Sequence)> trades)
    {
        const string Copy = "COPY trades (series, time_ns, sequence, trade_id, price, price_decimals, quantity, "
            + "quantity_decimals, side) FROM STDIN (FORMAT BINARY)";
        using NpgsqlBinaryImporter copy = _connection.BeginBinaryImport(Copy);
        foreach ((TradeRow trade, long sequence) in trades)
        {
            copy.StartRow();
            copy.Write(series, NpgsqlDbType.Bigint);
            copy.Write(trade.TimeNs, NpgsqlDbType.Bigint);
            copy.Write(sequence, NpgsqlDbType.Bigint);
            copy.Write(trade.TradeId, NpgsqlDbType.Bigint);
            copy.Write(trade.Price, NpgsqlDbType.Bigint);
            copy.Write((long)trade.PriceDecimals, NpgsqlDbType.Bigint);
            copy.Write(trade.Quantity, NpgsqlDbType.Bigint);
            copy.Write((long)trade.QuantityDecimals, NpgsqlDbType.Bigint);
            if (trade.Side == Side.None) copy.WriteNull();
            else copy.Write(trade.Side == Side.Buy ? "buy" : "sell", NpgsqlDbType.Text);
        }

        copy.Complete();
    }

    public void ReadBars(long series, long fromNs, long toNs, CandleStore.TakeBars take)
    {
        const string Sql = """
            SELECT open_time_ns, open, high, low, close, price_decimals, volume, volume_high, volume_decimals,
                trades, complete
            FROM candles WHERE series = $series AND open_time_ns >= $from AND open_time_ns < $to
            ORDER BY open_time_ns
            """;
        using RowCommand command = new(engine, _connection, Sql);
        using DbDataReader row = command.Begin(null).Add(series).Add(fromNs).Add(toNs).Read();
        BarRow[] batch = new BarRow[CandleStore.BarsPerBatch];
        int count = 0;
        while (row.Read())
        {
            batch[count++] = CandleStore.BarOf(row);
            if (count < batch.Length) continue;
            take(batch);
            count = 0;
        }

        take(batch.AsSpan(0, count));
    }

    public void ReadTrades(long series, long fromNs, long toNs, CandleStore.TakeTrades take)
    {
        using RowCommand command = new(engine, _connection, CandleStore.SelectTrades);
        using DbDataReader row = command.Begin(null).Add(series).Add(fromNs).Add(toNs).Read();
        TradeRow[] batch = new TradeRow[CandleStore.TradesPerBatch];
        int count = 0;
        while (row.Read())
        {
            batch[count++] = CandleStore.TradeOf(row);
            if (count < batch.Length) continue;
            take(batch);
            count = 0;
        }

        take(batch.AsSpan(0, count));
    }

    public void Dispose()
    {
        // The session's table goes with the session.
    }

    /// <summary>The table is there once a transaction that made it is; until then it is asked for again.</summary>
    private void Prepare(DbTransaction transaction)
    {
        const string Sql = """
            CREATE TEMP TABLE IF NOT EXISTS incoming_candles (number bigint, open_time_ns bigint, open bigint,
                high bigint, low bigint, close bigint, price_decimals bigint, volume bigint, volume_high bigint,
                volume_decimals bigint, trades bigint, complete bigint) ON COMMIT DELETE ROWS
            """;
        using NpgsqlCommand command = new(Sql, _connection, (NpgsqlTransaction)transaction);
        command.ExecuteNonQuery();
    }
}
