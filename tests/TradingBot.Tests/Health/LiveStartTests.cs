using System;
using System.IO;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Tests.Rest;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Health;
using Xunit;

namespace TradingBot.Tests.Health;

/// <summary>What a live start makes of a venue that does not say what the key may do.</summary>
public sealed class LiveStartTests
{
    [Fact]
    public async Task A_stand_in_that_has_no_such_call_is_no_reason_to_refuse_a_rehearsal()
    {
        Assert.Equal("", await CheckAsync(StandInReply.Error("EGeneral:Unknown method")));
        Assert.Equal("", await CheckAsync(StandInReply.Html(404)));
    }

    [Theory]
    [InlineData("EAPI:Invalid key", 200)]
    [InlineData("EAPI:Invalid signature", 200)]
    [InlineData("EGeneral:Permission denied", 200)]
    [InlineData("EService:Unavailable", 503)]
    public async Task Any_other_answer_without_the_rights_refuses_the_start(string error, int status)
    {
        string refusal = await CheckAsync(StandInReply.Error(error, status));
        Assert.Contains("the venue does not say", refusal, StringComparison.Ordinal);
    }

    private static async Task<string> CheckAsync(StandInReply reply)
    {
        await using StandIn server = await StandIn.StartAsync(_ => reply);
        Uri socket = new($"ws://127.0.0.1:{server.Url.Port}/v2");
        string folder = Directory.CreateTempSubdirectory("live-start").FullName;
        try
        {
            return await LiveStart.CheckAsync(
                folder, new CircleOptions(), new VenueAddresses(server.Url, socket, socket, socket),
                new NonceSource(0), TestContext.Current.CancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
