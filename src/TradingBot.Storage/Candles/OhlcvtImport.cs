// In:     lines t,o,h,l,c,v,n of one of Kraken's OHLCVT files.   Out: bars of one series, in batches.
// Thread: the verb's.
// Keeps:  a batch and the count of its lines are durable together: killed anywhere it goes on without a double; the
//         last line is not complete, because nothing proves that its interval was over.
// Budget: ≥ 300,000 lines a second.
using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>Imports a downloaded file of bars.</summary>
/// <param name="store">Where to.</param>
/// <param name="file">From where.</param>
/// <param name="key">The series; its timeframe is the file's.</param>
public sealed class OhlcvtImport(CandleStore store, HistoryFile file, SeriesKey key)
{
    /// <summary>Bars of one transaction: one fsync, at most so many lines read again after a kill.</summary>
    private const int BatchBars = 4_096;

    private readonly ImportOutcome _outcome = new();
    private readonly List<BarRow> _batch = new(BatchBars);
    private readonly string _task = $"import ohlcvt {key} {file.Fingerprint()}";
    private readonly Timeframe _timeframe = key.Timeframe!.Value;
    private long _lastNs = long.MinValue;

    /// <summary>Reads the file to its end, or to where it is stopped.</summary>
    /// <param name="progressed">Told of stored bytes read, now and then; may be null.</param>
    /// <param name="stop">Ends it after the batch at hand.</param>
    public ImportOutcome Run(Action<long>? progressed, CancellationToken stop)
    {
        _outcome.Fault = store.ReadProgress(_task, out TaskProgress? before);
        if (_outcome.Fault is not null) return _outcome;
        long done = before?.Done ?? 0;
        using CaptureText text = new(file.Open(), leaveOpen: false);
        using LineReader lines = new(text);
        while (lines.TryRead())
        {
            if (lines.Number <= done)
            {
                _outcome.Resumed++;
                Remember(lines.Line);
                continue;
            }

            _outcome.Lines++;
            Take(lines.Line, lines.Number);
            // The newest bar waits for a newer one: only then is it known to be over.
            if (_batch.Count <= BatchBars) continue;
            if (!Flush(lines.Number - 1, isLast: false)) return _outcome;
            progressed?.Invoke(text.StoredBytesRead);
            _outcome.Interrupted = stop.IsCancellationRequested;
            if (_outcome.Interrupted) return _outcome;
        }

        bool whole = lines.Fault == CaptureFaultKind.None;
        if (!whole) _outcome.FileFault = CaptureFaultText.Of(lines.Fault, text.FaultText);
        if (Flush(lines.Number - (whole ? 0 : 1), isLast: whole)) progressed?.Invoke(text.StoredBytesRead);
        return _outcome;
    }

    private bool Flush(long doneLines, bool isLast)
    {
        if (_batch.Count == 0) return true;
        // The bar that may be open stays behind, or goes as the file's last.
        int count = isLast ? _batch.Count : _batch.Count - 1;
        BarRow last = _batch[^1];
        if (isLast) _batch[^1] = last with { Complete = false };
        TaskProgress progress = new(_task, isLast ? doneLines - 1 : doneLines, "");
        BarRow[] bars = [.. _batch];
        StoreFault? fault = store.Upsert(key, bars.AsSpan(0, count), progress, out long written);
        _outcome.Fault = fault;
        _outcome.Written += written;
        _batch.Clear();
        if (!isLast) _batch.Add(last);
        return fault is null;
    }

    /// <summary>A line that was done tells where the order stood.</summary>
    private void Remember(ReadOnlySpan<byte> line)
    {
        HistoryLine cells = new(line);
        if (cells.TryTime(out long timeNs)) _lastNs = timeNs;
    }

    private void Take(ReadOnlySpan<byte> line, long number)
    {
        HistoryLine cells = new(line);
        Span<long> prices = stackalloc long[4];
        Span<byte> decimals = stackalloc byte[4];
        long volume = 0;
        byte volumeDecimals = 0;
        long count = 0;
        bool good = cells.TryTime(out long openNs);
        // A header has a word where the first time belongs.
        if (!good && number == 1) return;
        for (int i = 0; i < 4; i++) good &= cells.TryNumber(out prices[i], out decimals[i]) && prices[i] > 0;
        good = good && cells.TryNumber(out volume, out volumeDecimals) && cells.TryWhole(out count)
            && count > 0 && cells.AtEnd;
        _outcome.Rounded += cells.Rounded;
        if (!good)
        {
            _outcome.AddBad(number, "it is not time,open,high,low,close,volume,trades with positive numbers");
            return;
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
            _outcome.AddBad(number, wrong);
            return;
        }

        _lastNs = openNs;
        _batch.Add(new BarRow
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
        });
    }
}
