// In:     a seed, how many symbols, how deep their books.   Out: spot v2 frames as Kraken writes them, with checksums.
// Thread: one.
// Keeps:  same arguments, same bytes; books never cross, checksums right, trade ids in sequence, time never steps back.
//         Mix (performance of a liquid feed): 88 % book (60 % of one level, 20 % two, 10 % three, 10 % four or five),
//         6 % trade, 4.5 % ticker, 1.4 % ohlc, 0.1 % heartbeat. Changes: 60 % of them in the best ten levels.
using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace References;

/// <summary>A feed of many symbols in documented key order, its books checked by their own digits.</summary>
public sealed class MixedFeed
{
    /// <summary>2026-09-14T13:00:00Z.</summary>
    public const long BeginNs = 1_789_390_800_000_000_000;

    private const int PerMille = 1_000;

    private readonly Random _random;
    private readonly FeedMarket[] _markets;
    private readonly StringBuilder _text = new();
    private readonly long _stepNs;
    private long _timeNs = BeginNs;

    /// <param name="symbols">How many instruments take turns.</param>
    /// <param name="depth">Levels per side that the subscriber keeps.</param>
    /// <param name="seed">Picks the feed.</param>
    /// <param name="framesPerSecond">How far market time moves per frame.</param>
    public MixedFeed(int symbols, int depth, int seed, int framesPerSecond = 500)
    {
        _random = new Random(seed);
        _stepNs = 1_000_000_000 / framesPerSecond;
        _markets = new FeedMarket[symbols];
        for (int i = 0; i < symbols; i++) _markets[i] = new FeedMarket(i, depth, _random);
    }

    /// <summary>One book snapshot of every symbol.</summary>
    public FrameSet Snapshots()
    {
        FrameSet frames = new();
        foreach (FeedMarket market in _markets)
        {
            Begin("book", "snapshot", market);
            _text.Append(",\"bids\":[");
            AppendWindow(market.Bids, market);
            _text.Append("],\"asks\":[");
            AppendWindow(market.Asks, market);
            frames.Add(EndBook(market));
        }

        return frames;
    }

    /// <summary>The next frames of the mix.</summary>
    public FrameSet Take(int count)
    {
        FrameSet frames = new();
        for (int i = 0; i < count; i++) frames.Add(Next());
        return frames;
    }

    /// <summary>The next book updates only.</summary>
    public FrameSet TakeBooks(int count)
    {
        FrameSet frames = new();
        for (int i = 0; i < count; i++)
        {
            _timeNs += _stepNs;
            frames.Add(Book(_markets[_random.Next(_markets.Length)]));
        }

        return frames;
    }

    private byte[] Next()
    {
        _timeNs += _stepNs;
        FeedMarket market = _markets[_random.Next(_markets.Length)];
        int kind = _random.Next(PerMille);
        if (kind < 880) return Book(market);
        if (kind < 940) return Trade(market);
        if (kind < 985) return Ticker(market);
        return kind < 999 ? Ohlc(market) : Encoding.ASCII.GetBytes("""{"channel":"heartbeat"}""");
    }

    private byte[] Book(FeedMarket market)
    {
        int pick = _random.Next(100);
        int levels = pick < 60 ? 1 : pick < 80 ? 2 : pick < 90 ? 3 : _random.Next(4, 6);
        market.Change(levels, _random);
        Begin("book", "update", market);
        _text.Append(",\"bids\":[");
        AppendLevels(market.ChangedBids, market);
        _text.Append("],\"asks\":[");
        AppendLevels(market.ChangedAsks, market);
        return EndBook(market);
    }

    private byte[] Trade(FeedMarket market)
    {
        _text.Clear().Append("{\"channel\":\"trade\",\"type\":\"update\",\"data\":[");
        int trades = _random.Next(10) < 8 ? 1 : 3;
        bool buy = market.TakerBuys(_random);
        for (int i = 0; i < trades; i++)
        {
            if (i > 0) _text.Append(',');
            (long price, _) = buy ? market.Asks[0] : market.Bids[0];
            _text.Append("{\"symbol\":\"").Append(market.Symbol)
                .Append(buy ? "\",\"side\":\"buy\",\"price\":" : "\",\"side\":\"sell\",\"price\":");
            AppendPrice(price, market);
            _text.Append(",\"qty\":");
            AppendNumber(_random.NextInt64(1, 500_000_000), FeedMarket.QuantityDecimals);
            _text.Append(_random.Next(2) == 0 ? ",\"ord_type\":\"limit\"" : ",\"ord_type\":\"market\"")
                .Append(",\"trade_id\":").Append(market.NextTradeId++)
                .Append(",\"timestamp\":\"");
            AppendTime(_timeNs);
            _text.Append("\"}");
        }

        return Bytes("]}");
    }

