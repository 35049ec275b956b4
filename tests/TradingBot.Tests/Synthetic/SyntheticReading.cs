using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Synthetic;
using TradingBot.Storage.Capture;
using Xunit;

namespace TradingBot.Tests.Synthetic;

/// <summary>What a careful subscriber notices in a synthetic capture; times are µs since its begin.</summary>
internal sealed class SyntheticReading
{
    private const long BeginNs = 1_789_390_800_000_000_000;

    private readonly Dictionary<string, NaiveBook> _books = [];
    private readonly Dictionary<string, long> _lastTradeId = [];
    private readonly Dictionary<string, long> _lastTradeUs = [];
    private readonly Dictionary<string, (decimal Mid, int Lean, int Left)> _lean = [];
    private readonly Dictionary<string, int> _priceDecimals;
    private long _lastReceiveNs;

    public SyntheticReading(byte[] file, Dictionary<string, int> priceDecimals)
    {
        _priceDecimals = priceDecimals;
        foreach (string symbol in priceDecimals.Keys)
        {
            StaleAgesMs[symbol] = [];
            SurgeTrades[symbol] = (0, 0);
        }

        using CaptureReader reader = CaptureReader.Over(new MemoryStream(file), "memory");
        while (reader.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
        {
            Frames++;
            Assert.True(frame.HasReceiveTime);
            ReceiveTimesAscend &= frame.ReceiveTimeNs > _lastReceiveNs;
            _lastReceiveNs = frame.ReceiveTimeNs;
            using JsonDocument json = JsonDocument.Parse(Encoding.UTF8.GetString(frame.Bytes));
            Take(json.RootElement);
        }

        Assert.Null(reader.Fault);
    }

    public int Frames { get; private set; }

    public int Heartbeats { get; private set; }

    public bool ReceiveTimesAscend { get; private set; } = true;

    public List<(string Symbol, long TimeUs)> Mismatches { get; } = [];

    public List<(string Symbol, long TimeUs)> Crossings { get; } = [];

    public List<(string Symbol, long TimeUs)> AbsentDeletes { get; } = [];

    public List<(string Symbol, string Fault)> TradeFaults { get; } = [];

    public Dictionary<string, long> FirstBookUs { get; } = [];

    public Dictionary<string, long> FirstTradeUs { get; } = [];

    public Dictionary<string, (int Buys, int Sells)> SurgeTrades { get; } = [];

    /// <summary>Receive time minus exchange time of every book update.</summary>
    public List<long> AgesMs { get; } = [];

    /// <summary>The same within the stale spell, by symbol.</summary>
    public Dictionary<string, List<long>> StaleAgesMs { get; } = [];

    public int LeanFollowed { get; private set; }

    public int LeanOpposed { get; private set; }

    private void Take(JsonElement frame)
    {
        if (!frame.TryGetProperty("channel", out JsonElement channel)) return;
        string name = channel.GetString()!;
        if (name == "heartbeat") Heartbeats++;
        if (name is not ("book" or "trade")) return;
        bool isSnapshot = frame.GetProperty("type").GetString() == "snapshot";
        foreach (JsonElement element in frame.GetProperty("data").EnumerateArray())
        {
            if (name == "book") TakeBook(element, isSnapshot);
            else TakeTrade(element);
        }
    }

    private void TakeBook(JsonElement message, bool isSnapshot)
    {
        string symbol = message.GetProperty("symbol").GetString()!;
        long timeUs = TimeUs(message);
        if (!_books.TryGetValue(symbol, out NaiveBook? book))
        {
            Assert.True(isSnapshot);
            book = new NaiveBook(_priceDecimals[symbol]);
            _books[symbol] = book;
            FirstBookUs[symbol] = timeUs;
        }

        int absentBefore = book.AbsentDeletes;
        book.Apply(message, isSnapshot);
        if (book.AbsentDeletes > absentBefore) AbsentDeletes.Add((symbol, timeUs));
        if (book.Checksum() != message.GetProperty("checksum").GetUInt32()) Mismatches.Add((symbol, timeUs));
        if (book.IsCrossed) Crossings.Add((symbol, timeUs));
        Assert.Equal(20, book.Levels);
        long receivedUs = (_lastReceiveNs - BeginNs) / 1_000;
        long ageMs = (receivedUs - timeUs) / 1_000;
        AgesMs.Add(ageMs);
        if (receivedUs is >= SyntheticScript.StaleBeginUs + 100_000 and < SyntheticScript.StaleEndUs - 100_000)
        {
            StaleAgesMs[symbol].Add(ageMs);
        }

        JudgeLean(symbol, book);
    }

    /// <summary>Twelve messages after a clear lean of the best levels: did the mid go that way?</summary>
    private void JudgeLean(string symbol, NaiveBook book)
    {
        _lean.TryGetValue(symbol, out (decimal Mid, int Lean, int Left) watch);
        if (watch.Left > 1)
        {
            _lean[symbol] = (watch.Mid, watch.Lean, watch.Left - 1);
            return;
        }

        if (watch.Left == 1)
        {
            int moved = Math.Sign(book.Mid - watch.Mid) * watch.Lean;
            if (moved > 0) LeanFollowed++;
            if (moved < 0) LeanOpposed++;
        }

        decimal lean = book.Lean;
        _lean[symbol] = Math.Abs(lean) > 0.4m ? (book.Mid, Math.Sign(lean), 12) : default;
    }

    private void TakeTrade(JsonElement trade)
    {
        string symbol = trade.GetProperty("symbol").GetString()!;
        long timeUs = TimeUs(trade);
        long id = trade.GetProperty("trade_id").GetInt64();
        FirstTradeUs.TryAdd(symbol, timeUs);
        if (_lastTradeId.TryGetValue(symbol, out long last))
        {
            if (id == last) TradeFaults.Add((symbol, "repeated"));
            else Assert.Equal(last + 1, id);
            if (timeUs < _lastTradeUs[symbol]) TradeFaults.Add((symbol, "late"));
        }

        _lastTradeId[symbol] = id;
        _lastTradeUs[symbol] = Math.Max(timeUs, _lastTradeUs.GetValueOrDefault(symbol));
        if (_books.TryGetValue(symbol, out NaiveBook? book))
        {
            decimal distance = Math.Abs((trade.GetProperty("price").GetDecimal() / book.Mid) - 1);
            if (distance > 0.02m) TradeFaults.Add((symbol, "far from mid"));
        }

        if (timeUs is < SyntheticScript.SurgeBeginUs or >= SyntheticScript.SurgeEndUs) return;
        (int buys, int sells) = SurgeTrades[symbol];
        bool isBuy = trade.GetProperty("side").GetString() == "buy";
        SurgeTrades[symbol] = isBuy ? (buys + 1, sells) : (buys, sells + 1);
    }

    private static long TimeUs(JsonElement element)
    {
        Rfc3339 clock = default;
        byte[] text = Encoding.UTF8.GetBytes(element.GetProperty("timestamp").GetString()!);
        Assert.True(clock.TryParse(text, out long timeNs));
        return (timeNs - BeginNs) / 1_000;
    }
}
