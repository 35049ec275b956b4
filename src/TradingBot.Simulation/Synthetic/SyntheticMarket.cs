// In:     steps in market time, and how hard the script wants flow to lean.
// Out:    the venue's book, the trades of the step, and the running figures of the ticker.
// Thread: the one that writes the capture.
// Keeps:  best bid < best ask after every step; whole numbers only, so that the bytes are the same on every machine.
// Budget: none; some microseconds a step.
using System;

namespace TradingBot.Simulation.Synthetic;

/// <summary>What mood a market is in.</summary>
internal enum SyntheticRegime
{
    Calm,
    Quiet,
    TrendUp,
    TrendDown,
    Burst,
    Jump,
}

/// <summary>One instrument's market: a fair price that wanders, and a book that is quoted around it.</summary>
/// <remarks>
/// Pressure is the lean of order flow. It shows at once in the sizes of the best levels and in who takes; the fair
/// price follows some steps later. That delay is what a strategy on order flow can find.
/// </remarks>
internal sealed class SyntheticMarket
{
    /// <summary>A taker sweeps at most this many levels.</summary>
    public const int TradesMax = 3;

    private const int FollowSteps = 8;
    private const int PressureMax = 1_000;

    private readonly SplitMix64 _random;
    private readonly int[] _pastPressure = new int[FollowSteps];
    private readonly long[] _tradePrice = new long[TradesMax];
    private readonly long[] _tradeLots = new long[TradesMax];
    private SyntheticRegime _regime = SyntheticRegime.Calm;
    private long _regimeEndUs;
    private int _lean;
    private int _pressure;
    private long _fair256;
    private long _step;
    private Int128 _turnover;

    public SyntheticMarket(int index, SyntheticInstrument instrument, ulong seed)
    {
        Index = index;
        Instrument = instrument;
        _random = new SplitMix64(seed ^ ((ulong)(index + 1) * 0xD1B5_4A32_D192_ED03));
        _fair256 = Instrument.Price * 256;
        LastPrice = OpenPrice = Instrument.Price;
        HighPrice = Instrument.Price + (Instrument.Price / 60);
        LowPrice = Instrument.Price - (Instrument.Price / 70);
        VolumeLots = Instrument.LevelLots * 5_000;
        _turnover = (Int128)VolumeLots * Instrument.Price;
        PublicBids = new PublicSide(Bids);
        PublicAsks = new PublicSide(Asks);
        NextTradeId = 1_000_000 * (7 + index) + _random.Below(900_000);
        Requote();
        NextStepUs = 50 * SyntheticScript.Millisecond;
    }

    public int Index { get; }

    /// <summary>Its name and status may change; its numbers do not.</summary>
    public SyntheticInstrument Instrument { get; private set; }

    public SyntheticBookSide Bids { get; } = new(isBid: true);

    public SyntheticBookSide Asks { get; } = new(isBid: false);

    /// <summary>The sides as published, own orders included.</summary>
    public PublicSide PublicBids { get; }

    public PublicSide PublicAsks { get; }

    /// <summary>Market time of the next step.</summary>
    public long NextStepUs { get; private set; }

    /// <summary>Id of the first trade of this step, or of the next one.</summary>
    public long NextTradeId { get; private set; }

    /// <summary>Trades of the last step, best price first.</summary>
    public int TradeCount { get; private set; }

    public bool TakerBuys { get; private set; }

    public bool TakerIsMarketOrder { get; private set; }

    public long OpenPrice { get; }

    public long LastPrice { get; private set; }

    public long HighPrice { get; private set; }

    public long LowPrice { get; private set; }

    /// <summary>Volume and mean price of 24 hours, of which most lie before the capture.</summary>
    public long VolumeLots { get; private set; }

    public long MeanPrice => (long)(_turnover / VolumeLots);

    public long MidPrice => (Bids.BestPrice + Asks.BestPrice) / 2;

    public long TradePriceAt(int index) => _tradePrice[index];

    public long TradeLotsAt(int index) => _tradeLots[index];

    /// <summary>A trade of the last step, as it is told.</summary>
    public SyntheticTrade TradeAt(int index, long timeUs) => new(
        Instrument, TakerBuys, _tradePrice[index], _tradeLots[index], TakerIsMarketOrder, NextTradeId + index, timeUs);

    /// <summary>Fair price in 1/256 tick.</summary>
    public long Fair256 => _fair256;

