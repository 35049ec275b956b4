// In:     lines t,o,h,l,c,v,n of one of Kraken's OHLCVT files.   Out: bars of one series, in batches.
// Thread: the verb's.
// Keeps:  the last line is not complete, because nothing proves that its interval was over.
// Budget: ≥ 300,000 lines a second.
using System;
using System.Collections.Generic;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>Imports a downloaded file of bars.</summary>
/// <param name="store">Where to.</param>
/// <param name="file">From where.</param>
/// <param name="key">The series; its timeframe is the file's.</param>
public sealed class OhlcvtImport(CandleStore store, HistoryFile file, SeriesKey key)
    : FileImport<BarRow>(store, file, $"import ohlcvt {key} {file.Fingerprint()}", BatchBars)
{
    /// <summary>Bars of one transaction: one fsync, at most so many lines read again after a kill.</summary>
    private const int BatchBars = 4_096;

    private readonly CandleStore _store = store;
    private readonly SeriesKey _key = key;
    private readonly Timeframe _timeframe = key.Timeframe!.Value;
    private long _lastNs = long.MinValue;

    /// <summary>A line that was done tells where the order stood.</summary>
    private protected override void Pass(ReadOnlySpan<byte> line)
    {
        HistoryLine cells = new(line);
        if (cells.TryTime(out long timeNs)) _lastNs = timeNs;
    }

    private protected override bool MayPart(in BarRow before, in BarRow after) => true;

    /// <summary>The bar that may be open goes as the file's last, or stays behind where the file was cut.</summary>
    private protected override long? End(List<BarRow> batch, bool isWhole, long newestLine, long lastLine)
    {
        if (isWhole) batch[^1] = batch[^1] with { Complete = false };
        else batch.RemoveAt(batch.Count - 1);
        return newestLine - 1;
    }

    private protected override StoreFault? Store(
        ReadOnlySpan<BarRow> rows, TaskProgress? progress, out long written) =>
        _store.Upsert(_key, rows, progress, out written);

    private protected override bool TryRead(ReadOnlySpan<byte> line, long number, out BarRow row)
    {
        row = default;
        HistoryLine cells = new(line);
        Span<long> prices = stackalloc long[4];
        Span<byte> decimals = stackalloc byte[4];
        long volume = 0;
        byte volumeDecimals = 0;
        long count = 0;
        bool good = cells.TryTime(out long openNs);
        // A header has a word where the first time belongs.
        if (!good && number == 1) return false;
        for (int i = 0; i < 4; i++) good &= cells.TryNumber(out prices[i], out decimals[i]) && prices[i] > 0;
        good = good && cells.TryNumber(out volume, out volumeDecimals) && cells.TryWhole(out count)
            && count > 0 && cells.AtEnd;
        Outcome.Rounded += cells.Rounded;
        if (!good)
        {
            Outcome.AddBad(number, "it is not time,open,high,low,close,volume,trades with positive numbers");
            return false;
        }

        byte scale = Math.Max(Math.Max(decimals[0], decimals[1]), Math.Max(decimals[2], decimals[3]));
        for (int i = 0; i < 4; i++) good &= Pow10.TryScaleUp(prices[i], scale - decimals[i], out prices[i]);
        string? wrong = null;
        if (!good) wrong = "its prices leave 64 bits";
        else if (prices[1] < Math.Max(prices[0], prices[3]) || prices[2] > Math.Min(prices[0], prices[3]))
        {
            wrong = "its high is below, or its low above, what it opened or closed at";
        }
        else if (_timeframe.OpenTimeOf(openNs) != openNs) wrong = $"its time begins no interval of {_timeframe}";
        else if (openNs <= _lastNs) wrong = "its time is not after the line before";

        if (wrong is not null)
        {
            Outcome.AddBad(number, wrong);
            return false;
        }

        _lastNs = openNs;
        row = new BarRow
        {
            OpenTimeNs = openNs,
            Open = prices[0],
            High = prices[1],
            Low = prices[2],
            Close = prices[3],
            PriceDecimals = scale,
            Volume = volume,
            VolumeDecimals = volumeDecimals,
            Count = count,
            Complete = true,
        };
        return true;
    }
}
