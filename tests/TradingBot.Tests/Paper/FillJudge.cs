using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Twins;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Paper;

/// <summary>
/// The slow twin of paper fills: from the public frames alone, what an order may have filled at when it did. It shares
/// no parser, book or money with what it judges.
/// </summary>
internal sealed class FillJudge
{
    private readonly Dictionary<string, Shown> _shown = [];
    private readonly Dictionary<string, List<(bool TakerBuys, long Price, long Lots)>> _flow = [];
    private readonly List<OracleFill> _judged = [];
    private VenueOracle? _oracle;

    /// <summary>Fills that took from the book, and fills of resting orders.</summary>
    public int Takers { get; private set; }

    public int Makers => _judged.Count - Takers;

    public IReadOnlyList<OracleFill> Fills => _judged;

    /// <summary>Fills since the last frame belong to it; then comes the next.</summary>
    public void Pass(WireEndpoint endpoint, string text)
    {
        Judge();
        _flow.Clear();
        using JsonDocument frame = JsonDocument.Parse(text);
        bool isData = endpoint == WireEndpoint.UnifiedPublic && frame.RootElement.TryGetProperty("channel", out _);
        if (!isData) return;
        string channel = frame.RootElement.GetProperty("channel").GetString()!;
        if (channel == "instrument") TakeInstruments(frame.RootElement.GetProperty("data").GetProperty("pairs"));
        if (channel is not ("book" or "trade")) return;
        bool isSnapshot = frame.RootElement.GetProperty("type").GetString() == "snapshot";
        foreach (JsonElement element in frame.RootElement.GetProperty("data").EnumerateArray())
        {
            string symbol = element.GetProperty("symbol").GetString()!;
            if (channel == "book") _shown[symbol].TakeBook(element, isSnapshot);
            else if (!isSnapshot) TakeTrade(symbol, element);
        }
    }

    /// <summary>The run is over: every fill was judged, and they add up.</summary>
    public void Close(VenueOracle oracle, long deposit)
    {
        _oracle = oracle;
        Judge();
        Assert.Equal(oracle.FillCount, _judged.Count);
        BigInteger cash = deposit;
        foreach (IGrouping<string, OracleFill> symbol in _judged.GroupBy(fill => fill.Symbol))
        {
            BigInteger unit = BigInteger.Pow(10, 9 - _shown[symbol.Key].Decimals);
            long position = symbol.Sum(fill => fill.IsBuy ? fill.Lots : -fill.Lots);
            Assert.Equal(oracle.PositionLots(symbol.Key), position);
            Assert.True(position == 0, $"{symbol.Key} is open: money can be told to the last digit only when flat");
            foreach (OracleFill fill in symbol)
            {
                BigInteger notional = new BigInteger(fill.Price) * fill.Lots * unit;
                Assert.Equal(notional * (fill.IsMaker ? 2 : 5) / 10_000, fill.Fee);
                cash += (fill.IsBuy ? -notional : notional) - fill.Fee;
            }
        }

        Assert.Equal(cash, oracle.Cash);
    }

    public void Watch(VenueOracle oracle) => _oracle = oracle;

    private void Judge()
    {
        if (_oracle is null || _oracle.FillCount == _judged.Count) return;
        foreach (OracleFill fill in _oracle.Fills.Skip(_judged.Count))
        {
            if (fill.IsMaker) JudgeMaker(fill);
            else _shown[fill.Symbol].Take(fill.IsBuy, fill.Price, fill.Lots);
            Takers += fill.IsMaker ? 0 : 1;
            _judged.Add(fill);
        }
    }

    /// <summary>A resting order fills from prints of this frame at its price or beyond, or from quotes through
    /// it.</summary>
    private void JudgeMaker(OracleFill fill)
    {
        int sign = fill.IsBuy ? 1 : -1;
        List<(bool TakerBuys, long Price, long Lots)> prints = _flow.GetValueOrDefault(fill.Symbol, []);
        for (int i = 0; i < prints.Count; i++)
        {
            (bool takerBuys, long price, long lots) = prints[i];
            if (takerBuys == fill.IsBuy || (fill.Price - price) * sign < 0 || lots < fill.Lots) continue;
            prints[i] = (takerBuys, price, lots - fill.Lots);
            return;
        }

        long best = _shown[fill.Symbol].BestLeft(fill.IsBuy);
        Assert.True(best != 0 && (fill.Price - best) * sign >= 0, $"{fill} was met by no print and no quote");
        _shown[fill.Symbol].Take(fill.IsBuy, best, fill.Lots);
    }

    private void TakeInstruments(JsonElement pairs)
    {
        foreach (JsonElement pair in pairs.EnumerateArray())
        {
            string symbol = pair.GetProperty("symbol").GetString()!;
            _shown[symbol] = new Shown(
                pair.GetProperty("price_precision").GetInt32(), pair.GetProperty("qty_precision").GetInt32());
        }
    }

    private void TakeTrade(string symbol, JsonElement trade)
    {
        (long price, long lots) = _shown[symbol].Read(trade);
        if (!_flow.TryGetValue(symbol, out List<(bool, long, long)>? flow)) _flow[symbol] = flow = [];
        flow.Add((trade.GetProperty("side").GetString() == "buy", price, lots));
    }

    /// <summary>A book as shown, and what of it was taken since each level was last told.</summary>
    private sealed class Shown(int priceDecimals, int quantityDecimals)
    {
        private readonly NaiveBook _book = new(10);
        private readonly Dictionary<(bool IsAsk, long Price), long> _taken = [];

        public int Decimals => priceDecimals + quantityDecimals;

        public (long Price, long Lots) Read(JsonElement level) => (
            (long)(level.GetProperty("price").GetDecimal() * Power(priceDecimals)),
            (long)(level.GetProperty("qty").GetDecimal() * Power(quantityDecimals)));

        public void TakeBook(JsonElement element, bool isSnapshot)
        {
            if (isSnapshot) _book.Clear();
            if (isSnapshot) _taken.Clear();
            foreach (bool isAsk in new[] { false, true })
            {
                foreach (JsonElement level in element.GetProperty(isAsk ? "asks" : "bids").EnumerateArray())
                {
                    (long price, long lots) = Read(level);
                    _book.Apply(isAsk ? Side.Sell : Side.Buy, price, lots);
                    _taken.Remove((isAsk, price));
                }
            }

            _book.EndMessage();
        }

        /// <summary>Best price of the side an order takes, of which something is left; 0 without one.</summary>
        public long BestLeft(bool asks)
        {
            foreach ((long price, long quantity) in asks ? _book.Asks : _book.Bids)
            {
                if (quantity > _taken.GetValueOrDefault((asks, price))) return price;
            }

            return 0;
        }

        public void Take(bool asks, long price, long lots)
        {
            Assert.Equal(BestLeft(asks), price);
            long shown = (asks ? _book.Asks : _book.Bids).Single(level => level.Price == price).Quantity;
            long taken = _taken.GetValueOrDefault((asks, price)) + lots;
            Assert.True(taken <= shown, $"{taken} taken of {shown} at {price}");
            _taken[(asks, price)] = taken;
        }

        private static decimal Power(int decimals) => (decimal)BigInteger.Pow(10, decimals);
    }
}
