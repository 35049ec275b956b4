using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using Xunit;

namespace TradingBot.Tests.Universe;

/// <summary>Bad symbols leave and come back; the venue's faults are nobody's.</summary>
public sealed class QuarantineTests
{
    private const long HourNs = 3_600_000_000_000;

    private readonly Quarantine _quarantine = new([]);

    [Theory]
    [InlineData(RestFailureClass.UnknownSymbol, 1)]
    [InlineData(RestFailureClass.Other, Quarantine.FailuresMax)]
    [InlineData(RestFailureClass.BadBody, Quarantine.FailuresMax)]
    [InlineData(RestFailureClass.TransientNetwork, Quarantine.FailuresMax)]
    public void A_symbol_leaves_after_so_many_rounds_and_no_other_does(RestFailureClass failure, int rounds)
    {
        for (int i = 1; i <= rounds; i++)
        {
            IReadOnlyList<string> changes = Settle(i, ("2Z/USD", failure), ("A", null), ("B", null));
            Assert.Equal(i == rounds, changes.Count == 1);
            Assert.Equal(i == rounds, _quarantine.IsResting("2Z/USD", i));
        }

        Assert.Equal(["2Z/USD"], _quarantine.Entries.Select(entry => entry.Id));
        Assert.Equal(1, _quarantine.Find("2Z/USD")!.SinceNs);
        Assert.Contains("the reason", _quarantine.Find("2Z/USD")!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RestFailureClass.RateLimited)]
    [InlineData(RestFailureClass.Maintenance)]
    [InlineData(RestFailureClass.Auth)]
    public void What_is_not_the_symbols_own_is_never_held_against_it(RestFailureClass failure)
    {
        for (int i = 0; i < 10; i++) Settle(i, ("X", failure), ("A", null), ("B", null));
        Assert.Empty(_quarantine.Entries);
    }

    [Fact]
    public void When_half_of_them_fail_it_is_the_venue_or_our_line()
    {
        for (int i = 0; i < 10; i++)
        {
            Settle(
                i, ("X", RestFailureClass.TransientNetwork), ("Y", RestFailureClass.BadBody), ("A", null), ("B", null));
        }

        Assert.Empty(_quarantine.Entries);
        // A symbol that the venue does not know is its own fault also then.
        Settle(11, ("X", RestFailureClass.UnknownSymbol), ("Y", RestFailureClass.TransientNetwork));
        Assert.Equal(["X"], _quarantine.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void Each_failed_try_doubles_the_rest_up_to_a_day_and_an_answer_ends_it()
    {
        long nowNs = 0;
        foreach (int hours in new[] { 1, 2, 4, 8, 16, 24, 24 })
        {
            Settle(nowNs, ("X", RestFailureClass.UnknownSymbol), ("A", null), ("B", null));
            Assert.True(_quarantine.IsResting("X", nowNs + (hours * HourNs) - 1));
            Assert.False(_quarantine.IsResting("X", nowNs + (hours * HourNs)));
            nowNs += hours * HourNs;
        }

        string change = Assert.Single(Settle(nowNs, ("X", null)));
        Assert.Contains("X is back", change, StringComparison.Ordinal);
        Assert.Empty(_quarantine.Entries);
    }

    [Fact]
    public void An_answer_in_between_forgets_the_failures_before()
    {
        for (int i = 0; i < 9; i++)
        {
            RestFailureClass? failure = i % 3 == 2 ? null : RestFailureClass.BadBody;
            Assert.Empty(Settle(i, ("X", failure), ("A", null), ("B", null)));
        }

        Assert.Empty(_quarantine.Entries);
    }

    private IReadOnlyList<string> Settle(long nowNs, params (string Id, RestFailureClass? Failure)[] round) =>
        _quarantine.Settle(
            [
                .. round.Select(one => new SymbolOutcome(one.Id, one.Failure is { } failure
                    ? new RestFailure { Class = failure, Endpoint = "e", Reason = "the reason", TimeNs = nowNs }
                    : null)),
            ],
            nowNs);
}
