using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Bars;
using Xunit;

namespace TradingBot.Tests.Rest;

/// <summary>Every answer is a value or a failure of the right class, with the whole body.</summary>
public sealed class PublicRestTests
{
    private const string Rows = """{"error":[],"result":{"XXBTZUSD":[[1700000040,"1","2","1","2","1.5","3",4],"""
        + """[1700000100,"2","2","2","2","0.0","0",0]],"last":1700000040}}""";

    private static readonly PublicQuery Ohlc = PublicQuery.SpotOf("OHLC", "XBTUSD", "&interval=1", "BTC/USD", "1m");

    private static readonly Dictionary<string, (StandInReply Reply, RestFailureClass Class)> Cases = new()
    {
        ["rate limit by text"] = (StandInReply.Error("EAPI:Rate limit exceeded"), RestFailureClass.RateLimited),
        ["rate limit by other text"] = (StandInReply.Error("EGeneral:Too many requests"), RestFailureClass.RateLimited),
        ["throttled until"] = (StandInReply.Error("EService: Throttled: 4102444800"), RestFailureClass.RateLimited),
        ["rate limit by status"] = (StandInReply.Html(429), RestFailureClass.RateLimited),
        ["unknown symbol"] = (StandInReply.Error("EQuery:Unknown asset pair"), RestFailureClass.UnknownSymbol),
        ["unknown symbol by status"] = (new("not found", 404, "text/plain"), RestFailureClass.UnknownSymbol),
        ["unavailable"] = (StandInReply.Error("EService:Unavailable"), RestFailureClass.Maintenance),
        ["busy"] = (StandInReply.Error("EService:Busy"), RestFailureClass.Maintenance),
        ["maintenance page"] = (StandInReply.Html(503), RestFailureClass.Maintenance),
        ["internal error"] = (StandInReply.Error("EGeneral:Internal error"), RestFailureClass.TransientNetwork),
        ["bad gateway"] = (StandInReply.Html(502), RestFailureClass.TransientNetwork),
        ["Cloudflare's 520"] = (StandInReply.Html(520), RestFailureClass.TransientNetwork),
        ["never an answer"] = (new("") { Hangs = true }, RestFailureClass.TransientNetwork),
        ["half an answer"] = (new(Rows[..40]) { Lacks = 500 }, RestFailureClass.TransientNetwork),
        ["a web page with 200"] = (StandInReply.Html(200), RestFailureClass.BadBody),
        ["truncated gzip"] = (StandInReply.Truncated(Rows), RestFailureClass.BadBody),
        ["no gzip though said"] = (new(Rows) { Coding = "gzip" }, RestFailureClass.BadBody),
        ["JSON as text"] = (new(Rows, 200, "text/plain"), RestFailureClass.BadBody),
        ["JSON without a type"] = (new(Rows, 200, ""), RestFailureClass.BadBody),
        ["half of the JSON"] = (new(Rows[..60]), RestFailureClass.BadBody),
        ["nothing"] = (new(""), RestFailureClass.BadBody),
        ["no result"] = (new("""{"error":[]}"""), RestFailureClass.BadBody),
        ["an empty list"] = (new("""{"error":[],"result":{"XXBTZUSD":[],"last":0}}"""), RestFailureClass.BadBody),
        ["rows of another"] = (new(Rows.Replace("XXBTZUSD", "XETHZUSD", StringComparison.Ordinal)),
            RestFailureClass.BadBody),
        ["a row of words"] = (new("""{"error":[],"result":{"XXBTZUSD":["row"],"last":0}}"""), RestFailureClass.BadBody),
        ["high below low"] = (new(Rows.Replace("\"1\",\"2\",\"1\"", "\"1\",\"1\",\"2\"", StringComparison.Ordinal)),
            RestFailureClass.BadBody),
        ["invalid key"] = (StandInReply.Error("EAPI:Invalid key"), RestFailureClass.Auth),
        ["the shield"] = (StandInReply.Html(403), RestFailureClass.Auth),
        ["a redirect"] = (new("", 302) { Header = ("Location", "/elsewhere") }, RestFailureClass.Other),
        ["any other error"] = (StandInReply.Error("EGeneral:Invalid arguments:interval"), RestFailureClass.Other),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_failure_lands_in_its_class_with_the_whole_body(string name)
    {
        (StandInReply reply, RestFailureClass expected) = Cases[name];
        await using StandIn server = await StandIn.StartAsync(_ => reply with { Header = Id(reply) });
        (RestResult<OhlcPage> result, List<RestFailure> told) = await AskAsync(server, retries: 0);
        Assert.False(result.IsOk);
        RestFailure failure = result.Failure!;
        Assert.Equal(expected, failure.Class);
        Assert.Equal(failure, Assert.Single(told));
        Assert.Equal(1, failure.Attempt);
        Assert.Equal("BTC/USD", failure.Symbol);
        Assert.Equal("1m", failure.Timeframe);
        Assert.EndsWith("/0/public/OHLC?pair=XBTUSD&interval=1", failure.Endpoint, StringComparison.Ordinal);
        Assert.NotEqual("", failure.Reason);
        if (reply.Hangs) return;
        Assert.Equal(reply.Status, failure.Status);
        string body = reply.Coding.Length == 0 ? reply.Body
            : reply.Bytes is { } packed ? "base64:" + Convert.ToBase64String(packed) : reply.Body;
        Assert.Equal(body, failure.Body);
        if (reply.Header.Name is null) Assert.Equal("x-request-id=r-77", failure.RequestId);
        Assert.DoesNotContain("/elsewhere", server.Asked);
    }

    [Fact]
    public async Task A_good_answer_is_read_also_when_packed()
    {
        await using StandIn server = await StandIn.StartAsync(_ => StandInReply.Packed(Rows));
        (RestResult<OhlcPage> result, List<RestFailure> told) = await AskAsync(server, retries: 0);
        Assert.True(result.IsOk);
        Assert.Empty(told);
        Assert.Equal([4, 0], result.Value!.Rows.Select(row => row.Count));
        Assert.Equal(1_700_000_040_000_000_000, result.Value.Rows[0].OpenTimeNs);
    }

    [Fact]
    public async Task A_warning_is_no_error()
    {
        string warned = Rows.Replace("\"error\":[]", "\"error\":[\"WGeneral:Deprecated\"]", StringComparison.Ordinal);
        await using StandIn server = await StandIn.StartAsync(_ => new StandInReply(warned));
        Assert.True((await AskAsync(server, retries: 0)).Result.IsOk);
    }

    [Fact]
    public async Task What_passes_is_tried_again_and_every_attempt_is_told()
    {
        Queue<StandInReply> replies = new(
            [StandInReply.Html(502), StandInReply.Error("EService:Busy"), new StandInReply(Rows)]);
        await using StandIn server = await StandIn.StartAsync(_ => replies.Dequeue());
        (RestResult<OhlcPage> result, List<RestFailure> told) = await AskAsync(server, retries: 3);
        Assert.True(result.IsOk);
        Assert.Equal([1, 2], told.Select(failure => failure.Attempt));
        Assert.Equal(
            [RestFailureClass.TransientNetwork, RestFailureClass.Maintenance], told.Select(failure => failure.Class));
    }

    [Theory]
    [InlineData("EQuery:Unknown asset pair")]
    [InlineData("EAPI:Invalid key")]
    public async Task What_no_time_heals_is_asked_once(string error)
    {
        await using StandIn server = await StandIn.StartAsync(_ => StandInReply.Error(error));
        await AskAsync(server, retries: 3);
        Assert.Single(server.Asked);
    }

    [Fact]
    public async Task A_pause_longer_than_patience_is_told_and_not_waited_for()
    {
        StandInReply reply = StandInReply.Html(429) with { Header = ("Retry-After", "86400") };
        await using StandIn server = await StandIn.StartAsync(_ => reply);
        (RestResult<OhlcPage> result, _) = await AskAsync(server, retries: 3);
        Assert.Single(server.Asked);
        Assert.True(result.Failure!.RetryAtNs > result.Failure.TimeNs + 86_000_000_000_000);
    }

    [Fact]
    public async Task Nobody_listens_is_a_failure_like_any_other()
    {
        StandIn gone = await StandIn.StartAsync(_ => new StandInReply(Rows));
        Uri address = gone.Url;
        await gone.DisposeAsync();
        using PublicRest rest = new(PublicRestOptions.Loopback(address) with { RetriesMax = 0 }, TimeProvider.System);
        RestResult<OhlcPage> result = await rest.GetAsync(
            Ohlc, SpotReader.Ohlc(Minute(), []), TestContext.Current.CancellationToken);
        Assert.Equal(RestFailureClass.TransientNetwork, result.Failure!.Class);
        Assert.Equal(0, result.Failure.Status);
    }

    [Fact]
    public async Task A_body_without_end_is_cut()
    {
        await using StandIn server = await StandIn.StartAsync(_ => new StandInReply(new string(' ', 70_000) + Rows));
        using PublicRest rest = new(
            PublicRestOptions.Loopback(server.Url) with { RetriesMax = 0, BodyBytesMax = 65_536 }, TimeProvider.System);
        RestResult<OhlcPage> result = await rest.GetAsync(
            Ohlc, SpotReader.Ohlc(Minute(), []), TestContext.Current.CancellationToken);
        Assert.Equal(RestFailureClass.BadBody, result.Failure!.Class);
        Assert.Contains("more than 65536 bytes", result.Failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"result":"error","error":"apiLimitExceeded"}""", 200, RestFailureClass.RateLimited)]
    [InlineData("""{"result":"error","error":"marketUnavailable"}""", 200, RestFailureClass.Maintenance)]
    [InlineData("""{"result":"error","error":"authenticationError"}""", 200, RestFailureClass.Auth)]
    [InlineData("""{"result":"error","errors":[{"code":11,"message":"contractNotFound"}]}""", 400,
        RestFailureClass.UnknownSymbol)]
    [InlineData("""{"result":"error","error":"Server Error"}""", 500, RestFailureClass.TransientNetwork)]
    [InlineData("""{"serverTime":"2026-01-01T00:00:00Z"}""", 200, RestFailureClass.BadBody)]
    public async Task Errors_of_derivatives_have_the_same_classes(string body, int status, RestFailureClass expected)
    {
        await using StandIn server = await StandIn.StartAsync(_ => new StandInReply(body, status));
        PublicRestOptions once = PublicRestOptions.Loopback(server.Url) with { RetriesMax = 0 };
        using PublicRest rest = new(once, TimeProvider.System);
        var result = await rest.GetAsync<IReadOnlyList<MarketTicker>>(
            PublicQuery.Derivatives("/v3/tickers"), DerivativesReader.ReadTickers,
            TestContext.Current.CancellationToken);
        Assert.Equal(expected, result.Failure!.Class);
        Assert.Equal(body, result.Failure.Body);
        Assert.Equal(["/derivatives/api/v3/tickers"], server.Asked);
    }

    [Theory]
    [InlineData("https://api.kraken.com", true)]
    [InlineData("https://futures.kraken.com", true)]
    [InlineData("http://127.0.0.1:8001", true)]
    [InlineData("http://[::1]:8001", true)]
    [InlineData("http://api.kraken.com", false)]
    [InlineData("https://api.kraken.com:8443", false)]
    [InlineData("https://api.kraken.com.example.org", false)]
    [InlineData("https://example.org", false)]
    [InlineData("http://10.0.0.1", false)]
    [InlineData("https://user:word@api.kraken.com", false)]
    [InlineData("https://api.kraken.com/elsewhere", false)]
    public void Only_Kraken_and_this_machine_are_asked(string address, bool isAllowed)
    {
        Assert.Equal(isAllowed, PublicRestOptions.WhyRefused(new Uri(address)) is null);
        if (isAllowed) return;
        Assert.Throws<ArgumentException>(
            () => new PublicRest(new PublicRestOptions { Spot = new Uri(address) }, TimeProvider.System));
    }

    [Fact]
    public void The_pace_holds_per_host_and_per_instrument()
    {
        PublicPace pace = new(new PublicPaceOptions { SpotIntervalNs = 100, KeyIntervalNs = 1_000, Burst = 2 });
        PublicQuery other = PublicQuery.SpotOf("OHLC", "ETHUSD", "", "ETH/USD");
        Assert.Equal(5_000, pace.Reserve(Ohlc, 5_000));
        Assert.Equal(6_000, pace.Reserve(Ohlc, 5_000));
        // The one that waits for its instrument holds its token; others have the rest of the burst.
        Assert.True(pace.Reserve(other, 5_000) >= 5_000);
        Assert.Equal(5_000, pace.Reserve(PublicQuery.Derivatives("/v3/tickers"), 5_000));
        pace.Close(RestHost.Derivatives, 9_000);
        Assert.Equal(9_000, pace.Reserve(PublicQuery.Derivatives("/v3/tickers"), 6_000));
    }

    [Fact]
    public void Over_any_stretch_the_pace_spends_no_more_than_burst_and_interval_allow()
    {
        PublicPace pace = new(new PublicPaceOptions { SpotIntervalNs = 1_000, Burst = 3 });
        long[] due = [.. Enumerable.Range(0, 50).Select(_ => pace.Reserve(PublicQuery.Spot("Time"), 0)).Order()];
        for (int i = 0; i + 3 < due.Length; i++) Assert.True(due[i + 3] - due[i] >= 1_000);
    }

    private static (string, string) Id(StandInReply reply) =>
        reply.Header.Name is null ? ("x-request-id", "r-77") : reply.Header;

    private static Timeframe Minute() => Timeframe.TryParse("1m", out Timeframe minute) ? minute : default;

    private static async Task<(RestResult<OhlcPage> Result, List<RestFailure> Told)> AskAsync(
        StandIn server, int retries)
    {
        List<RestFailure> told = [];
        PublicRestOptions options = PublicRestOptions.Loopback(server.Url) with
        {
            RetriesMax = retries,
            Timeout = TimeSpan.FromSeconds(2),
            RetryPause = TimeSpan.FromMilliseconds(1),
        };
        using PublicRest rest = new(options, TimeProvider.System, told.Add);
        RestResult<OhlcPage> result = await rest.GetAsync(
            Ohlc, SpotReader.Ohlc(Minute(), ["XXBTZUSD", "XBTUSD"]), TestContext.Current.CancellationToken);
        return (result, told);
    }
}
