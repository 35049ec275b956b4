using System;
using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;

namespace TradingBot.Tests.Candles;

/// <summary>Bars and trades as a store may be given them, extremes included.</summary>
internal sealed class RandomBars(Random random)
{
    public const long HourNs = 3_600_000_000_000;

    public BarRow Bar(long openNs, bool complete)
    {
        bool wide = random.Next(5) == 0;
        long open = wide ? long.MaxValue - random.Next(100) : random.NextInt64(1, 1_000_000);
        long close = wide ? long.MaxValue - random.Next(100) : random.NextInt64(1, 1_000_000);
        Int128 volume = random.Next(3) switch
        {
            0 => 0,
            1 => random.NextInt64(),
            _ => ((Int128)random.NextInt64() << 62) | (Int128)random.NextInt64(),
        };
        return new BarRow
        {
            OpenTimeNs = openNs,
            Open = open,
            High = Math.Max(open, close),
            Low = Math.Min(open, close),
            Close = close,
            PriceDecimals = (byte)random.Next(19),
            Volume = volume,
            VolumeDecimals = (byte)random.Next(19),
            Count = volume == 0 ? 0 : random.NextInt64(1, long.MaxValue),
            Complete = complete,
        };
    }

    /// <summary>Trades in time order, some at the same time, some the same in every way.</summary>
    public List<TradeRow> Trades(int count, bool numbered)
    {
        List<TradeRow> trades = [];
        long timeNs = 1_600_000_000_000_000_000;
        long number = random.Next(1, 1_000);
        for (int i = 0; i < count; i++)
        {
            if (random.Next(3) != 0) timeNs += random.NextInt64(1, 20) * 1_000_000_000;
            number += random.Next(1, 3);
            trades.Add(new TradeRow(
                timeNs, numbered ? number : 0, random.Next(1, 4) * 100, (byte)random.Next(3), random.Next(1, 3) * 10,
                (byte)random.Next(2), (Side)random.Next(3)));
        }

        return trades;
    }
}
