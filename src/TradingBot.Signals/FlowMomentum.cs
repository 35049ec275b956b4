// In:     book records, trades and closed bars of one instrument.   Out: at most one signal per input.
// Thread: the signal stage's.
// Keeps:  I6: no order-flow signal without a book in sync, none at all while the book is stale or overflowed.
// Budget: ≤ 200 ns per book update, ≤ 100 ns per trade or bar.
using System;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Signals.Indicators;

namespace TradingBot.Signals;

/// <summary>The example strategy: leaning books that trades confirm, and crossings of two averages.</summary>
/// <remarks>
/// <para><b>Order flow</b>, at a book update in sync: the five-level imbalance reaches its trigger, trade flow leans
/// the same way, and so does the microprice. Each side signals once and is armed again when its imbalance has fallen
/// below the lower threshold. The limit is the opposite best price.</para>
/// <para><b>Crossover</b>, at a bar's close: the fast average passes the slow one. Touching is not passing: the sign of
/// their difference has to turn. A crossing that the filter refuses is over. Silent intervals have no bar and do not
/// count. The limit is the close moved towards the trade, rounded to the tick on the side that pays less.</para>
/// <para>A signal before everything it rests on is warmed up says so and leaves the refusal to the gate.</para>
/// </remarks>
public sealed class FlowMomentum
{
    private readonly FlowMomentumOptions _options;
    private readonly TradeFlow _flow;

    // What a book update touches stands first and together: fields of value types keep this order.
    private BookImbalance _imbalance;
    private Microprice _microprice;
    private RollingZScore _score;
    private Ema _fast;
    private Ema _slow;
    private Rsi _rsi;
    private Atr _atr;
    private long _bookUpdates;
    private long _bars;
    private long _lastTradeId = -1;

    /// <summary>The venue's price increment in shortest form; 0 = not told.</summary>
    private long _increment;
    private int _incrementDecimals;
    private byte _quantityDecimals;
    private BookState _book;
    private bool _buyArmed = true;
    private bool _sellArmed = true;

    /// <summary>Sign of fast - slow when it was last not zero.</summary>
    private int _crossSign;

    public FlowMomentum(FlowMomentumOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _score = new RollingZScore(options.ScoreUpdates);
        _flow = new TradeFlow(options.FlowTrades);
        _fast = new Ema(options.FastBars);
        _slow = new Ema(options.SlowBars);
        _rsi = new Rsi(options.RsiBars);
        _atr = new Atr(options.AtrBars);
    }

    /// <summary>What is known of the book; the stage sets it before anything else of the same event.</summary>
    public BookState Book
    {
        get => _book;
        set => _book = value;
    }

    /// <summary>Frames were lost: a book is not believed before its next record.</summary>
    public void OnFeedGap()
    {
        if (_book == BookState.InSync) _book = BookState.Stale;
    }

    /// <summary>The venue's price increment, from an instrument frame.</summary>
    public void OnSpec(ref readonly MarketEvent e)
    {
        if (e.Price <= 0) return;
        _increment = e.Price;
        _incrementDecimals = e.PriceDecimals;
        while (_incrementDecimals > 0 && _increment % 10 == 0)
        {
            _increment /= 10;
            _incrementDecimals--;
        }
    }

    /// <summary>Takes a trade into the flow; false when its numbers leave 64 bits at the scale.</summary>
    public bool OnTrade(ref readonly MarketEvent e, byte quantityDecimals)
    {
        if ((e.Flags & EventFlags.NoTradeId) == 0)
        {
            if (e.Number <= _lastTradeId) return true;
            _lastTradeId = e.Number;
        }

        if (quantityDecimals != _quantityDecimals)
        {
            if (!_flow.TryWiden(quantityDecimals - _quantityDecimals)) return false;
            _quantityDecimals = quantityDecimals;
        }

        if (!ScaleTable.TryToScale(e.Quantity, e.QuantityDecimals, quantityDecimals, out long quantity)) return false;
        Side taker = (e.Flags & EventFlags.Buy) != 0 ? Side.Buy
            : (e.Flags & EventFlags.Sell) != 0 ? Side.Sell : Side.None;
        _flow.Add(quantity, taker);
        return true;
    }

    /// <summary>Reads an updated book record; the side it signals, nearly always none.</summary>
    public Side OnBook(ref readonly BookRecord book)
    {
        if (_book != BookState.InSync) return Side.None;
        _imbalance.Set(book.BidQuantitySum, book.AskQuantitySum);
        _microprice.Set(book.BestBid, book.BestBidQuantity, book.BestAsk, book.BestAskQuantity, book.PriceDecimals);
        if (!_imbalance.Ready || !_microprice.Ready) return Side.None;
        double imbalance = _imbalance.Value;
        _score.Add(imbalance);
        _bookUpdates++;
        _buyArmed |= imbalance < _options.ImbalanceRearm;
        _sellArmed |= imbalance > -_options.ImbalanceRearm;

        bool buy = _buyArmed && imbalance >= _options.ImbalanceTrigger && _microprice.Lean > 0;
        bool sell = _sellArmed && imbalance <= -_options.ImbalanceTrigger && _microprice.Lean < 0;
        return buy || sell ? Confirm(buy) : Side.None;
    }

