// In:     the worker, looked at once a second.   Out: mids and result of the last minutes as JSON, for curves.
// Thread: the worker's writes; the page's threads read published bytes.
// Budget: a few kilobytes a second.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using System.Threading;
using TradingBot.Market.Book;

namespace TradingBot.Worker.Circle;

/// <summary>What the page's curves are drawn from: seen by the worker, nothing made up between.</summary>
internal sealed class RunHistory
{
    /// <summary>Three minutes.</summary>
    private const int PointsMax = 180;

    private const long EveryNs = 1_000_000_000;

    private readonly Queue<Point> _points = new();
    private long _dueNs;
    private byte[] _bytes = "{\"interval_ms\":1000,\"points\":[]}"u8.ToArray();

    /// <summary>
    /// <c>{"interval_ms", "points": [{"time_ms", "result", "mids": {symbol: number}}]}</c>, oldest first; a symbol
    /// without a book in sync is left out of a point.
    /// </summary>
    public byte[] Bytes => Volatile.Read(ref _bytes);

    /// <summary>Takes a point when it is time for one.</summary>
    public void Look(CircleWorker worker, long nowNs)
    {
        if (nowNs < _dueNs) return;
        _dueNs = nowNs + EveryNs;
        if (_points.Count == PointsMax) _points.Dequeue();
        List<(string Symbol, double Mid)> mids = [];
        for (int id = 0; id < worker.Symbols.Count; id++)
        {
            double mid = MidOf(worker, id);
            if (mid > 0) mids.Add((Encoding.ASCII.GetString(worker.Symbols.TextOf(id)), mid));
        }

        _points.Enqueue(new Point(nowNs / 1_000_000, ResultOf(worker), mids));
        Volatile.Write(ref _bytes, Write());
    }

    /// <summary>Middle of a book in sync; 0 without one.</summary>
    public static double MidOf(CircleWorker worker, int id)
    {
        if (worker.Engine.Books.BookOf(id) is not { State: BookState.InSync, Book: { } book }) return 0;
        if (book.Bids.Count == 0 || book.Asks.Count == 0) return 0;
        int decimals = worker.Engine.Books.Scales.Of(id).PriceDecimals;
        double bid = AccountDiary.Number(book.Bids.PriceAt(0), decimals);
        return (bid + AccountDiary.Number(book.Asks.PriceAt(0), decimals)) / 2;
    }

    /// <summary>Result of closed trades and open positions, in quote currency, before fees.</summary>
    public static double ResultOf(CircleWorker worker)
    {
        double result = worker.Diary.Realised;
        for (int i = 0; i < worker.Protection.PositionCount; i++)
        {
            result += OpenResultOf(worker, worker.Protection.PositionAt(i));
        }

        return result;
    }

    /// <summary>What a position would bring at the middle of its book; 0 while that is not known.</summary>
    public static double OpenResultOf(CircleWorker worker, in Trading.Positions.PositionView position)
    {
        double mid = position.Quantity == 0 ? 0 : MidOf(worker, position.InstrumentId);
        if (mid == 0) return 0;
        double entry = AccountDiary.Number(position.AveragePrice, position.PriceDecimals);
        return (mid - entry) * AccountDiary.Number(position.Quantity, position.QuantityDecimals);
    }

    private byte[] Write()
    {
        ArrayBufferWriter<byte> buffer = new(16_384);
        using Utf8JsonWriter json = new(buffer);
        json.WriteStartObject();
        json.WriteNumber("interval_ms", EveryNs / 1_000_000);
        json.WriteStartArray("points");
        foreach (Point point in _points)
        {
            json.WriteStartObject();
            json.WriteNumber("time_ms", point.TimeMs);
            json.WriteNumber("result", Math.Round(point.Result, 4));
            json.WriteStartObject("mids");
            foreach ((string symbol, double mid) in point.Mids) json.WriteNumber(symbol, Math.Round(mid, 10));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private sealed record Point(long TimeMs, double Result, List<(string Symbol, double Mid)> Mids);
}
