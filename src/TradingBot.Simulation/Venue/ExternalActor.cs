// In:     acts of somebody else with the same account: by a script's word, or of his own accord at a seeded rate.
// Out:    orders, amendments and cancels in the engine like any others; money into the account and out of it.
// Thread: the venue's.
// Keeps:  his orders have no client id; what he may do is what the venue lets anybody do; a withdrawal leaves margin.
using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>What somebody else does by hand, at the venue's own page.</summary>
public enum ExternalAct : byte
{
    Trade = 0,

    /// <summary>A stop and a target of the whole position, as the page's bracket places them.</summary>
    Bracket = 1,
    MoveStop = 2,
    RemoveStops = 3,
    Close = 4,
    Transfer = 5,
    Flip = 6,
}

/// <summary>Somebody else on the account.</summary>
public sealed class ExternalActor
{
    private const int Million = 1_000_000;
    private const long HourNs = 3_600L * 1_000_000_000;
    private const string NoPosition = "no position";
    private const string NoStop = "no stop";

    private readonly PerpetualMarket[] _markets;
    private readonly MatchingEngine _engine;
    private readonly PositionLedger _ledger;
    private readonly SplitMix64 _random;
    private readonly Func<long> _now;
    private readonly Action _tell;
    private readonly long _meanNs;
    private readonly long[] _counts = new long[Enum.GetValues<ExternalAct>().Length];
    private readonly List<string> _told = [];

    internal ExternalActor(VenueOptions options, PerpetualMarket[] markets, MatchingEngine engine,
        PositionLedger ledger, Func<long> now, Action tell)
    {
        _markets = markets;
        _engine = engine;
        _ledger = ledger;
        _now = now;
        _tell = tell;
        _random = new SplitMix64(options.Seed ^ 0x0E87_E24A_1AC7_0000);
        _meanNs = options.OthersPerHour > 0 ? HourNs / options.OthersPerHour : 0;
        NextDueNs = _meanNs == 0 ? long.MaxValue : options.StartNs + DrawPause();
    }

    /// <summary>When he acts next of his own accord, Unix ns.</summary>
    public long NextDueNs { get; private set; }

    /// <summary>What he did and the venue let him, by kind.</summary>
    public long CountOf(ExternalAct act) => _counts[(int)act];

    public long Count => _counts.Sum();

    /// <summary>What he did of his own accord, in words.</summary>
    public IReadOnlyList<string> Told => _told;

    /// <summary>Buys at market, or sells with negative lots; why not, or null.</summary>
    public string? Trade(string symbol, long lots) => Done(ExternalAct.Trade, Place(symbol, lots));

    /// <summary>A stop and a target, each of the whole position, that far from the last price.</summary>
    public string? Bracket(string symbol, int stopPpm, int targetPpm)
    {
        int market = IndexOf(symbol);
        long lots = _ledger.PositionOf(market).Lots;
        if (lots == 0) return NoPosition;
        long last = _markets[market].LastPrice;
        int away = Math.Sign(lots);
        string? refusal = PlaceTrigger(market, VenueOrderType.StopLoss, -lots, At(last, -away * stopPpm));
        refusal ??= PlaceTrigger(market, VenueOrderType.TakeProfit, -lots, At(last, away * targetPpm));
        return Done(ExternalAct.Bracket, refusal);
    }

    /// <summary>Moves every stop of a position that far from the last price.</summary>
    public string? MoveStop(string symbol, int stopPpm)
    {
        int market = IndexOf(symbol);
        string? refusal = NoStop;
        foreach (VenueOrder stop in StopsOf(market))
        {
            long trigger = At(_markets[market].LastPrice, stop.Sign * stopPpm);
            refusal = _engine.Amend(stop, new OrderChange(0, 0, trigger), _now());
        }

        return Done(ExternalAct.MoveStop, refusal);
    }

    public string? RemoveStops(string symbol)
    {
        string? refusal = NoStop;
        foreach (VenueOrder stop in StopsOf(IndexOf(symbol))) refusal = _engine.Cancel(stop, _now());
        return Done(ExternalAct.RemoveStops, refusal);
    }

    /// <summary>Closes a part of a position at market.</summary>
    public string? Close(string symbol, int partPpm = Million)
    {
        long lots = _ledger.PositionOf(IndexOf(symbol)).Lots;
        if (lots == 0) return NoPosition;
        long part = Math.Max((long)((Int128)Math.Abs(lots) * partPpm / Million), 1);
        return Done(ExternalAct.Close, Place(symbol, -Math.Sign(lots) * part, reduceOnly: true));
    }