    /// <summary>Lets the market live one step; its trades and the new book are then to be told.</summary>
    /// <param name="forcedPressure">How hard flow leans, where a script says so.</param>
    /// <param name="givenFair256">The fair price, where it follows another market's.</param>
    public void Step(int? forcedPressure, long? givenFair256 = null)
    {
        long timeUs = NextStepUs;
        if (timeUs >= _regimeEndUs) ChangeRegime(timeUs);
        MoveFair(forcedPressure);
        if (givenFair256 is long given) _fair256 = given;
        TradeCount = 0;
        int action = _random.Below(100);
        if (action < (forcedPressure is null ? 24 : 45)) Take();
        else if (action < 75) ChangeLots();
        else if (action < 88) AddLevel();
        else CancelLevel();
        Requote();
        NextStepUs = timeUs + IntervalUs(forcedPressure ?? 0);
    }

    /// <summary>The market goes on under another name, or with another status.</summary>
    public void Relist(string symbol, string status) =>
        Instrument = Instrument with { Symbol = symbol, UnifiedSymbol = symbol, Status = status };

    /// <summary>Moves the fair price, in 1/256 tick; quotes follow at the next step. It never falls below one
    /// tick.</summary>
    public void Shift(long ticks256) => _fair256 = Math.Max(_fair256 + ticks256, 256);

    /// <summary>Holds the market still until a time, when its next step would come before.</summary>
    public void PauseUntil(long timeUs) => NextStepUs = Math.Max(NextStepUs, timeUs + _random.Below(100_000));

    /// <summary>Brings the next step forward to a time.</summary>
    public void WakeAt(long timeUs) => NextStepUs = Math.Min(NextStepUs, timeUs);

    /// <summary>Counts a trade that happened off the book, and gives it its id.</summary>
    public long PrintTrade(long price, long lots)
    {
        Count(price, lots);
        return NextTradeId++;
    }

    /// <summary>The ids of the step's trades were told.</summary>
    public void TradesTold() => NextTradeId += TradeCount;

    private void ChangeRegime(long timeUs)
    {
        int roll = _random.Below(100);
        _regime = roll switch
        {
            < 34 => SyntheticRegime.Calm,
            < 50 => SyntheticRegime.Quiet,
            < 66 => SyntheticRegime.TrendUp,
            < 82 => SyntheticRegime.TrendDown,
            < 94 => SyntheticRegime.Burst,
            _ => SyntheticRegime.Jump,
        };
        int side = _random.Chance(50) ? 1 : -1;
        int seconds = _regime switch
        {
            SyntheticRegime.Jump => 1,
            SyntheticRegime.Burst => _random.Between(3, 9),
            _ => _random.Between(12, 50),
        };
        _lean = _regime switch
        {
            SyntheticRegime.TrendUp => 450,
            SyntheticRegime.TrendDown => -450,
            SyntheticRegime.Burst => 700 * side,
            SyntheticRegime.Jump => 900 * side,
            _ => 0,
        };
        _regimeEndUs = timeUs + (seconds * SyntheticScript.Second);
    }

    private void MoveFair(int? forcedPressure)
    {
        int slot = (int)(_step++ % FollowSteps);
        int past = _pastPressure[slot];
        _pressure += ((_lean - _pressure) / 16) + _random.Bell(360);
        if (forcedPressure is int forced) _pressure = forced + _random.Bell(80);
        _pressure = Math.Clamp(_pressure, -PressureMax, PressureMax);
        _pastPressure[slot] = _pressure;

        long wander = Instrument.WanderTicks256;
        long drift = wander * past / PressureMax;
        // A jump covers some half percent in the 50 steps of its second.
        if (_regime == SyntheticRegime.Jump) drift *= 4;
        long noise = _regime == SyntheticRegime.Quiet ? wander / 2 : wander * 2;
        _fair256 += drift + _random.Bell((int)noise);
    }

    private long IntervalUs(int forcedPressure)
    {
        int percent = _regime switch
        {
            SyntheticRegime.Quiet => 260,
            SyntheticRegime.Burst => 30,
            SyntheticRegime.Jump => 8,
            SyntheticRegime.Calm => 110,
            _ => 85,
        };
        // Forced flow is hurried flow: at 900 five times as many steps, at the full 1,000 ten times.
        if (forcedPressure != 0) percent = Math.Min(percent, 100 - (Math.Abs(forcedPressure) * 9 / 100));
        long mean = (long)Instrument.IntervalUs * percent / 100;
        return Math.Max(mean * _random.Between(20, 180) / 100, Instrument.IntervalLeastUs);
    }

