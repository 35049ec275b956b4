using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.Risk;

/// <summary>The venue's state before the gate: entries alone are refused, in a word of their own.</summary>
public sealed class VenueGateTests
{
    private static readonly RiskLimits Live = new() { VenueFrameRequired = true, VenueRestRequired = true };

    [Fact]
    public void Live_nothing_is_decided_before_a_socket_and_a_call_said_online()
    {
        GateBench bench = new(Live);
        bench.Book();
        Assert.Equal(Refusal.VenueNotOnline, bench.Signal());
        Say(bench, VenueSource.Frame, VenueSystem.Online);
        Assert.Equal(Refusal.VenueNotOnline, bench.Signal());
        Say(bench, VenueSource.Rest, VenueSystem.Online);
        Assert.Equal(Refusal.None, bench.Signal());
    }

    [Fact]
    public void A_replay_decides_without_them_and_heeds_what_was_recorded()
    {
        GateBench bench = new();
        bench.Book();
        Assert.Equal(Refusal.None, bench.Signal());
        Say(bench, VenueSource.Frame, VenueSystem.CancelOnly);
        Assert.Equal(Refusal.VenueNotOnline, bench.Signal());
    }

    [Theory]
    [InlineData(VenueSystem.Unknown)]
    [InlineData(VenueSystem.CancelOnly)]
    [InlineData(VenueSystem.PostOnly)]
    [InlineData(VenueSystem.LimitOnly)]
    [InlineData(VenueSystem.ReduceOnly)]
    [InlineData(VenueSystem.Maintenance)]
    public void Each_source_alone_can_refuse_and_each_has_to_take_it_back_itself(VenueSystem system)
    {
        foreach (VenueSource source in (VenueSource[])[VenueSource.Frame, VenueSource.Account, VenueSource.Rest])
        {
            GateBench bench = Online();
            Say(bench, source, system);
            Assert.Equal(Refusal.VenueNotOnline, bench.Signal());
            foreach (VenueSource other in (VenueSource[])[VenueSource.Frame, VenueSource.Account, VenueSource.Rest])
            {
                if (other == source) continue;
                Say(bench, other, VenueSystem.Online);
                Assert.Equal(Refusal.VenueNotOnline, bench.Signal());
            }

            Say(bench, source, VenueSystem.Online);
            Assert.Equal(Refusal.None, bench.Signal());
        }
    }

    [Fact]
    public void A_notice_has_a_word_of_its_own_and_a_closed_venue_comes_before_it()
    {
        GateBench bench = Online();
        Say(bench, VenueSource.Notice, VenueSystem.Maintenance);
        Assert.Equal(Refusal.VenueNotice, bench.Signal());
        Say(bench, VenueSource.Frame, VenueSystem.Maintenance);
        Assert.Equal(Refusal.VenueNotOnline, bench.Signal());
        Say(bench, VenueSource.Frame, VenueSystem.Online);
        Say(bench, VenueSource.Notice, VenueSystem.Online);
        Assert.Equal(Refusal.None, bench.Signal());
    }

    [Fact]
    public void Clocks_apart_have_a_word_of_their_own_between_a_closed_venue_and_a_notice()
    {
        GateBench bench = Online();
        Say(bench, VenueSource.Notice, VenueSystem.Maintenance);
        Say(bench, VenueSource.Clock, VenueSystem.Unknown);
        Assert.Equal(Refusal.ClockSkew, bench.Signal());
        Say(bench, VenueSource.Frame, VenueSystem.CancelOnly);
        Assert.Equal(Refusal.VenueNotOnline, bench.Signal());
        Say(bench, VenueSource.Frame, VenueSystem.Online);
        Say(bench, VenueSource.Clock, VenueSystem.Online);
        Assert.Equal(Refusal.VenueNotice, bench.Signal());
    }

    [Fact]
    public void The_gate_knows_the_age_of_each_channel_of_each_symbol_and_may_want_a_fresh_trade()
    {
        GateBench bench = new(new RiskLimits { TradeAgeMaxNs = 5 * GateBench.Second, OrdersPerWindowMax = 20 });
        Assert.Equal(-1, bench.Gate.AgeNs(0, Channel.Book));
        Assert.Equal(-1, bench.Gate.AgeNs(0, Channel.Trade));
        bench.Book();
        Assert.Equal(Refusal.StaleData, bench.Signal());
        bench.Event(EventKind.Trade, price: 10_000, quantity: 1);
        Assert.Equal(Refusal.None, bench.Signal());
        bench.NowNs += 4 * GateBench.Second;
        bench.Book();
        bench.NowNs += 2 * GateBench.Second;
        bench.Event(EventKind.TimeAdvance, -1);
        Assert.Equal(2 * GateBench.Second, bench.Gate.AgeNs(0, Channel.Book));
        Assert.Equal(6 * GateBench.Second, bench.Gate.AgeNs(0, Channel.Trade));
        Assert.Equal(-1, bench.Gate.AgeNs(1, Channel.Trade));
        Assert.Equal(Refusal.StaleData, bench.Signal());
    }

    [Fact]
    public void Derivatives_that_close_leave_spot_alone()
    {
        GateBench bench = Online();
        Say(bench, VenueSource.Frame, VenueSystem.Maintenance, Dialect.Unified);
        Assert.Equal(Refusal.None, bench.Signal());
    }

    [Fact]
    public void An_event_of_a_source_nobody_knows_changes_nothing()
    {
        GateBench bench = Online();
        Say(bench, (VenueSource)9, VenueSystem.Maintenance);
        Say(bench, (VenueSource)255, VenueSystem.Maintenance);
        Assert.Equal(Refusal.None, bench.Signal());
    }

    private static GateBench Online()
    {
        GateBench bench = new(Live with { OrdersPerWindowMax = 20, OrderTimeToLiveNs = GateBench.Second });
        Say(bench, VenueSource.Frame, VenueSystem.Online);
        Say(bench, VenueSource.Rest, VenueSystem.Online);
        bench.Book();
        return bench;
    }

    private static void Say(
        GateBench bench, VenueSource source, VenueSystem system, Dialect dialect = Dialect.SpotV2)
    {
        MarketEvent e = new()
        {
            Kind = EventKind.VenueStatus,
            InstrumentId = -1,
            Number = (long)source,
            Detail = (int)system,
            Dialect = dialect,
            ReceiveTimeNs = bench.NowNs,
        };
        bench.Tell(e);
    }
}
