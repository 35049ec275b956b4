using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.Risk;

/// <summary>A gate that refuses everything looks like one that works: it is told (I-83, I-84, I-85).</summary>
public sealed class GateAlarmTests
{
    private const long Minute = 60 * GateBench.Second;

    [Fact]
    public void Nothing_let_through_for_ten_minutes_is_an_alarm_with_its_reason_until_something_passes()
    {
        GateBench bench = new();
        for (int i = 0; i < 30; i++)
        {
            bench.Book();
            bench.Signal(price: i % 3 == 0 ? 20_000 : 10_001, warmedUp: i % 3 == 0);
            Assert.Equal(i >= 20, bench.Gate.TryAlarm(Side.Buy, out _));
            bench.NowNs += Minute / 2;
        }

        Assert.True(bench.Gate.TryAlarm(Side.Buy, out GateAlarm alarm));
        Assert.Equal((Side.Buy, 30L, Refusal.WarmingUp), (alarm.Side, alarm.Signals, alarm.Reason));
        Assert.Equal(bench.NowNs - (15 * Minute), alarm.SinceNs);
        bench.Book();
        Assert.Equal(Refusal.None, bench.Signal());
        Assert.False(bench.Gate.TryAlarm(Side.Buy, out _));
    }

    [Fact]
    public void One_side_alone_is_an_alarm_of_that_side()
    {
        GateBench bench = new(new RiskLimits { OrderTimeToLiveNs = GateBench.Second });
        for (int i = 0; i < 40; i++)
        {
            bench.Book();
            Assert.Equal(Refusal.None, bench.Signal(side: Side.Buy));
            bench.Book();
            Assert.NotEqual(Refusal.None, bench.Signal(side: Side.Sell, price: 20_000));
            bench.NowNs += Minute / 2;
        }

        Assert.False(bench.Gate.TryAlarm(Side.Buy, out _));
        Assert.True(bench.Gate.TryAlarm(Side.Sell, out GateAlarm alarm));
        Assert.Equal(Refusal.PriceCollar, alarm.Reason);
    }

    [Fact]
    public void A_halt_is_meant_and_no_alarm()
    {
        GateBench bench = new();
        bench.Operate(new AccountRecord { Kind = AccountEventKind.Halt, InstrumentId = -1 });
        for (int i = 0; i < 60; i++)
        {
            bench.Book();
            Assert.Equal(Refusal.Halted, bench.Signal());
            bench.NowNs += Minute;
        }

        Assert.False(bench.Gate.TryAlarm(Side.Buy, out _));
    }
}
