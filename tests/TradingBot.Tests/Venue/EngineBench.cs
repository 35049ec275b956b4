using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>A matching engine over books laid out by hand: ticks and lots of PF_XBTUSD.</summary>
internal sealed class EngineBench
{
    public const long Deposit = 100_000 * Money.Dollar;

    private readonly PerpetualMarket[] _markets;
    private long _nowNs = 1_000;

    public EngineBench(long cash = Deposit, bool cancelsLateStops = false, VenueHabits? habits = null)
    {
        habits ??= new VenueHabits { CancelsLateStops = cancelsLateStops };
        _markets = [.. Enumerable.Range(0, 5).Select(i => new PerpetualMarket(i, seed: 7))];
        Ledger = new PositionLedger(_markets, cash, habits: habits);
        Engine = new MatchingEngine(_markets, Ledger, new VenueIds(seed: 7).Unified)
        {
            CancelsLateStops = habits.CancelsLateStops,
            RefusesTriggerAmends = habits.RefusesTriggerAmends,
            TriggeredUnprotected = habits.TriggeredUnprotected,
        };
        Book(
            bids: [(60_000, 1_000), (59_990, 2_000), (59_900, 9_000)],
            asks: [(60_010, 1_000), (60_020, 2_000), (60_100, 9_000)]);
        Print(60_005);
    }

    public MatchingEngine Engine { get; }

    public PositionLedger Ledger { get; }

    public VenuePosition Position => Ledger.PositionOf(0);

    public SyntheticMarket Market => _markets[0].Perpetual;

    public long NowNs => _nowNs;

    public void Book((long Price, long Lots)[] bids, (long Price, long Lots)[] asks)
    {
        Fill(Market.Bids, bids);
        Fill(Market.Asks, asks);
    }

    /// <summary>The last price, without an order of ours in the way.</summary>
    public void Print(long price) => Market.PrintTrade(price, 1);

    public VenueOrder Accepted(OrderTicket ticket)
    {
        string? error = Engine.Place(ticket, ++_nowNs, out VenueOrder? order);
        Assert.Null(error);
        return order!;
    }

    public string? Refused(OrderTicket ticket) => Engine.Place(ticket, ++_nowNs, out _);

    public string? Amend(VenueOrder order, long lots = 0, long limit = 0, long trigger = 0) =>
        Engine.Amend(order, new OrderChange(lots, limit, trigger), ++_nowNs);

    public string? Cancel(VenueOrder order) => Engine.Cancel(order, ++_nowNs);

    public void Flow(bool takerBuys, long price, long lots) =>
        Engine.MeetFlow(0, new FlowTrade(takerBuys, price, lots), ++_nowNs);

    /// <summary>A step that changed no more than the book and last price laid out by hand.</summary>
    public void Step() => Engine.AfterStep(0, _markets[0].Flow(), ++_nowNs);

    public void At(long nowNs) => _nowNs = nowNs;

    /// <summary>Kinds and reasons since the last call.</summary>
    public string[] Reports()
    {
        string[] told = [.. Engine.Reports.Select(report => report.Kind + report.Reason)];
        Engine.Reports.Clear();
        return told;
    }

    public IReadOnlyList<(long Price, long Lots, bool IsMaker)> Fills =>
        [.. Engine.Fills.Select(fill => (fill.Price, fill.Lots, fill.IsMaker))];

    public static OrderTicket Limit(bool isBuy, long lots, long price, string id = "") =>
        Ticket(isBuy, VenueOrderType.Limit, lots) with { LimitPrice = price, ClientId = id };

    public static OrderTicket AtMarket(bool isBuy, long lots, bool reduceOnly = false) =>
        Ticket(isBuy, VenueOrderType.Market, lots) with { ReduceOnly = reduceOnly };

    public static OrderTicket Stop(bool isBuy, long lots, long trigger, bool byIndex = false, bool isProfit = false)
    {
        OrderTicket ticket = Ticket(isBuy, isProfit ? VenueOrderType.TakeProfit : VenueOrderType.StopLoss, lots);
        return ticket with { TriggerPrice = trigger, TriggerByIndex = byIndex, ReduceOnly = true };
    }

    private static OrderTicket Ticket(bool isBuy, VenueOrderType type, long lots) =>
        new() { Market = 0, IsBuy = isBuy, Type = type, Lots = lots };

    private static void Fill(SyntheticBookSide side, (long Price, long Lots)[] levels)
    {
        while (side.Count > 0) side.RemoveAt(0);
        foreach ((long price, long lots) in levels) side.Put(price, lots);
    }
}