    /// <summary>A taker hits the best level, and sometimes the next ones.</summary>
    private void Take()
    {
        TakerBuys = _random.Between(-PressureMax, PressureMax) < (_pressure * 9 / 10);
        TakerIsMarketOrder = _random.Chance(60);
        SyntheticBookSide side = TakerBuys ? Asks : Bids;
        // From crumbs to one and a half of the best level: sweeps are the rare end.
        long wanted = Math.Max(
            side.BestLots * _random.Between(2, _random.Chance(25) ? 150 : 60) / 100,
            Instrument.CrumbLots);
        while (wanted > 0 && TradeCount < TradesMax)
        {
            long lots = Math.Min(wanted, side.BestLots);
            Count(side.BestPrice, lots);
            _tradePrice[TradeCount] = side.BestPrice;
            _tradeLots[TradeCount] = lots;
            TradeCount++;
            wanted -= lots;
            if (lots == side.BestLots) side.RemoveAt(0);
            else side.SetLots(0, side.BestLots - lots);
        }
    }

    private void Count(long price, long lots)
    {
        LastPrice = price;
        HighPrice = Math.Max(HighPrice, price);
        LowPrice = Math.Min(LowPrice, price);
        VolumeLots += lots;
        _turnover += (Int128)price * lots;
    }

    private SyntheticBookSide AnySide() => _random.Chance(50) ? Bids : Asks;

    private void ChangeLots()
    {
        SyntheticBookSide side = AnySide();
        // The less of two draws: makers at the top are the busiest.
        int index = Math.Min(_random.Below(side.WindowCount), _random.Below(side.WindowCount));
        side.SetLots(index, DrawLots(side, index));
    }

    private void AddLevel()
    {
        SyntheticBookSide side = AnySide();
        int index = _random.Below(side.WindowCount);
        long price = side.PriceAt(index) + (side.Away * _random.Between(1, Math.Max(Instrument.GapTicks / 2, 1)));
        if (side.Find(price) < 0) side.Put(price, DrawLots(side, index));
    }

    private void CancelLevel()
    {
        SyntheticBookSide side = AnySide();
        side.RemoveAt(_random.Below(side.WindowCount));
    }

    /// <summary>A quantity for a level; near the top the pressed side is thick and the other thin.</summary>
    private long DrawLots(SyntheticBookSide side, int index)
    {
        long lots = Instrument.LevelLots * _random.Between(8, _random.Chance(20) ? 400 : 160) / 100;
        int favour = -side.Away * _pressure;
        if (index < 3) lots = lots * Math.Max(1_150 + favour, 150) / 1_000;
        lots = Math.Max(lots, 1);
        // A round quantity now and then, as people type them.
        int round = Instrument.RoundLots;
        if (_random.Chance(30)) return Math.Max(lots / round, 1) * round;
        return lots + _random.Below(round);
    }

    /// <summary>Draws the quotes to where the fair price is, and keeps stock below the window.</summary>
    private void Requote()
    {
        long bid = (_fair256 / 256) - (Instrument.SpreadTicks / 2);
        long ask = bid + Math.Max(Instrument.SpreadTicks, 1);
        Bids.RemoveBetterThan(bid);
        Asks.RemoveBetterThan(ask);
        Improve(Bids, bid);
        Improve(Asks, ask);
        Refill(Bids, bid);
        Refill(Asks, ask);
    }

    private void Improve(SyntheticBookSide side, long target)
    {
        if (side.Count > 0 && !side.IsBetter(target, side.BestPrice)) return;
        if (side.Count > 0 && _random.Chance(35)) return;
        side.Put(target, DrawLots(side, 0));
        long second = target + (side.Away * _random.Between(1, Instrument.GapTicks));
        if (side.Find(second) < 0) side.Put(second, DrawLots(side, 1));
    }

    private void Refill(SyntheticBookSide side, long target)
    {
        while (side.Count < Instrument.LevelsMin)
        {
            long worst = side.Count > 0 ? side.PriceAt(side.Count - 1) : target - side.Away;
            side.Put(worst + (side.Away * _random.Between(1, Instrument.GapTicks)), DrawLots(side, side.Count));
        }

        side.DropBeyondMax();
    }
}
