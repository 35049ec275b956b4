using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>The public channels that sum up: <c>ticker</c> and <c>ohlc</c>.</summary>
internal sealed class PriceChannels(
    IReadOnlyDictionary<SyntheticMarket, VenueTape> tapes, List<VenueConnection> connections, Postbox post)
{
    private const long MinuteNs = 60_000_000_000;

    /// <summary>As many bars as REST gives: what the venue's snapshot holds is not documented.</summary>
    private const int BarsInSnapshot = 720;

    private static readonly int[] Intervals = [1, 5, 15, 30, 60, 240, 1_440, 10_080, 21_600];

    /// <summary>Best prices and quantities as they were last looked at.</summary>
    private readonly Dictionary<SyntheticMarket, (long, long, long, long)> _best = [];

    public static bool IsInterval(int minutes) => Intervals.Contains(minutes);

    public void AddTicker(VenueConnection connection, SyntheticMarket market, VenueRequest request, long nowNs)
    {
        connection.Tickers.Add(market, request.Text("event_trigger") == "bbo");
        if (!request.Flag("snapshot", otherwise: true)) return;
        Say(connection, connection.Frames.Ticker(market, isSnapshot: true, nowNs / 1_000), nowNs);
    }

    public void AddBars(
        VenueConnection connection, SyntheticMarket market, int minutes, VenueRequest request, long nowNs)
    {
        connection.Bars.Add((market, minutes));
        if (!request.Flag("snapshot", otherwise: true)) return;
        List<TradeSum> rows = TradeSum.Rows(tapes[market], minutes * MinuteNs, nowNs, BarsInSnapshot);
        Say(connection, connection.Frames.Bars(market, rows, minutes, isSnapshot: true, nowNs), nowNs);
    }

    /// <summary>A market traded: its tickers and running bars are told.</summary>
    public void TellTrade(SyntheticMarket market, long nowNs)
    {
        foreach (VenueConnection connection in connections)
        {
            bool onTrades = connection.Tickers.TryGetValue(market, out bool onQuotes) && !onQuotes;
            if (onTrades) Tell(connection, market, nowNs);
            foreach ((SyntheticMarket wanted, int minutes) in connection.Bars)
            {
                if (wanted != market) continue;
                List<TradeSum> rows = TradeSum.Rows(tapes[market], minutes * MinuteNs, nowNs, rowsMax: 1);
                Say(connection, connection.Frames.Bars(market, rows, minutes, isSnapshot: false, nowNs), nowNs);
            }
        }
    }

    /// <summary>A market's book moved: who wants the best prices hears of them when they changed.</summary>
    public void TellQuotes(SyntheticMarket market, long nowNs)
    {
        if (!connections.Exists(connection => connection.Tickers.GetValueOrDefault(market))) return;
        (long, long, long, long) best = (market.PublicBids.BestPrice, market.PublicBids.BestLots,
            market.PublicAsks.BestPrice, market.PublicAsks.BestLots);
        if (_best.TryGetValue(market, out (long, long, long, long) before) && before == best) return;
        _best[market] = best;
        foreach (VenueConnection connection in connections)
        {
            if (connection.Tickers.GetValueOrDefault(market)) Tell(connection, market, nowNs);
        }
    }

    private void Tell(VenueConnection connection, SyntheticMarket market, long nowNs) =>
        Say(connection, connection.Frames.Ticker(market, isSnapshot: false, nowNs / 1_000), nowNs);

    private void Say(VenueConnection connection, ReadOnlySpan<byte> frame, long nowNs) =>
        post.Post(connection, VenueStream.Public, frame, nowNs);
}
