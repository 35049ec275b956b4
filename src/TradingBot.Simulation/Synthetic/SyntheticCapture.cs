// In:     a seed and a dialect.
// Out:    a capture as if recorded at Kraken: five markets or more, and scripted faults; by default 20 minutes and
//         some 20,000 frames.
// Thread: the caller's.
// Keeps:  same options, same bytes, in every .NET and on every machine; checksums right, books never crossed, trade
//         ids in sequence, no deletion of a level the subscriber does not have, but for the faults of SyntheticScript.
// Budget: ≤ 1 s for the default.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Market.Values;

namespace TradingBot.Simulation.Synthetic;

/// <summary>Writes a synthetic capture, for those who have no recording at hand.</summary>
/// <remarks>
/// Its lines are frames and nothing else, so nothing inside says that it is made up: whoever stores it says so in the
/// file's name.
/// </remarks>
public sealed class SyntheticCapture
{
    /// <summary>2026-09-14T13:00:00Z: a Monday, as the American session begins.</summary>
    private const long BeginUs = 1_789_390_800_000_000;

    private const long HeartbeatUs = SyntheticScript.Second;
    private const long Never = long.MaxValue;

    private readonly SyntheticOptions _options;
    private readonly CaptureLines _lines;
    private readonly KrakenFrames _frames;
    private readonly SyntheticInstrument[] _instruments;
    private readonly SyntheticMarket[] _markets;
    private readonly ShownBook[] _shown;
    private readonly bool[] _bookSubscribed;
    private readonly (long TimeUs, Action<long> Act)[] _script;
    private int _scriptNext;
    private long _lastSentUs;
    private SyntheticTrade _lastBtcTrade;

    private SyntheticCapture(Stream output, SyntheticOptions options)
    {
        _options = options;
        _lines = new CaptureLines(output, options.Seed);
        _frames = new KrakenFrames(options.Dialect);
        _instruments = SyntheticInstrument.First(options.Symbols);
        _markets = new SyntheticMarket[_instruments.Length];
        _bookSubscribed = new bool[_markets.Length];
        _shown = new ShownBook[_markets.Length];
        for (int i = 0; i < _markets.Length; i++)
        {
            _markets[i] = new SyntheticMarket(i, _instruments[i], options.Seed);
            _shown[i] = new ShownBook(_markets[i], SyntheticBookSide.Depth);
        }

        _script = options.Faults ? Script() : [];
    }

