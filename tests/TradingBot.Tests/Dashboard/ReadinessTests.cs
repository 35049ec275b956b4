using System;
using System.Globalization;
using System.Text;
using TradingBot.Worker.Dashboard;
using Xunit;

namespace TradingBot.Tests.Dashboard;

public sealed class ReadinessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    [Fact]
    public void Nothing_is_ready_before_the_first_standing()
    {
        Readiness readiness = Readiness.Of(ReadOnlyMemory<byte>.Empty, TimeSpan.Zero, Limit);
        Assert.False(readiness.IsReady);
        Assert.Contains("FAIL worker: has not begun\nnot ready\n", readiness.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_checks_are_listed_when_all_is_well() => Assert.Equal(
        """
        ok   worker: last standing 0.5 s ago
        ok   account: orders and positions are known
        ok   reconnect: a spare token is at hand for 59.5 s
        ok   clock: less the venue's: at least -12.5, at most 31 ms
        ok   market: last tick 1.5 s ago, at most 15.0 s
        ok   store: last wrote or answered 1.5 s ago, at most 10.0 s, 3 records behind the log
        ready

        """.ReplaceLineEndings("\n"),
        Of(seconds: 0.5).ToString());

    [Theory]
    [InlineData(3.5, true, "1", 1, false, "FAIL worker")]
    [InlineData(0, false, "1", 1, false, "FAIL account")]
    [InlineData(60, true, "1", 1, false, "FAIL reconnect: no spare token")]
    [InlineData(0, true, "15.1", 1, false, "FAIL market: last tick 15.1 s ago")]
    [InlineData(2, true, "13.5", 1, false, "FAIL market: last tick 15.5 s ago")]
    [InlineData(0, true, "null", 1, false, "FAIL market: nothing came yet")]
    [InlineData(0, true, "1", 10.1, false, "FAIL store: last wrote or answered 10.1 s ago")]
    [InlineData(0, true, "1", 1, true, "FAIL store: last wrote or answered 1.0 s ago, at most 10.0 s, 3 records behind "
        + "the log: the disk is full")]
    public void What_fails_is_told(double seconds, bool ready, string tick, double store, bool failing, string words)
    {
        Readiness readiness = Of(seconds, ready, tick, store, failing);
        Assert.False(readiness.IsReady);
        Assert.Contains(words, readiness.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\nnot ready\n", readiness.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Clocks_that_drift_are_ready_and_clocks_apart_are_not()
    {
        Assert.True(Of(seconds: 0, clock: "drifting").IsReady);
        Readiness apart = Of(seconds: 0, clock: "apart");
        Assert.False(apart.IsReady);
        Assert.Contains("FAIL clock: less the venue's", apart.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("15", 10)]
    [InlineData("0", 0)]
    public void Limits_belong_to_the_good_side(string tick, double store) =>
        Assert.True(Of(seconds: 0, tick: tick, store: store).IsReady);

    private static Readiness Of(
        double seconds, bool ready = true, string tick = "1", double store = 1, bool failing = false,
        string clock = "in step")
    {
        string fault = failing ? "\"the disk is full\"" : "null";
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"ready":{{(ready ? "true" : "false")}},"tick_age_seconds":{{tick}},
            "venue_state":{"clock":{"state":"{{clock}}","least_ms":-12.5,"most_ms":31} },
            "lane":{"spare_token_seconds":60},"store":{"lag_records":3,
            "failing":{{(failing ? "true" : "false")}},"fault":{{fault}},"age_seconds":{{store}} }
            }
            """);
        return Readiness.Of(Encoding.UTF8.GetBytes(text), TimeSpan.FromSeconds(seconds), Limit);
    }
}
