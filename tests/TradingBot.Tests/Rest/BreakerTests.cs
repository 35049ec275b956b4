using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using Xunit;

namespace TradingBot.Tests.Rest;

/// <summary>A host that fails is left alone for a while, and asked again without anybody's doing.</summary>
public sealed class BreakerTests
{
    /// <summary>Attempts after which the lane concludes from failures.</summary>
    private const int Samples = 20;

    private const string Good = """{"error":[],"result":{"unixtime":1700000000,"rfc1123":""}}""";

    [Fact]
    public async Task After_failures_in_a_row_nobody_is_asked_until_the_rest_is_over_and_then_it_goes_on()
    {
        bool isDown = true;
        await using StandIn server =
            await StandIn.StartAsync(_ => isDown ? StandInReply.Html(502) : new StandInReply(Good));
        using PublicRest rest = Rest(server, null);
        for (int i = 0; i < Samples; i++) Assert.False((await AskAsync(rest)).IsOk);
        Assert.Equal(Samples, server.Asked.Count);
        isDown = false;
        // Not asked while the host rests: the one that reaches it is the one that succeeds.
        Assert.True((await AskAsync(rest)).IsOk);
        Assert.Equal(Samples + 1, server.Asked.Count);
        RestResult<VenueTime>[] together = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AskAsync(rest)));
        Assert.All(together, one => Assert.True(one.IsOk, one.Failure?.Reason));
    }

    [Fact]
    public async Task While_it_stays_down_one_probe_a_rest_goes_out_and_the_others_are_told_that_they_were_not_asked()
    {
        ConcurrentQueue<RestFailure> told = [];
        await using StandIn server = await StandIn.StartAsync(_ => StandInReply.Html(502));
        using PublicRest rest = Rest(server, told.Enqueue);
        for (int i = 0; i < Samples; i++) await AskAsync(rest);
        const int Many = 12;
        RestResult<VenueTime>[] answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => AskAsync(rest)));
        List<RestFailure> failures = [.. answers.Select(one => one.Failure!)];
        Assert.All(failures, one => Assert.Equal(RestFailureClass.TransientNetwork, one.Class));
        int unasked = failures.Count(one => one.Reason.StartsWith("not asked", StringComparison.Ordinal));
        Assert.Equal(Samples + Many - unasked, server.Asked.Count);
        Assert.True(unasked >= Many / 2, $"{unasked} of {Many} were not asked");
        Assert.All(failures.Where(one => one.Status == 0), one => Assert.True(one.RetryAtNs > one.TimeNs));
        Assert.Equal(Samples + Many, told.Count);
    }

    [Fact]
    public async Task Failures_that_are_the_symbols_own_do_not_close_the_host_and_one_host_does_not_close_the_other()
    {
        await using StandIn server = await StandIn.StartAsync(path =>
            path.StartsWith("/derivatives", StringComparison.Ordinal) ? StandInReply.Html(502)
                : path.Contains("/Time", StringComparison.Ordinal) ? new StandInReply(Good)
                : StandInReply.Error("EQuery:Unknown asset pair"));
        using PublicRest rest = Rest(server, null);
        for (int i = 0; i < 2 * Samples; i++)
        {
            RestResult<VenueTime> unknown = await rest.GetAsync<VenueTime>(
                PublicQuery.Spot("Ticker"), SpotReader.ReadTime, TestContext.Current.CancellationToken);
            Assert.Equal(RestFailureClass.UnknownSymbol, unknown.Failure!.Class);
        }

        for (int i = 0; i < Samples; i++)
        {
            await rest.GetAsync<IReadOnlyList<MarketTicker>>(
                PublicQuery.Derivatives("/v3/tickers"), DerivativesReader.ReadTickers,
                TestContext.Current.CancellationToken);
        }

        int before = server.Asked.Count;
        Assert.True((await AskAsync(rest)).IsOk);
        Assert.Equal(before + 1, server.Asked.Count);
    }

    private static PublicRest Rest(StandIn server, Action<RestFailure>? told) => new(
        PublicRestOptions.Loopback(server.Url) with { RetriesMax = 0 }, TimeProvider.System, told);

    private static Task<RestResult<VenueTime>> AskAsync(PublicRest rest) => rest.GetAsync<VenueTime>(
        PublicQuery.Spot("Time"), SpotReader.ReadTime, TestContext.Current.CancellationToken);
}