    /// <summary>Writes the capture in the envelope format, uncompressed.</summary>
    public static void Write(Stream output, SyntheticOptions options)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Dialect is not (Dialect.SpotV2 or Dialect.Unified))
        {
            throw new ArgumentException("Only spot v2 and Unified captures can be made.", nameof(options));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.Symbols, SyntheticInstrument.All.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Symbols, SyntheticOptions.SymbolsMax);

        new SyntheticCapture(output, options).Run();
        output.Flush();
    }

    /// <summary>The venue's names of what a capture holds, in its order.</summary>
    public static IReadOnlyList<string> SymbolsOf(SyntheticOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool isUnified = options.Dialect == Dialect.Unified;
        return
        [
            .. SyntheticInstrument.First(options.Symbols).Select(
                instrument => isUnified ? instrument.UnifiedSymbol : instrument.Symbol),
        ];
    }

    /// <summary>In order of time; each acts when every frame sent before it was written.</summary>
    private (long TimeUs, Action<long> Act)[] Script() =>
    [
        (SyntheticScript.LateBookUs, time => SubscribeBook(SyntheticScript.Ada, time)),
        (SyntheticScript.LostUpdateUs, _ => LoseUpdate(SyntheticScript.Eth)),
        (SyntheticScript.ResubscribeUs, time => UnsubscribeBook(SyntheticScript.Eth, time)),
        (SyntheticScript.ResubscribedUs, time => SubscribeBook(SyntheticScript.Eth, time)),
        (SyntheticScript.RepeatedTradeUs, time => Send(_frames.Trade(_lastBtcTrade), time)),
        (SyntheticScript.LateTradeUs, SendLateTrade),
        (SyntheticScript.SurgeBeginUs, WakeMarkets),
        (SyntheticScript.PriceDipUs, time => SendFlashTrade(time, -SyntheticScript.PriceSpikePercent)),
        (SyntheticScript.PriceSpikeUs, time => SendFlashTrade(time, SyntheticScript.PriceSpikePercent)),
    ];

    private void Run()
    {
        Open();
        while (true)
        {
            SyntheticMarket market = NextMarket(out long sentUs);
            long scriptUs = _scriptNext < _script.Length ? _script[_scriptNext].TimeUs : Never;
            long heartbeatUs = _lastSentUs + HeartbeatUs;
            long nextUs = Math.Min(Math.Min(sentUs, scriptUs), heartbeatUs);
            if (nextUs >= _options.DurationUs) return;
            if (heartbeatUs == nextUs) Send(_frames.Heartbeat(), heartbeatUs);
            else if (scriptUs == nextUs) _script[_scriptNext++].Act(scriptUs);
            else StepMarket(market);
        }
    }

    /// <summary>What the venue says before the first price.</summary>
    private void Open()
    {
        Send(_frames.Status(), 0);
        Send(_frames.InstrumentAck(BeginUs + 4_000), 4_000);
        Send(_frames.InstrumentSnapshot(_instruments), 5_000);
        // All of them before the first market moves, at 50 ms.
        long apartUs = Math.Min(2_000, 40_000 / _markets.Length);
        for (int i = 0; i < _markets.Length; i++)
        {
            long timeUs = 8_000 + (i * apartUs);
            SyntheticMarket market = _markets[i];
            Send(_frames.TradeAck(market.Instrument, BeginUs + timeUs), timeUs);
            Send(_frames.TickerAck(market.Instrument, BeginUs + timeUs), timeUs);
            Send(_frames.Ticker(market, isSnapshot: true, BeginUs + timeUs), timeUs);
            if (i != SyntheticScript.Ada || !_options.Faults) SubscribeBook(i, timeUs);
        }
    }

    /// <summary>The market whose next frames are sent first; ties go by position.</summary>
    private SyntheticMarket NextMarket(out long sentUs)
    {
        SyntheticMarket? next = null;
        sentUs = Never;
        foreach (SyntheticMarket market in _markets)
        {
            if (_options.Faults && market.NextStepUs is >= SyntheticScript.LullBeginUs and < SyntheticScript.LullEndUs)
            {
                market.PauseUntil(SyntheticScript.LullEndUs);
            }

            long time = SentUs(market.Index, market.NextStepUs);
            if (time >= sentUs) continue;
            sentUs = time;
            next = market;
        }

        return next!;
    }

    private void StepMarket(SyntheticMarket market)
    {
        long timeUs = market.NextStepUs;
        long sentUs = SentUs(market.Index, timeUs);
        market.Step(_options.Faults ? SyntheticScript.ForcedPressure(market.Index, timeUs) : null);
        if (market.TradeCount > 0)
        {
            Send(_frames.Trades(market, BeginUs + timeUs), sentUs);
            if (market.Index == SyntheticScript.Btc) _lastBtcTrade = LastTradeOf(market, BeginUs + timeUs);
            market.TradesTold();
        }

        ShownBook shown = _shown[market.Index];
        if (_bookSubscribed[market.Index] && shown.HasAnyNews())
        {
            Send(_frames.BookUpdate(shown, BeginUs + timeUs + 150), sentUs + 150);
            shown.MarkShown();
        }

        if (market.TradeCount > 0)
        {
            Send(_frames.Ticker(market, isSnapshot: false, BeginUs + timeUs + 300), sentUs + 300);
        }
    }

    private static SyntheticTrade LastTradeOf(SyntheticMarket market, long timeUs)
    {
        int last = market.TradeCount - 1;
        return new SyntheticTrade(
            market.Instrument,
            market.TakerBuys,
            market.TradePriceAt(last),
            market.TradeLotsAt(last),
            market.TakerIsMarketOrder,
            market.NextTradeId + last,
            timeUs);
    }

    private void SubscribeBook(int index, long timeUs)
    {
        SyntheticMarket market = _markets[index];
        Send(_frames.BookAck(market.Instrument, BeginUs + timeUs), timeUs);
        Send(_frames.BookSnapshot(_shown[index], BeginUs + timeUs + 500), timeUs + 500);
        _shown[index].MarkShown();
        _bookSubscribed[index] = true;
    }

    private void UnsubscribeBook(int index, long timeUs)
    {
        Send(_frames.BookUnsubscribeAck(_markets[index].Instrument, BeginUs + timeUs), timeUs);
        _bookSubscribed[index] = false;
    }

    /// <summary>A level on each side changes, and the subscriber never hears of it.</summary>
    private void LoseUpdate(int index)
    {
        SyntheticMarket market = _markets[index];
        market.Bids.SetLots(3, market.Bids.LotsAt(3) + 12_345_678);
        market.Asks.SetLots(3, market.Asks.LotsAt(3) + 87_654_321);
        _shown[index].MarkShown();
    }

    private void WakeMarkets(long timeUs)
    {
        foreach (SyntheticMarket market in _markets) market.WakeAt(timeUs + (market.Index * 1_000));
    }

    private void SendLateTrade(long timeUs)
    {
        SyntheticMarket market = _markets[SyntheticScript.Doge];
        long lots = market.Instrument.LevelLots / 10;
        long price = market.MidPrice;
        Send(
            _frames.Trade(new SyntheticTrade(
                market.Instrument,
                TakerBuys: true,
                price,
                lots,
                IsMarketOrder: false,
                market.PrintTrade(price, lots),
                BeginUs + timeUs - SyntheticScript.LateTradeAgeUs)),
            timeUs);
    }

    private void SendFlashTrade(long timeUs, int percentFromMid)
    {
        SyntheticMarket market = _markets[SyntheticScript.Doge];
        long lots = market.Instrument.LevelLots / 50;
        long price = market.MidPrice * (100 + percentFromMid) / 100;
        long id = market.PrintTrade(price, lots);
        Send(
            _frames.Trade(new SyntheticTrade(
                market.Instrument,
                TakerBuys: percentFromMid > 0,
                price,
                lots,
                IsMarketOrder: true,
                id,
                BeginUs + timeUs)),
            timeUs);
    }

    private long SentUs(int index, long timeUs) =>
        _options.Faults ? SyntheticScript.SentUs(index, timeUs) : timeUs;

    private void Send(ReadOnlySpan<byte> frame, long sentUs)
    {
        _lines.Write(frame, BeginUs + sentUs);
        _lastSentUs = sentUs;
    }
}