    /// <summary>Turns a position over: twice its size the other way.</summary>
    public string? Flip(string symbol)
    {
        long lots = _ledger.PositionOf(IndexOf(symbol)).Lots;
        return lots == 0 ? NoPosition : Done(ExternalAct.Flip, Place(symbol, -2 * lots));
    }

    /// <summary>Dollars from another wallet, or with a negative amount to it: no more than margin leaves.</summary>
    public string? Transfer(long dollars)
    {
        long money = dollars * Money.Dollar;
        bool leavesMargin = _ledger.MarginEquity + money >= _ledger.InitialMargin(_engine.Live);
        if (money < 0 && !leavesMargin) return "insufficient available margin";
        _ledger.Transfer(money, _now());
        return Done(ExternalAct.Transfer, refusal: null);
    }

    /// <summary>Does what he feels like now.</summary>
    internal void Act()
    {
        NextDueNs = _now() + DrawPause();
        PerpetualMarket market = _markets[_random.Below(_markets.Length)];
        PerpetualMarket[] held = [.. _markets.Where((_, i) => _ledger.PositionOf(i).Lots != 0)];
        // He fiddles with what is there rather than with nothing.
        if (held.Length > 0 && _random.Chance(70)) market = held[_random.Below(held.Length)];
        ExternalAct act = Drawn(_random.Below(100));
        string symbol = market.Symbol;
        string? refusal = act switch
        {
            ExternalAct.Trade => Trade(symbol, DrawLots(market)),
            ExternalAct.Bracket => Bracket(symbol, DrawPpm(), DrawPpm()),
            ExternalAct.MoveStop => MoveStop(symbol, DrawPpm()),
            ExternalAct.RemoveStops => RemoveStops(symbol),
            ExternalAct.Close => Close(symbol, _random.Between(1, 10) * Million / 10),
            ExternalAct.Flip => Flip(symbol),
            _ => Transfer(_random.Between(-20, 20) * 25),
        };
        _told.Add($"{act} {symbol}: {refusal ?? "done"}");
    }

    private static ExternalAct Drawn(int roll) => roll switch
    {
        < 35 => ExternalAct.Trade,
        < 50 => ExternalAct.Bracket,
        < 62 => ExternalAct.MoveStop,
        < 74 => ExternalAct.RemoveStops,
        < 86 => ExternalAct.Close,
        < 96 => ExternalAct.Transfer,
        _ => ExternalAct.Flip,
    };

    /// <summary>From half to twice the mean, so that nothing comes like a clock.</summary>
    private long DrawPause() => (_meanNs / 2) + (long)((Int128)_meanNs * _random.Below(Million) * 3 / 2 / Million);

    /// <summary>0.5 to 4 %.</summary>
    private int DrawPpm() => _random.Between(5, 40) * 1_000;

    /// <summary>For 50 to 500 dollars, either way.</summary>
    private long DrawLots(PerpetualMarket market)
    {
        long money = _random.Between(50, 500) * Money.Dollar;
        long lots = Math.Max(money / (market.LastPrice * Money.UnitOf(market)), 1);
        return _random.Chance(50) ? lots : -lots;
    }

    private string? Place(string symbol, long lots, bool reduceOnly = false)
    {
        OrderTicket ticket = new()
        {
            Market = IndexOf(symbol),
            IsBuy = lots > 0,
            Type = VenueOrderType.Market,
            Lots = Math.Abs(lots),
            ReduceOnly = reduceOnly,
        };
        return _engine.Place(ticket, _now(), out _);
    }

    private string? PlaceTrigger(int market, VenueOrderType type, long lots, long trigger)
    {
        OrderTicket ticket = new()
        {
            Market = market,
            IsBuy = lots > 0,
            Type = type,
            Lots = Math.Abs(lots),
            TriggerPrice = trigger,
            ReduceOnly = true,
        };
        return _engine.Place(ticket, _now(), out _);
    }

    private static long At(long price, int ppm) => price + (long)((Int128)price * ppm / Million);

    private VenueOrder[] StopsOf(int market) =>
        [.. _engine.Live.Where(order => order.Market == market && order.Ticket.Type == VenueOrderType.StopLoss)];

    private string? Done(ExternalAct act, string? refusal)
    {
        if (refusal is null) _counts[(int)act]++;
        _tell();
        return refusal;
    }

    private int IndexOf(string symbol)
    {
        int index = Array.FindIndex(_markets, market => market.Symbol == symbol);
        return index >= 0 ? index : throw new ArgumentException("The venue does not list it.", nameof(symbol));
    }
}
