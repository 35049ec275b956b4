using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>The spot half of the venue: its markets, one account of cash, and the desks that serve it.</summary>
internal sealed class SpotVenue
{
    private readonly SpotDesk _desk;
    private int _fillsTold;

    public SpotVenue(VenueOptions options, PerpetualMarket[] markets, List<VenueConnection> connections, Postbox post,
        VenueTokens tokens, VenueModes modes, VenueBudgets budgets)
    {
        Markets = [.. markets.Select(market => new SpotMarket(market.Spot, options.Habits.SpotIndexIsLast))];
        Quotes = [.. Markets.Select(_ => new QuoteTape())];
        VenueIds ids = new(options.Seed ^ 0x5B07_0000_0000_0011);
        Ledger = new SpotLedger(Markets, ids, options.SpotDollars, options.Habits.BuysPayInBase, options.StartNs);
        Engine = new MatchingEngine(Markets, Ledger, () => ids.Spot('O'))
        {
            Modes = modes,
            CancelsLateStops = options.Habits.CancelsLateStops,
            ProtectionPercent = options.Habits.SpotProtectionIsWide ? 5 : 1,
        };
        Orders = new SpotOrders(Markets, Engine, ids, budgets);
        SpotHistory history = new();
        First = new SpotV1Channels(Orders, Ledger, connections, post, tokens, options.Faults);
        Channels = new SpotChannels(options, Orders, Ledger, history, connections, post, tokens, First);
        _desk = new SpotDesk(options, Orders, Ledger, history);
    }

    public SpotMarket[] Markets { get; }

    /// <summary>Best prices of each market as they changed.</summary>
    public QuoteTape[] Quotes { get; }

    public SpotLedger Ledger { get; }

    public MatchingEngine Engine { get; }

    public SpotOrders Orders { get; }

    public SpotChannels Channels { get; }

    /// <summary>The first WebSocket's sockets.</summary>
    public SpotV1Channels First { get; }

    /// <summary>A private call; null when it has none of that name.</summary>
    public FrameText? Answer(string name, RestForm form, long nowNs) => _desk.Answer(name, form, nowNs);

    /// <summary>After a step of a spot market: what waits for it meets it.</summary>
    public void AfterStep(int market, long nowNs)
    {
        Orders.StrikeTimer(nowNs);
        Engine.AfterStep(market, Engine.Live.Count == 0 ? [] : Markets[market].Flow(), nowNs);
        Quotes[market].Look(Markets[market], nowNs);
    }

    /// <summary>Tells the account what happened, and the public of its fills.</summary>
    public void Tell(PublicChannels channels, long nowNs)
    {
        for (; _fillsTold < Engine.Fills.Count; _fillsTold++)
        {
            VenueFill fill = Engine.Fills[_fillsTold];
            SyntheticMarket market = Markets[fill.Order.Market].Background;
            First.TellTrade(market, channels.TellFill(market, fill, nowNs), nowNs);
        }

        Channels.TellReports(nowNs);
    }
}
