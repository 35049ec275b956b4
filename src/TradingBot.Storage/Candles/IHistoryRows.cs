using System;
using System.Collections.Generic;
using System.Data.Common;

namespace TradingBot.Storage.Candles;

/// <summary>Many rows at once, in each engine's fast way.</summary>
internal interface IHistoryRows : IDisposable
{
    /// <summary>Adds or replaces bars; returns how many rows are new or changed.</summary>
    long Upsert(DbTransaction transaction, long series, ReadOnlySpan<BarRow> bars);

    /// <summary>Adds trades that are known to be new.</summary>
    void Insert(DbTransaction transaction, long series, List<(TradeRow Trade, long Sequence)> trades);

    /// <summary>Hands on bars, oldest first, in batches.</summary>
    void ReadBars(long series, long fromNs, long toNs, CandleStore.TakeBars take);

    /// <summary>Hands on trades in the venue's order, in batches.</summary>
    void ReadTrades(long series, long fromNs, long toNs, CandleStore.TakeTrades take);
}

/// <summary>A volume of up to 126 bits in two columns that anybody can read: the second one is nearly always
/// zero.</summary>
internal static class WideVolume
{
    private const int LowBits = 63;

    public static long Low(Int128 volume) => (long)(volume & long.MaxValue);

    public static long High(Int128 volume) => (long)(volume >> LowBits);

    public static Int128 Join(long high, long low) => ((Int128)high << LowBits) | low;
}
