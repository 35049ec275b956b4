// In:     events of one perpetual and of its spot market, as the feed tells them.
// Out:    what matching needs of a market: observed prices and quantities, never one that nobody showed.
// Thread: the caller's.
// Keeps:  ticks and lots are exact at the instrument's decimals; a book that is not in sync does not match (I6).
using System;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Paper;

/// <summary>A perpetual as the public feed shows it.</summary>
internal sealed class MirroredMarket : IVenueMarket
{
    private const string Prefix = "PF_";
    private const string Quote = "USD";

    private readonly BookStage _books;
    private readonly int _id;
    private readonly int _spotId;
    private readonly MirroredSide _bids;
    private readonly MirroredSide _asks;
    private (long Mantissa, int Decimals) _tick;
    private (long Mantissa, int Decimals) _lot;
    private (long Mantissa, int Decimals) _least;
    private VenueSystem _status;
    private long _lastPrice;
    private long _printed;

    /// <param name="symbol">The perpetual's symbol.</param>
    /// <param name="id">Its id in the books.</param>
    /// <param name="spotId">Id of the spot instrument that stands for its index; -1 = none.</param>
    /// <param name="books">Observed books of both.</param>
    public MirroredMarket(string symbol, int id, int spotId, BookStage books)
    {
        Symbol = symbol;
        _id = id;
        _spotId = spotId;
        _books = books;
        _bids = new MirroredSide(books, id, isBid: true);
        _asks = new MirroredSide(books, id, isBid: false);
    }

    public string Symbol { get; }

    public int PriceDecimals { get; private set; }

    public int QuantityDecimals { get; private set; }

    public long PriceStep { get; private set; } = 1;

    public long LotsStep { get; private set; } = 1;

    public long LotsLeast { get; private set; } = 1;

    /// <summary>
    /// The instrument's numbers cannot be held exactly: its orders rest, and nothing of it matches until a restart.
    /// </summary>
    public bool IsOut { get; set; }

    /// <summary>The socket of the perpetuals speaks; the same for spot.</summary>
    public bool FeedSpeaks { get; set; }

    public bool SpotSpeaks { get; set; }

    /// <summary>The venue's own state, as its socket says it.</summary>
    public bool VenueIsOnline { get; set; }

    public bool IsMatching =>
        FeedSpeaks && VenueIsOnline && _status == VenueSystem.Online && !IsOut && IsInSync(_id);

    /// <summary>The last print; before the first one, the middle of the book.</summary>
    public long LastPrice => _lastPrice != 0 || !IsInSync(_id) ? _lastPrice : (_bids.ShownPrice + _asks.ShownPrice) / 2;

    /// <summary>
    /// The middle of the spot book in ticks of the perpetual, rounded down; the last price while there is none.
    /// </summary>
    /// <remarks>The public channels subscribed carry no index; spot is what the index is made of.</remarks>
    public long IndexPrice
    {
        get
        {
            if (_spotId < 0 || !SpotSpeaks || !IsInSync(_spotId)) return LastPrice;
            OrderBook book = _books.BookOf(_spotId)!.Book!;
            if (book.Bids.Count == 0 || book.Asks.Count == 0) return LastPrice;
            Int128 middle = ((Int128)book.Bids.PriceAt(0) + book.Asks.PriceAt(0)) / 2;
            int decimals = _books.Scales.Of(_spotId).PriceDecimals - PriceDecimals;
            middle = decimals >= 0 ? middle / Pow10.Of(decimals) : middle * Pow10.Of(-decimals);
            return middle > 0 && middle <= long.MaxValue ? (long)middle : LastPrice;
        }
    }

    /// <summary>The feed tells no mark: it stays within 1 % of the index.</summary>
    public long MarkPrice => IndexPrice;

    public IVenueSide Bids => _bids;

    public IVenueSide Asks => _asks;

    /// <summary>Spot symbol whose book stands for the index of a perpetual: PF_XBTUSD → BTC/USD; null when
    /// none.</summary>
    public static string? SpotOf(string perpetual)
    {
        bool isLinear = perpetual.Length > Prefix.Length + Quote.Length
            && perpetual.StartsWith(Prefix, StringComparison.Ordinal)
            && perpetual.EndsWith(Quote, StringComparison.Ordinal);
        if (!isLinear) return null;
        string asset = perpetual[Prefix.Length..^Quote.Length];
        return (asset == "XBT" ? "BTC" : asset) + "/" + Quote;
    }

    /// <summary>A fill of ours moves no price: the market did not see it.</summary>
    public long PrintTrade(long price, long lots) => ++_printed;

    /// <summary>What a kept account knows of the market.</summary>
    public void Restore(int priceDecimals, int quantityDecimals, long lastPrice, long printed)
    {
        PriceDecimals = priceDecimals;
        QuantityDecimals = quantityDecimals;
        _lastPrice = lastPrice;
        _printed = printed;
        SetSteps();
    }

    public void Specify(ref readonly MarketEvent e)
    {
        if (e.Kind == EventKind.InstrumentMinimum)
        {
            _least = (e.Quantity, e.QuantityDecimals);
        }
        else
        {
            _tick = (e.Price, e.PriceDecimals);
            _lot = (e.Quantity, e.QuantityDecimals);
            _status = (VenueSystem)e.Detail;
        }

        SetSteps();
    }

    /// <summary>The venue told one level.</summary>
    public void Told(bool isBid, long price) => (isBid ? _bids : _asks).Told(price);

    /// <summary>The venue told the whole book.</summary>
    public void ToldWhole()
    {
        _bids.ToldWhole();
        _asks.ToldWhole();
    }

    public void Printed(long price) => _lastPrice = price;

    /// <summary>Follows the instrument to more decimals, after every order and position of it did.</summary>
    public void Widen(int priceDecimals, int quantityDecimals)
    {
        int price = priceDecimals - PriceDecimals;
        int quantity = quantityDecimals - QuantityDecimals;
        _bids.Widen(price, quantity);
        _asks.Widen(price, quantity);
        if (!Pow10.TryScaleUp(_lastPrice, price, out _lastPrice)) IsOut = true;
        PriceDecimals = priceDecimals;
        QuantityDecimals = quantityDecimals;
        SetSteps();
    }

    private void SetSteps()
    {
        PriceStep = StepOf(_tick, PriceDecimals);
        LotsStep = StepOf(_lot, QuantityDecimals);
        LotsLeast = StepOf(_least, QuantityDecimals);
    }

    /// <summary>
    /// A step of the venue in our units, at least 1; one finer than the decimals told is as good as none.
    /// </summary>
    private static long StepOf((long Mantissa, int Decimals) step, int decimals)
    {
        int up = decimals - step.Decimals;
        bool fits = up >= 0
            ? Pow10.TryScaleUp(step.Mantissa, up, out long scaled)
            : (scaled = step.Mantissa / Pow10.Of(-up)) > 0;
        return fits ? Math.Max(scaled, 1) : 1;
    }

    private bool IsInSync(int id) =>
        _books.BookOf(id) is { State: BookState.InSync, Book: not null } && !_books.Scales.Of(id).Overflowed;
}
