using System;
using System.Collections.Generic;
using System.Data.Common;
using TradingBot.Market.Values;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>Public trades: each once, in the venue's order.</summary>
public sealed partial class CandleStore
{
    /// <summary>Trades handed on at once by <see cref="ReadTrades"/>: 4 MiB.</summary>
    internal const int TradesPerBatch = 65_536;

    /// <summary>Takes some trades, oldest first.</summary>
    public delegate void TakeTrades(ReadOnlySpan<TradeRow> trades);

    /// <summary>Adds trades that are not there yet.</summary>
    /// <param name="key">A series of trades.</param>
    /// <param name="trades">
    /// In time order. Trades with a number are known by it; others by time, price, quantity, side and how often that
    /// comes, so all of one time stamp have to be in one call.
    /// </param>
    /// <param name="progress">What to remember with them; null for nothing.</param>
    /// <param name="added">Trades that were new.</param>
    /// <returns>Null when all is durable as the engine's settings promise; else why nothing was written.</returns>
    public StoreFault? AppendTrades(
        SeriesKey key, ReadOnlySpan<TradeRow> trades, TaskProgress? progress, out long added)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Timeframe is not null) throw new ArgumentException("A series of bars has no trades.", nameof(key));
        for (int i = 1; i < trades.Length; i++)
        {
            bool inOrder = trades[i].TimeNs >= trades[i - 1].TimeNs;
            if (!inOrder) throw new ArgumentException("Trades come in time order.", nameof(trades));
        }

        added = 0;
        try
        {
            using DbTransaction transaction = _engine.BeginWrite(_connection);
            long series = SeriesOf(transaction, key);
            KnownTrades known = trades.Length == 0
                ? new KnownTrades()
                : ReadKnown(transaction, series, trades[0].TimeNs, trades[^1].TimeNs);
            List<(TradeRow Trade, long Sequence)> fresh = known.Fresh(trades);
            _rows.Insert(transaction, series, fresh);
            if (progress is not null) WriteProgress(transaction, progress);
            transaction.Commit();
            added = fresh.Count;
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            _series.Clear();
            return FaultOf(thrown);
        }
    }

    /// <summary>Hands on the trades of a series between two times, oldest first, in batches.</summary>
    public StoreFault? ReadTrades(SeriesKey key, long fromNs, long toNs, TakeTrades take)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(take);
        try
        {
            if (!TryFindSeries(null, key, out long series)) return null;
            _rows.ReadTrades(series, fromNs, toNs, take);
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    internal const string SelectTrades = """
        SELECT time_ns, trade_id, price, price_decimals, quantity, quantity_decimals, side, sequence
        FROM trades WHERE series = $series AND time_ns >= $from AND time_ns < $to ORDER BY time_ns, sequence
        """;

    internal static TradeRow TradeOf(DbDataReader row)
    {
        Side side = row.IsDBNull(6) ? Side.None : row.GetString(6) == "buy" ? Side.Buy : Side.Sell;
        return new TradeRow(
            row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), (byte)row.GetInt64(3), row.GetInt64(4),
            (byte)row.GetInt64(5), side);
    }

    private KnownTrades ReadKnown(DbTransaction transaction, long series, long fromNs, long lastNs)
    {
        KnownTrades known = new();
        using RowCommand command = new(_engine, _connection, SelectTrades);
        using DbDataReader row = command.Begin(transaction).Add(series).Add(fromNs).Add(lastNs + 1).Read();
        while (row.Read()) known.Add(TradeOf(row), row.GetInt64(7));
        return known;
    }

    /// <summary>What is stored of the time a batch spans, to tell what of the batch is new.</summary>
    private sealed class KnownTrades
    {
        private readonly HashSet<(long TimeNs, long Id)> _numbers = [];
        private readonly Dictionary<TradeRow, int> _unnumbered = [];
        private readonly Dictionary<long, long> _nextSequence = [];

        public void Add(in TradeRow trade, long sequence)
        {
            if (trade.TradeId != 0) _numbers.Add((trade.TimeNs, trade.TradeId));
            else _unnumbered[Plain(in trade)] = _unnumbered.GetValueOrDefault(Plain(in trade)) + 1;
            _nextSequence[trade.TimeNs] = Math.Max(_nextSequence.GetValueOrDefault(trade.TimeNs), sequence + 1);
        }

        public List<(TradeRow Trade, long Sequence)> Fresh(ReadOnlySpan<TradeRow> trades)
        {
            List<(TradeRow, long)> fresh = new(trades.Length);
            long stampNs = long.MinValue;
            long next = 0;
            foreach (ref readonly TradeRow trade in trades)
            {
                if (trade.TimeNs != stampNs)
                {
                    stampNs = trade.TimeNs;
                    next = _nextSequence.GetValueOrDefault(stampNs);
                }

                if (!IsKnown(in trade)) fresh.Add((trade, next++));
            }

            return fresh;
        }

        private bool IsKnown(in TradeRow trade)
        {
            if (trade.TradeId != 0) return !_numbers.Add((trade.TimeNs, trade.TradeId));
            TradeRow plain = Plain(in trade);
            int left = _unnumbered.GetValueOrDefault(plain);
            if (left == 0) return false;
            _unnumbered[plain] = left - 1;
            return true;
        }

        /// <summary>The same trade written with more zeros is the same trade.</summary>
        private static TradeRow Plain(in TradeRow trade)
        {
            (long price, byte priceDecimals) = Shortest(trade.Price, trade.PriceDecimals);
            (long quantity, byte quantityDecimals) = Shortest(trade.Quantity, trade.QuantityDecimals);
            return trade with
            {
                Price = price,
                PriceDecimals = priceDecimals,
                Quantity = quantity,
                QuantityDecimals = quantityDecimals,
            };
        }

        private static (long Mantissa, byte Decimals) Shortest(long mantissa, byte decimals)
        {
            while (decimals > 0 && mantissa % 10 == 0)
            {
                mantissa /= 10;
                decimals--;
            }

            return (mantissa, decimals);
        }
    }
}
