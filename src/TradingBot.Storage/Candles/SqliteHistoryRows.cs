using System;
using System.Collections.Generic;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Candles;

/// <summary>A prepared statement, run once a row.</summary>
internal sealed class SqliteHistoryRows : IHistoryRows
{
    private const int BarColumns = 12;
    private const int TradeColumns = 9;

    private readonly SqliteCommand _upsert;
    private readonly SqliteCommand _insert;

    public SqliteHistoryRows(DbConnection connection)
    {
        SqliteConnection own = (SqliteConnection)connection;
        _upsert = new SqliteCommand(
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
            """,
            own);
        _insert = new SqliteCommand(
            """
            INSERT INTO trades (series, time_ns, sequence, trade_id, price, price_decimals, quantity,
                quantity_decimals, side)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """,
            own);
        AddParameters(_upsert, BarColumns);
        AddParameters(_insert, TradeColumns);
    }

    public long Upsert(DbTransaction transaction, long series, ReadOnlySpan<BarRow> bars)
    {
        _upsert.Transaction = (SqliteTransaction)transaction;
        SqliteParameterCollection given = _upsert.Parameters;
        given[0].Value = series;
        long changed = 0;
        foreach (ref readonly BarRow bar in bars)
        {
            given[1].Value = bar.OpenTimeNs;
            given[2].Value = bar.Open;
            given[3].Value = bar.High;
            given[4].Value = bar.Low;
            given[5].Value = bar.Close;
            given[6].Value = (long)bar.PriceDecimals;
            given[7].Value = WideVolume.Low(bar.Volume);
            given[8].Value = WideVolume.High(bar.Volume);
            given[9].Value = (long)bar.VolumeDecimals;
            given[10].Value = bar.Count;
            given[11].Value = bar.Complete ? 1L : 0L;
            changed += _upsert.ExecuteNonQuery();
        }

        return changed;
    }

    public void Insert(DbTransaction transaction, long series, List<(TradeRow Trade, long Sequence)> trades)
    {
        _insert.Transaction = (SqliteTransaction)transaction;
        SqliteParameterCollection given = _insert.Parameters;
        given[0].Value = series;
        foreach ((TradeRow trade, long sequence) in trades)
        {
            given[1].Value = trade.TimeNs;
            given[2].Value = sequence;
            given[3].Value = trade.TradeId;
            given[4].Value = trade.Price;
            given[5].Value = (long)trade.PriceDecimals;
            given[6].Value = trade.Quantity;
            given[7].Value = (long)trade.QuantityDecimals;
            given[8].Value = trade.Side switch { Side.Buy => "buy", Side.Sell => "sell", _ => DBNull.Value };
            _insert.ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        _upsert.Dispose();
        _insert.Dispose();
    }

    private static void AddParameters(SqliteCommand command, int count)
    {
        for (int i = 1; i <= count; i++) command.Parameters.Add(new SqliteParameter($"?{i}", null));
    }
}
