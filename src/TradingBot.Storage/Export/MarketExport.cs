using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Export;

/// <summary>Candles and public trades as rows of a table.</summary>
public static class MarketExport
{
    /// <summary>Columns of candles.</summary>
    public static IReadOnlyList<ExportColumn> BarColumns { get; } =
    [
        new("open_time", CellKind.Time), new("open", CellKind.Number), new("high", CellKind.Number),
        new("low", CellKind.Number), new("close", CellKind.Number), new("volume", CellKind.Number),
        new("count", CellKind.Whole), new("source", CellKind.Text), new("complete", CellKind.Truth),
    ];

    /// <summary>Columns of public trades; trade_id and side are empty where the venue's file has none.</summary>
    public static IReadOnlyList<ExportColumn> TradeColumns { get; } =
    [
        new("time", CellKind.Time), new("trade_id", CellKind.Whole, IsOptional: true), new("price", CellKind.Number),
        new("quantity", CellKind.Number), new("side", CellKind.Text, IsOptional: true), new("source", CellKind.Text),
    ];

    /// <summary>Tells the bars of a series between two times.</summary>
    public static StoreFault? TellBars(
        CandleStore store, SeriesKey key, long fromNs, long toNs, IRowSink sink, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(sink);
        Cell[] row = new Cell[BarColumns.Count];
        row[7] = Cell.Of(BarSourceText.Of(key.Source));
        return store.ReadBars(key, fromNs, toNs, bars =>
        {
            stop.ThrowIfCancellationRequested();
            foreach (ref readonly BarRow bar in bars)
            {
                row[0] = Cell.Of(bar.OpenTimeNs);
                row[1] = Shortest(bar.Open, bar.PriceDecimals);
                row[2] = Shortest(bar.High, bar.PriceDecimals);
                row[3] = Shortest(bar.Low, bar.PriceDecimals);
                row[4] = Shortest(bar.Close, bar.PriceDecimals);
                row[5] = Shortest(bar.Volume, bar.VolumeDecimals);
                row[6] = Cell.Of(bar.Count);
                row[8] = Cell.Of(bar.Complete);
                sink.Add(row);
            }
        });
    }

    /// <summary>Tells the trades of a series between two times.</summary>
    public static StoreFault? TellTrades(
        CandleStore store, SeriesKey key, long fromNs, long toNs, IRowSink sink, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(sink);
        Cell[] row = new Cell[TradeColumns.Count];
        row[5] = Cell.Of(BarSourceText.Of(key.Source));
        return store.ReadTrades(key, fromNs, toNs, trades =>
        {
            stop.ThrowIfCancellationRequested();
            foreach (ref readonly TradeRow trade in trades)
            {
                row[0] = Cell.Of(trade.TimeNs);
                row[1] = trade.TradeId == 0 ? Cell.None : Cell.Of(trade.TradeId);
                row[2] = Shortest(trade.Price, trade.PriceDecimals);
                row[3] = Shortest(trade.Quantity, trade.QuantityDecimals);
                row[4] = trade.Side switch
                {
                    Side.Buy => Cell.Of("buy"),
                    Side.Sell => Cell.Of("sell"),
                    _ => Cell.None,
                };
                sink.Add(row);
            }
        });
    }

    /// <summary>Without needless zeros, so that a column's scale is no wider than its numbers.</summary>
    private static Cell Shortest(Int128 mantissa, int decimals)
    {
        while (decimals > 0 && mantissa % 10 == 0)
        {
            mantissa /= 10;
            decimals--;
        }

        return Cell.Of(mantissa, decimals);
    }
}