    /// <summary>Reads a word of each cache line that <see cref="OnBook"/> touches; nothing waits for it.</summary>
    public void Expect()
    {
        _ = Volatile.Read(ref _bookUpdates);
        _microprice.Expect();
        _score.Expect();
    }

    /// <summary>The signal of the side that <see cref="OnBook"/> has just given for this record.</summary>
    public Signal OrderFlow(Side side, ref readonly BookRecord book)
    {
        double sum = Math.Abs(_imbalance.Value) + Math.Abs(_flow.Value);
        return new Signal
        {
            Kind = SignalKind.OrderFlow,
            Side = side,
            InstrumentId = book.InstrumentId,
            LimitPrice = side == Side.Buy ? book.BestAsk : book.BestBid,
            PriceDecimals = book.PriceDecimals,
            Strength = (sum + ShareOf(_score.Value, _options.ScoreFull)) / 3,
            WarmedUp = _score.Ready && _flow.Ready && _bookUpdates >= _options.BookUpdatesMin,
        };
    }

    /// <summary>Reads a closed bar of the chosen series; true when it makes a signal.</summary>
    public bool OnBar(ref readonly Bar bar, out Signal signal)
    {
        signal = default;
        double close = Conversion.ToDouble(bar.Close, bar.PriceDecimals);
        double high = Conversion.ToDouble(bar.High, bar.PriceDecimals);
        double low = Conversion.ToDouble(bar.Low, bar.PriceDecimals);
        _fast.Add(close);
        _slow.Add(close);
        _rsi.Add(close);
        _atr.Add(high, low, close);
        _bars++;
        if (!_fast.Ready || !_slow.Ready) return false;
        double difference = _fast.Value - _slow.Value;
        int sign = difference > 0 ? 1 : difference < 0 ? -1 : 0;
        int before = _crossSign;
        if (sign != 0) _crossSign = sign;
        bool crossed = sign != 0 && before != 0 && sign != before;
        if (!crossed || !_atr.Ready || _book is BookState.Stale or BookState.Overflowed) return false;

        bool buy = sign > 0;
        if (_rsi.Ready && (buy ? _rsi.Value > _options.RsiBuyMax : _rsi.Value < _options.RsiSellMin)) return false;
        double reach = _atr.Value * _options.LimitAtrShare;
        double limit = buy ? close + reach : close - reach;
        long increment = IncrementAt(bar.PriceDecimals);
        bool onTick = Conversion.ToTick(limit, bar.PriceDecimals, increment, roundUp: !buy, out long limitPrice);
        if (!onTick || limitPrice <= 0) return false;

        signal.Kind = SignalKind.Crossover;
        signal.Side = buy ? Side.Buy : Side.Sell;
        signal.InstrumentId = bar.InstrumentId;
        signal.LimitPrice = limitPrice;
        signal.PriceDecimals = bar.PriceDecimals;
        signal.Strength = _atr.Value > 0 ? ShareOf(difference, _atr.Value) : 0;
        signal.WarmedUp = _rsi.Ready && _bars >= _options.BarsMin;
        return true;
    }

    /// <summary>Adds all state that decides future signals, floating point as raw bits.</summary>
    public void HashInto(ref StableHash hash)
    {
        _score.HashInto(ref hash);
        _flow.HashInto(ref hash, _quantityDecimals);
        _imbalance.HashInto(ref hash);
        _microprice.HashInto(ref hash);
        _fast.HashInto(ref hash);
        _slow.HashInto(ref hash);
        _rsi.HashInto(ref hash);
        _atr.HashInto(ref hash);
        hash.Add(_bookUpdates);
        hash.Add(_bars);
        hash.Add(_lastTradeId);
        hash.AddDecimal(_increment, _incrementDecimals);
        hash.Add((long)_book);
        hash.Add((_buyArmed ? 1L : 0L) | (_sellArmed ? 2L : 0L));
        hash.Add((long)_crossSign);
    }

    /// <summary>
    /// Whether trades lean as the book does; the side is then not armed until its imbalance has fallen.
    /// </summary>
    private Side Confirm(bool buy)
    {
        double flow = _flow.Value;
        if (buy ? flow < _options.FlowMin : flow > -_options.FlowMin) return Side.None;
        if (buy) _buyArmed = false;
        else _sellArmed = false;
        return buy ? Side.Buy : Side.Sell;
    }

    /// <summary>The tick as a mantissa; one unit of the scale when the venue has not told it, or a finer one.</summary>
    private long IncrementAt(int priceDecimals) =>
        _increment > 0
        && _incrementDecimals <= priceDecimals
        && Pow10.TryScaleUp(_increment, priceDecimals - _incrementDecimals, out long increment)
            ? increment
            : 1;

    /// <summary>|part| / whole, at most 1.</summary>
    private static double ShareOf(double part, double whole)
    {
        double share = Math.Abs(part) / whole;
        return share < 1 ? share : 1;
    }
}