    private byte[] Ticker(FeedMarket market)
    {
        Begin("ticker", "update", market);
        string[] keys = ["bid", "bid_qty", "ask", "ask_qty", "last", "volume", "vwap", "low", "high", "change"];
        foreach (string key in keys)
        {
            _text.Append(",\"").Append(key).Append("\":");
            if (key is "bid_qty" or "ask_qty" or "volume")
            {
                AppendNumber(_random.NextInt64(1, 50_000_000_000), FeedMarket.QuantityDecimals);
            }
            else
            {
                AppendPrice(key is "bid" ? market.Bids[0].Price : market.Asks[0].Price, market);
            }
        }

        _text.Append(",\"change_pct\":-0.24,\"timestamp\":\"");
        AppendTime(_timeNs);
        return Bytes("\"}]}");
    }

    private byte[] Ohlc(FeedMarket market)
    {
        const long MinuteNs = 60_000_000_000;
        Begin("ohlc", "update", market);
        foreach (string key in new[] { "open", "high", "low", "close" })
        {
            _text.Append(",\"").Append(key).Append("\":");
            AppendPrice(market.Bids[0].Price, market);
        }

        _text.Append(",\"trades\":").Append(_random.Next(1, 500)).Append(",\"volume\":");
        AppendNumber(_random.NextInt64(1, 50_000_000_000), FeedMarket.QuantityDecimals);
        _text.Append(",\"vwap\":");
        AppendPrice(market.Bids[0].Price, market);
        _text.Append(",\"interval_begin\":\"");
        AppendTime(_timeNs / MinuteNs * MinuteNs);
        _text.Append("\",\"interval\":1,\"timestamp\":\"");
        AppendTime(_timeNs);
        return Bytes("\"}]}");
    }

    private void Begin(string channel, string type, FeedMarket market) => _text.Clear()
        .Append("{\"channel\":\"").Append(channel).Append("\",\"type\":\"").Append(type)
        .Append("\",\"data\":[{\"symbol\":\"").Append(market.Symbol).Append('"');

    private byte[] EndBook(FeedMarket market)
    {
        _text.Append("],\"checksum\":").Append(market.Checksum()).Append(",\"timestamp\":\"");
        AppendTime(_timeNs);
        return Bytes("\"}]}");
    }

    private byte[] Bytes(string end) => Encoding.ASCII.GetBytes(_text.Append(end).ToString());

    private void AppendWindow(List<(long Price, long Quantity)> side, FeedMarket market) =>
        AppendLevels(side[..market.Depth], market);

    private void AppendLevels(List<(long Price, long Quantity)> levels, FeedMarket market)
    {
        for (int i = 0; i < levels.Count; i++)
        {
            _text.Append(i == 0 ? "{\"price\":" : ",{\"price\":");
            AppendPrice(levels[i].Price, market);
            _text.Append(",\"qty\":");
            AppendNumber(levels[i].Quantity, FeedMarket.QuantityDecimals);
            _text.Append('}');
        }
    }

    private void AppendPrice(long price, FeedMarket market) => AppendNumber(price, market.PriceDecimals);

    /// <summary>With all its decimals, as the wire keeps trailing zeros.</summary>
    private void AppendNumber(long mantissa, int decimals)
    {
        long unit = Scale.Power(decimals);
        _text.Append(mantissa / unit).Append('.');
        string rest = (mantissa % unit).ToString(CultureInfo.InvariantCulture);
        _text.Append('0', decimals - rest.Length).Append(rest);
    }

    private void AppendTime(long unixNs) => _text.Append(
        DateTimeOffset.UnixEpoch.AddTicks(unixNs / 100)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
}

/// <summary>One symbol's venue: a book a little deeper than the subscriber's window, and its trade ids.</summary>
internal sealed class FeedMarket
{
    public const int QuantityDecimals = 8;

    /// <summary>Levels the venue has beyond the window, so that a deletion has something to bring up.</summary>
    private const int Reserve = 8;

    private readonly byte[] _digits = new byte[1_024];

    /// <summary>0.1, 1, 10 or 100 of the base currency.</summary>
    private readonly long _usualLots;

    public FeedMarket(int index, int depth, Random random)
    {
        _usualLots = Scale.Power(7 + (index % 4));
        Depth = depth;
        PriceDecimals = 1 + (index % 5);
        Symbol = string.Create(CultureInfo.InvariantCulture, $"{Name(index)}/USD");
        long mid = 20_000 + random.NextInt64(600_000);
        for (int i = 0; i < depth + Reserve; i++)
        {
            Bids.Add((mid - 1 - (i * 2) + (20 * (long)depth), Lots(random)));
            Asks.Add((mid + 2 + (i * 2) + (20 * (long)depth), Lots(random)));
        }

        NextTradeId = 1_000_000 + (index * 1_000L);
    }

    public string Symbol { get; }

    public int Depth { get; }

    public int PriceDecimals { get; }

    public long NextTradeId { get; set; }

    /// <summary>Best first.</summary>
    public List<(long Price, long Quantity)> Bids { get; } = [];

