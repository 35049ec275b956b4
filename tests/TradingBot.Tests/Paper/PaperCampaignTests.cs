using System;
using System.Globalization;
using System.Linq;
using TradingBot.Simulation.Paper;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Paper;

/// <summary>Random orders on a moving feed with lost updates and sockets, judged by the slow twin.</summary>
public sealed class PaperCampaignTests
{
    private static readonly string[] Symbols = ["PF_XBTUSD", "PF_ETHUSD", "PF_DOGEUSD"];

    [Fact]
    public void Every_fill_was_possible_on_the_frames_seen_and_positions_and_cash_are_their_sum_I7()
    {
        Random random = Seed.Random(20_261_124, "paper campaign");
        int takers = 0;
        int makers = 0;
        for (int round = 0; round < Seed.Count(ci: 6, full: 200); round++)
        {
            FillJudge judge = Run((ulong)random.Next(), random);
            takers += judge.Takers;
            makers += judge.Makers;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{takers} takers, {makers} makers");
        Assert.True(takers > 20 && makers > 5, $"{takers} takers and {makers} makers prove little");
    }

    private static FillJudge Run(ulong seed, Random random)
    {
        VenueOptions venue = new() { Seed = seed, Activity = 6, Faults = new FaultPlan(seed) };
        venue.Faults.At(VenueFault.DropBookUpdate, 3_000);
        SimulatedKraken kraken = new(venue);
        FillJudge judge = new();
        RecordingWire outer = new(new VirtualWire(kraken)) { Passing = judge.Pass };
        PaperDesk desk = new(outer, kraken.AdvanceTo, new PaperOptions { Venue = new VenueOptions { Seed = seed } });
        judge.Watch(desk.Oracle);
        desk.Run(1_000);
        desk.LogIn();
        for (int i = 0; i < 120; i++) Act(desk, random, i);
        Flatten(desk);
        judge.Close(desk.Oracle, 10_000 * Money.Dollar);
        Assert.All(outer.Opened, endpoint => Assert.NotEqual(WireEndpoint.UnifiedPrivate, endpoint));
        return judge;
    }

    private static void Act(PaperDesk desk, Random random, int number)
    {
        string symbol = Symbols[random.Next(Symbols.Length)];
        string side = random.Next(2) == 0 ? "buy" : "sell";
        long best = side == "buy" ? desk.Oracle.BestBid(symbol) : desk.Oracle.BestAsk(symbol);
        (int priceDecimals, string quantity) = symbol switch
        {
            "PF_XBTUSD" => (0, "0.0" + random.Next(100, 400)),
            "PF_ETHUSD" => (1, "0." + random.Next(100, 900)),
            _ => (5, random.Next(100, 9_000).ToString(CultureInfo.InvariantCulture)),
        };
        // Around the touch: some cross, some join the queue, some wait behind it.
        long limit = best + random.Next(-3, 4);
        string price = (limit / (decimal)Math.Pow(10, priceDecimals)).ToString(CultureInfo.InvariantCulture);
        string order = random.Next(3) == 0
            ? "\"order_type\":\"market\""
            : $"\"order_type\":\"limit\",\"limit_price\":{price}";
        desk.Add($"c{number}", side, quantity, order, symbol);
        desk.Run(random.Next(1, 4_000));
        if (random.Next(8) == 0) desk.Resync(symbol);
        if (random.Next(4) != 0) return;
        desk.Ask("cancel_order", $"\"cl_ord_id\":[\"c{number}\"]");
        desk.Run(200);
    }

    /// <summary>Cancels all orders and sells what is held, until nothing is.</summary>
    private static void Flatten(PaperDesk desk)
    {
        foreach (OracleOrder order in desk.Oracle.LiveOrders)
        {
            desk.Ask("cancel_order", $"\"cl_ord_id\":[\"{order.ClientId}\"]");
        }

        desk.Run(500);
        for (int i = 0; i < 200 && Symbols.Any(symbol => desk.Oracle.PositionLots(symbol) != 0); i++)
        {
            foreach (string symbol in Symbols)
            {
                long lots = desk.Oracle.PositionLots(symbol);
                if (lots == 0) continue;
                if (i % 5 == 4) desk.Resync(symbol);
                desk.Add(
                    $"f{i}{symbol[3]}", lots > 0 ? "sell" : "buy", symbol == "PF_DOGEUSD" ? "100000" : "10",
                    "\"order_type\":\"market\",\"reduce_only\":true", symbol);
            }

            desk.Run(1_000);
        }
    }
}
