// In:     lines time,price,volume[,b|s,…] of one of Kraken's time-and-sales files.   Out: trades of one series.
// Thread: the verb's.
// Keeps:  a batch ends where a time stamp ends: trades without numbers are told apart by how often they come in one.
// Budget: ≥ 200,000 lines a second.
using System;
using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>Imports a downloaded file of public trades.</summary>
/// <param name="store">Where to.</param>
/// <param name="file">From where.</param>
/// <param name="key">The series of trades.</param>
public sealed class TradesImport(CandleStore store, HistoryFile file, SeriesKey key)
    : FileImport<TradeRow>(store, file, $"import trades {key} {file.Fingerprint()}", BatchTrades)
{
    /// <summary>Trades of one transaction; those of one stamp stay together, however many.</summary>
    private const int BatchTrades = 8_192;

    private readonly CandleStore _store = store;
    private readonly SeriesKey _key = key;
    private long _lastNs = long.MinValue;

    private protected override void Pass(ReadOnlySpan<byte> line)
    {
        // The first line that counts is behind whatever was before.
    }

    private protected override bool MayPart(in TradeRow before, in TradeRow after) => after.TimeNs > before.TimeNs;

    /// <summary>Of a file that is cut the last stamp may go on: it waits for the whole file.</summary>
    private protected override long? End(List<TradeRow> batch, bool isWhole, long newestLine, long lastLine)
    {
        if (isWhole) return lastLine;
        batch.RemoveAll(trade => trade.TimeNs == _lastNs);
        return null;
    }

    private protected override StoreFault? Store(
        ReadOnlySpan<TradeRow> rows, TaskProgress? progress, out long written) =>
        _store.AppendTrades(_key, rows, progress, out written);

    private protected override bool TryRead(ReadOnlySpan<byte> line, long number, out TradeRow row)
    {
        row = default;
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
        Outcome.Rounded += cells.Rounded;
        if (!good || timeNs < _lastNs)
        {
            string wrong = good ? "its time is before the line above" : "it is not time,price,volume, all positive";
            Outcome.AddBad(number, wrong);
            return false;
        }

        _lastNs = timeNs;
        ReadOnlySpan<byte> side = cells.Next();
        Side taker = side.SequenceEqual("b"u8) || side.SequenceEqual("buy"u8) ? Side.Buy
            : side.SequenceEqual("s"u8) || side.SequenceEqual("sell"u8) ? Side.Sell : Side.None;
        row = new TradeRow(timeNs, 0, price, priceDecimals, quantity, quantityDecimals, taker);
        return true;
    }
}