    /// <summary>Best first.</summary>
    public List<(long Price, long Quantity)> Asks { get; } = [];

    public List<(long Price, long Quantity)> ChangedBids { get; } = [];

    public List<(long Price, long Quantity)> ChangedAsks { get; } = [];

    /// <summary>Takers follow the heavier side of the book, two times in three.</summary>
    public bool TakerBuys(Random random)
    {
        bool bidsHeavier = Bids[0].Quantity + Bids[1].Quantity > Asks[0].Quantity + Asks[1].Quantity;
        return random.Next(3) > 0 ? bidsHeavier : !bidsHeavier;
    }

    /// <summary>Changes that fill a message of about this many levels; what the subscriber must hear is kept.</summary>
    public void Change(int levels, Random random)
    {
        ChangedBids.Clear();
        ChangedAsks.Clear();
        bool bids = random.Next(2) == 0;
        while (ChangedBids.Count + ChangedAsks.Count < levels)
        {
            if (random.Next(4) == 0) bids = !bids;
            if (bids) ChangeOne(Bids, Asks, ChangedBids, -1, random);
            else ChangeOne(Asks, Bids, ChangedAsks, 1, random);
        }
    }

    /// <summary>The CRC-32 of the best ten levels' digits.</summary>
    public uint Checksum()
    {
        int length = 0;
        foreach (List<(long Price, long Quantity)> side in new[] { Asks, Bids })
        {
            for (int i = 0; i < 10; i++)
            {
                Utf8Formatter.TryFormat(side[i].Price, _digits.AsSpan(length), out int written);
                length += written;
                Utf8Formatter.TryFormat(side[i].Quantity, _digits.AsSpan(length), out written);
                length += written;
            }
        }

        return TableCrc.Of(_digits.AsSpan(0, length));
    }

    /// <param name="side">Best first.</param>
    /// <param name="other">The opposite side.</param>
    /// <param name="changed">What the message says of this side.</param>
    /// <param name="away">+1 when worse prices are higher.</param>
    /// <param name="random">The feed's.</param>
    private void ChangeOne(
        List<(long Price, long Quantity)> side, List<(long Price, long Quantity)> other,
        List<(long Price, long Quantity)> changed, int away, Random random)
    {
        int index = Rank(random);
        int action = random.Next(10);
        long price = side[index].Price;
        if (action < 6 || Contains(changed, price))
        {
            if (Contains(changed, price)) return;
            side[index] = (price, Lots(random));
            changed.Add(side[index]);
        }
        else if (action < 8)
        {
            Insert(side, other, changed, index, away, Lots(random));
        }
        else if (action >= 8 && changed.Count == 0)
        {
            // A level goes, and the one that moves into the window is said after it.
            side.RemoveAt(index);
            side.Add((side[^1].Price + (2 * away), Lots(random)));
            changed.Add((price, 0));
            changed.Add(side[Depth - 1]);
        }
    }

    /// <summary>
    /// A new level in front of this one, in front of the best by half the spread; the window's last falls out unsaid.
    /// </summary>
    private void Insert(
        List<(long Price, long Quantity)> side, List<(long Price, long Quantity)> other,
        List<(long Price, long Quantity)> changed, int index, int away, long lots)
    {
        long gap = Math.Abs(side[index].Price - (index == 0 ? other[0].Price : side[index - 1].Price));
        long price = side[index].Price - (away * (index == 0 ? gap / 2 : 1));
        if (gap < 2 || Contains(changed, price)) return;
        side.Insert(index, (price, lots));
        changed.Add(side[index]);
        while (side.Count > Depth + Reserve) side.RemoveAt(side.Count - 1);
    }

    private int Rank(Random random)
    {
        int pick = random.Next(10);
        int rank = pick < 6 ? random.Next(10) : pick < 9 ? random.Next(100) : random.Next(Depth);
        return Math.Min(rank, Depth - 1);
    }

    private static bool Contains(List<(long Price, long Quantity)> levels, long price) =>
        levels.Exists(level => level.Price == price);

    /// <summary>
    /// Around what is usual here, now and then round, crumbs, or a wall: books lean about as often as real ones do.
    /// </summary>
    private long Lots(Random random) => random.Next(20) switch
    {
        0 => random.NextInt64(1, _usualLots / 50),
        1 or 2 => _usualLots * random.NextInt64(3, 8),
        < 7 => _usualLots / 10 * random.NextInt64(4, 11),
        _ => random.NextInt64(_usualLots / 3, _usualLots),
    };

    /// <summary>AAA, AAB, …: three letters for 17,576 symbols.</summary>
    private static string Name(int index) => string.Create(3, index, static (name, i) =>
    {
        name[0] = (char)('A' + (i / 676 % 26));
        name[1] = (char)('A' + (i / 26 % 26));
        name[2] = (char)('A' + (i % 26));
    });
}
