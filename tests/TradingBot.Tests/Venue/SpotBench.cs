using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>A spot account over a book laid out by hand: ticks of 0.1 and lots of 10⁻⁸ of BTC/USD.</summary>
internal sealed class SpotBench
{
    /// <summary>One bitcoin in lots, and one dollar in units.</summary>
    public const long Coin = 100_000_000;
    public const long Dollar = 10_000;

    private readonly SpotMarket[] _markets;
    private long _nowNs = 1_000;

    public SpotBench(long dollars = 100_000, bool buysPayInBase = false)
    {
        _markets =
            [.. VenueInstruments.Spot.Select((spot, i) => new SpotMarket(new SyntheticMarket(i, spot, seed: 7)))];
        VenueIds ids = new(seed: 7);
        Ledger = new SpotLedger(_markets, ids, dollars, buysPayInBase, _nowNs);
        Engine = new MatchingEngine(_markets, Ledger, () => ids.Spot('O'));
        Orders = new SpotOrders(_markets, Engine, ids, new VenueBudgets(VenueTier.None, _markets.Length));
        Book(
            bids: [(600_000, Coin), (599_900, 2 * Coin), (599_000, 9 * Coin)],
            asks: [(600_100, Coin), (600_200, 2 * Coin), (601_000, 9 * Coin)]);
        Market.PrintTrade(600_050, 1);
    }

    public MatchingEngine Engine { get; }

    public SpotLedger Ledger { get; }

    public SpotOrders Orders { get; }

    public SyntheticMarket Market => _markets[0].Background;

    public long Dollars => Ledger.BalanceOf("USD");

    public long Bitcoin => Ledger.BalanceOf("BTC");

    public long Held(string asset) => Ledger.HeldOf(asset, Engine.Live);

    public void Book((long Price, long Lots)[] bids, (long Price, long Lots)[] asks)
    {
        Fill(Market.Bids, bids);
        Fill(Market.Asks, asks);
    }

    public VenueOrder Accepted(OrderTicket ticket)
    {
        string? error = Engine.Place(ticket, ++_nowNs, out VenueOrder? order);
        Assert.Null(error);
        return order!;
    }

    public string? Refused(OrderTicket ticket) => Engine.Place(ticket, ++_nowNs, out _);

    public string? Amend(VenueOrder order, long lots = 0, long limit = 0, long trigger = 0) =>
        Orders.Amend(order, new OrderChange(lots, limit, trigger), ++_nowNs, out _);

    public void Cancel(VenueOrder order) => Assert.Null(Engine.Cancel(order, ++_nowNs));

    public void Flow(bool takerBuys, long price, long lots) =>
        Engine.MeetFlow(0, new FlowTrade(takerBuys, price, lots), ++_nowNs);

    public void Step() => Engine.AfterStep(0, [], ++_nowNs);

    /// <summary>Kinds and reasons since the last call.</summary>
    public string[] Reports()
    {
        string[] told = [.. Engine.Reports.Select(report => report.Kind + report.Reason)];
        Engine.Reports.Clear();
        return told;
    }

    public IReadOnlyList<(long Price, long Lots, bool IsMaker)> Fills =>
        [.. Engine.Fills.Select(fill => (fill.Price, fill.Lots, fill.IsMaker))];

    public static OrderTicket Limit(bool isBuy, long lots, long price) =>
        new() { Market = 0, IsBuy = isBuy, Type = VenueOrderType.Limit, Lots = lots, LimitPrice = price };

    public static OrderTicket AtMarket(bool isBuy, long lots) =>
        new() { Market = 0, IsBuy = isBuy, Type = VenueOrderType.Market, Lots = lots };

    public static OrderTicket Stop(bool isBuy, long lots, long trigger, long limit = 0) => new()
    {
        Market = 0,
        IsBuy = isBuy,
        Type = limit == 0 ? VenueOrderType.StopLoss : VenueOrderType.StopLossLimit,
        Lots = lots,
        TriggerPrice = trigger,
        LimitPrice = limit,
    };

    private static void Fill(SyntheticBookSide side, (long Price, long Lots)[] levels)
    {
        while (side.Count > 0) side.RemoveAt(0);
        foreach ((long price, long lots) in levels) side.Put(price, lots);
    }
}
