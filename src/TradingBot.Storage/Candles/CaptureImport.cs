// In:     a capture of our own: a recording, or frames as text.   Out: one symbol's public trades, and where the feed
//         was away.
// Thread: the verb's.
// Keeps:  a trade is there once, however often a capture is read or a snapshot shows it again; a time in which the feed
//         was away is in the ledger of gaps, unless the venue's numbers run on across it.
// Budget: that of reading the capture; a few thousand trades wait in memory.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;

namespace TradingBot.Storage.Candles;

/// <summary>Takes the trades of one symbol out of a capture.</summary>
/// <param name="store">Where to.</param>
/// <param name="path">A recording's folder, or a file of frames.</param>
/// <param name="key">The series of trades; its symbol as the socket calls it.</param>
public sealed class CaptureImport(CandleStore store, string path, SeriesKey key)
{
    /// <summary>Trades of one transaction.</summary>
    private const int BatchTrades = 8_192;

    /// <summary>A trade comes at most so long after one of a later stamp.</summary>
    private const long OrderNs = 10_000_000_000;

    private const string Away = "the feed that was captured was away";

    private readonly ImportOutcome _outcome = new();
    private readonly SymbolTable _symbols = new();
    private readonly WireCounters _counters = new();
    private readonly EventBatch _events = new();
    private readonly FrameParser?[] _parsers = new FrameParser?[(int)Dialect.FuturesV1 + 1];
    private readonly List<TradeRow> _batch = new(BatchTrades);
    private readonly List<MissingRun> _away = [];
    private readonly byte[] _symbol = Encoding.UTF8.GetBytes(key.Symbol);
    private TradeRow? _last;
    private bool _isAway;

    /// <summary>Reads the capture to its end, or to where it is stopped; what was read before is not doubled.</summary>
    /// <param name="progressed">Told of stored bytes read, now and then; may be null.</param>
    /// <param name="stop">Ends it after the batch at hand.</param>
    public ImportOutcome Run(Action<long>? progressed, CancellationToken stop)
    {
        using CaptureReader reader = CaptureReader.Open(path, CaptureFormat.Auto, Dialect.None);
        while (reader.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
        {
            _outcome.Lines++;
            Take(in frame, frame.Stamp.Dialect != Dialect.None ? frame.Stamp.Dialect : reader.Dialect);
            if (_batch.Count < BatchTrades) continue;
            if (!Flush(isLast: false)) return _outcome;
            progressed?.Invoke(reader.CompressedBytesRead);
            _outcome.Interrupted = stop.IsCancellationRequested;
            if (_outcome.Interrupted) return _outcome;
        }

        if (reader.Fault is { } fault) _outcome.FileFault = fault.ToString();
        if (!Flush(isLast: true)) return _outcome;
        foreach (MissingRun run in _away)
        {
            _outcome.Fault ??= store.RecordGap(key, run.FromNs, run.ToNs, Away);
        }

        return _outcome;
    }

    private void Take(in CapturedFrame frame, Dialect dialect)
    {
        if (frame.Kind != CapturedKind.Frame)
        {
            // Of one symbol, or of all: whoever is not named has lost nothing.
            bool isOurs = frame.Bytes.IsEmpty || frame.Bytes.SequenceEqual(_symbol);
            if (frame.Kind == CapturedKind.Gap && isOurs) _isAway = true;
            return;
        }

        FrameParser parser = _parsers[(int)dialect] ??= new FrameParser(dialect, _symbols, _counters);
        parser.Parse(frame.Bytes, _events);
        foreach (ref readonly MarketEvent e in _events.Events)
        {
            bool isTrade = e.Kind == EventKind.Trade && e.Quantity > 0 && e.Price > 0;
            if (isTrade && _symbols.TextOf(e.InstrumentId).SequenceEqual(_symbol)) Add(in e);
        }
    }

    private void Add(ref readonly MarketEvent e)
    {
        bool hasNumber = (e.Flags & EventFlags.NoTradeId) == 0;
        // A snapshot shows again what came before: without a number nobody can tell that it is the same.
        if (!hasNumber && (e.Flags & EventFlags.Snapshot) != 0) return;
        Side side = (e.Flags & EventFlags.Buy) != 0 ? Side.Buy
            : (e.Flags & EventFlags.Sell) != 0 ? Side.Sell : Side.None;
        TradeRow trade = new(
            e.ExchangeTimeNs, hasNumber ? e.Number : 0, e.Price, e.PriceDecimals, e.Quantity, e.QuantityDecimals, side);
        if (_isAway && _last is { } last && trade.TimeNs > last.TimeNs)
        {
            bool runsOn = last.TradeId != 0 && trade.TradeId == last.TradeId + 1;
            if (!runsOn) _away.Add(new MissingRun(last.TimeNs + 1, trade.TimeNs));
        }

        _isAway = false;
        if (_last is not { } newest || trade.TimeNs >= newest.TimeNs) _last = trade;
        _batch.Add(trade);
    }

    /// <summary>Writes what can have nothing older behind it.</summary>
    private bool Flush(bool isLast)
    {
        // As they came, where a stamp and no number tells them apart.
        TradeRow[] sorted = [.. _batch.OrderBy(trade => trade.TimeNs).ThenBy(trade => trade.TradeId)];
        _batch.Clear();
        int count = sorted.Length;
        if (!isLast && count > 0)
        {
            long untilNs = sorted[^1].TimeNs - OrderNs;
            int settled = Array.FindIndex(sorted, trade => trade.TimeNs > untilNs);
            // So many trades within seconds are written as they are.
            if (settled > 0) count = settled;
        }

        _batch.AddRange(sorted.AsSpan(count));
        if (count == 0) return true;
        _outcome.Fault = store.AppendTrades(key, sorted.AsSpan(0, count), null, out long added);
        _outcome.Written += added;
        return _outcome.Fault is null;
    }
}
