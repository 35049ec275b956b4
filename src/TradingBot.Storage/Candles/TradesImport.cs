// In:     lines time,price,volume[,b|s,…] of one of Kraken's time-and-sales files.   Out: trades of one series.
// Thread: the verb's.
// Keeps:  a batch and the count of its lines are durable together, and a batch ends where a time stamp ends: killed
//         anywhere, or given twice, no trade is doubled.
// Budget: ≥ 200,000 lines a second.
using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>Imports a downloaded file of public trades.</summary>
/// <param name="store">Where to.</param>
/// <param name="file">From where.</param>
/// <param name="key">The series of trades.</param>
public sealed class TradesImport(CandleStore store, HistoryFile file, SeriesKey key)
{
    /// <summary>Trades of one transaction; those of one stamp stay together, however many.</summary>
    private const int BatchTrades = 8_192;

    private readonly ImportOutcome _outcome = new();
    private readonly List<TradeRow> _batch = new(BatchTrades);
    private readonly string _task = $"import trades {key} {file.Fingerprint()}";
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
                continue;
            }

            _outcome.Lines++;
            if (!TryRead(lines.Line, lines.Number, out TradeRow trade)) continue;
            if (_batch.Count >= BatchTrades && trade.TimeNs > _batch[^1].TimeNs)
            {
                if (!Flush(lines.Number - 1)) return _outcome;
                progressed?.Invoke(text.StoredBytesRead);
                _outcome.Interrupted = stop.IsCancellationRequested;
                if (_outcome.Interrupted) return _outcome;
            }

            _batch.Add(trade);
        }

        bool whole = lines.Fault == CaptureFaultKind.None;
        if (!whole) _outcome.FileFault = CaptureFaultText.Of(lines.Fault, text.FaultText);
        // Of a file that is cut the last stamp may go on: it waits for the whole file.
        if (!whole) _batch.RemoveAll(trade => trade.TimeNs == _lastNs);
        long last = whole ? lines.Number : done + _batch.Count;
        if (whole ? Flush(last) : FlushCut()) progressed?.Invoke(text.StoredBytesRead);
        return _outcome;
    }

    private bool FlushCut()
    {
        StoreFault? fault = store.AppendTrades(key, _batch.ToArray(), null, out long added);
        _outcome.Fault = fault;
        _outcome.Written += added;
        return fault is null;
    }

    private bool Flush(long doneLines)
    {
        TaskProgress progress = new(_task, doneLines, "");
        StoreFault? fault = store.AppendTrades(key, _batch.ToArray(), progress, out long added);
        _outcome.Fault = fault;
        _outcome.Written += added;
        _batch.Clear();
        return fault is null;
    }

    private bool TryRead(ReadOnlySpan<byte> line, long number, out TradeRow trade)
    {
        trade = default;
        HistoryLine cells = new(line);
        bool good = cells.TryTime(out long timeNs);
        // A header has a word where the first time belongs.
        if (!good && number == 1) return false;
        byte priceDecimals = 0;
        long quantity = 0;
        byte quantityDecimals = 0;
        long price = 0;
        good = good && cells.TryNumber(out price, out priceDecimals) && price > 0
            && cells.TryNumber(out quantity, out quantityDecimals) && quantity > 0;
        _outcome.Rounded += cells.Rounded;
        if (!good || timeNs < _lastNs)
        {
            string wrong = good ? "its time is before the line above" : "it is not time,price,volume, all positive";
            _outcome.AddBad(number, wrong);
            return false;
        }

        _lastNs = timeNs;
        ReadOnlySpan<byte> side = cells.Next();
        Side taker = side.SequenceEqual("b"u8) || side.SequenceEqual("buy"u8) ? Side.Buy
            : side.SequenceEqual("s"u8) || side.SequenceEqual("sell"u8) ? Side.Sell : Side.None;
        trade = new TradeRow(timeNs, 0, price, priceDecimals, quantity, quantityDecimals, taker);
        return true;
    }
}
