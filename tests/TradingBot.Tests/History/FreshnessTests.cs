using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;
using TradingBot.Worker.History;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>May a symbol be analysed, and if not, why: each reason alone.</summary>
public sealed class FreshnessTests
{
    private const long NowNs = 1_790_000_000_000_000_000;
    private const long MinuteNs = 60_000_000_000;

    private static readonly FreshnessRules Rules = new();

    [Theory]
    [InlineData("15m", 30, true)]
    [InlineData("15m", 31, false)]
    [InlineData("1h", 120, true)]
    [InlineData("1h", 121, false)]
    [InlineData("4h", 480, true)]
    [InlineData("4h", 481, false)]
    public void Age_counts_from_the_close_and_each_timeframe_has_its_limit(string timeframe, int minutes, bool isGood)
    {
        SymbolStanding standing = Judge(facts => facts[timeframe] = Facts(timeframe, minutes));
        Assert.Equal(isGood, standing.MayBeAnalysed);
        Assert.Equal(isGood ? HistoryFaults.None : HistoryFaults.Stale, standing.Faults);
        Assert.Equal(isGood, standing.Text.Length == 0);
    }

    [Theory]
    [InlineData(48, true, nameof(HistoryFaults.None))]
    [InlineData(49, true, nameof(HistoryFaults.DailyLags))]
    [InlineData(72, true, nameof(HistoryFaults.DailyLags))]
    [InlineData(73, true, nameof(HistoryFaults.Stale))]
    [InlineData(49, false, nameof(HistoryFaults.Stale))]
    public void A_daily_bar_may_lag_while_shorter_ones_are_fresh(int hours, bool areShortFresh, string name)
    {
        HistoryFaults expected = Enum.Parse<HistoryFaults>(name);
        SymbolStanding standing = Judge(facts =>
        {
            facts["1d"] = Facts("1d", hours * 60);
            if (!areShortFresh) facts["1h"] = Facts("1h", 500);
        });
        Assert.Equal(expected, standing.Faults);
        Assert.Equal(expected != HistoryFaults.Stale, standing.MayBeAnalysed);
    }

    [Fact]
    public void A_daily_bar_may_not_lag_where_that_is_not_allowed()
    {
        FreshnessRules strict = Rules with { DailyLagMaxNs = 0 };
        SymbolStanding standing = Judge(facts => facts["1d"] = Facts("1d", 49 * 60), rules: strict);
        Assert.Equal(HistoryFaults.Stale, standing.Faults);
    }

    [Fact]
    public void Bars_without_trades_are_no_sign_of_life()
    {
        SymbolStanding standing = Judge(facts =>
            facts["15m"] = Facts("15m", 5) with { LastTradedCloseNs = NowNs - (45 * MinuteNs) });
        Assert.Equal(HistoryFaults.Quiet, standing.Faults);
        Assert.False(standing.MayBeAnalysed);
    }

    [Fact]
    public void Missing_few_and_torn_rows_are_told()
    {
        Assert.Equal(HistoryFaults.Missing, Judge(facts => facts.Remove("4h")).Faults);
        Assert.Equal(HistoryFaults.TooFew, Judge(facts => facts["4h"] = Facts("4h", 5) with { Bars = 49 }).Faults);
        Assert.Equal(HistoryFaults.Gap, Judge(facts => facts["4h"] = Facts("4h", 5) with { HasGap = true }).Faults);
    }

    [Fact]
    public void A_stand_in_is_told_and_stops_nothing()
    {
        SymbolStanding standing = Judge(facts =>
            facts["1h"] = Facts("1h", 5) with { Source = BarSource.PerpRest, IsStandIn = true });
        Assert.Equal(HistoryFaults.StandsIn, standing.Faults);
        Assert.True(standing.MayBeAnalysed);
        Assert.Contains("1h bars are the contract's", standing.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Quarantine_and_the_universe_have_their_own_bits()
    {
        QuarantineEntry entry = new("A", 3, RestFailureClass.UnknownSymbol, "EQuery:Unknown asset pair", 1, NowNs + 1);
        SymbolStanding standing = Judge(_ => { }, quarantine: entry);
        Assert.Equal(HistoryFaults.Quarantined, standing.Faults);
        Assert.Contains("EQuery:Unknown asset pair", standing.Text, StringComparison.Ordinal);
        UniverseRow row = new(
            new InstrumentSpec { Id = "A", Kind = InstrumentKind.Spot, Base = "A", Quote = "USD" },
            ExclusionReasons.Status, "status cancel-only", LiquidityTier.C, null, null, IsHeld: false);
        Assert.Equal(HistoryFaults.NotInUniverse, Judge(_ => { }, row: row).Faults);
    }

    [Fact]
    public void The_gravest_reason_comes_first()
    {
        SymbolStanding standing = Judge(facts =>
        {
            facts.Remove("1d");
            facts["15m"] = Facts("15m", 5) with { HasGap = true };
        });
        Assert.Equal(HistoryFaults.Missing | HistoryFaults.Gap, standing.Faults);
        Assert.StartsWith("no complete 1d bar", standing.Text, StringComparison.Ordinal);
    }

    private static SymbolStanding Judge(
        Action<Dictionary<string, SeriesFacts>> change, FreshnessRules? rules = null, UniverseRow? row = null,
        QuarantineEntry? quarantine = null)
    {
        Dictionary<string, SeriesFacts> facts = Rules.Limits.Select(limit => limit.Timeframe.ToString())
            .ToDictionary(text => text, text => Facts(text, 1));
        change(facts);
        return Freshness.Judge("A", [.. facts.Values], row, quarantine, rules ?? Rules, NowNs);
    }

    private static SeriesFacts Facts(string text, int minutesOld)
    {
        Assert.True(Timeframe.TryParse(text, out Timeframe timeframe));
        long closeNs = NowNs - (minutesOld * MinuteNs);
        return new SeriesFacts(timeframe, BarSource.SpotRest, 50, closeNs, closeNs, HasGap: false);
    }
}
