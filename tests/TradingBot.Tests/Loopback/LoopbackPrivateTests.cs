using System;
using System.Globalization;
using System.Net.Http;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Loopback;

/// <summary>Tokens over HTTP, and the account's socket with a token.</summary>
public sealed class LoopbackPrivateTests
{
    private const string TokenPath = "/0/private/GetWebSocketsToken";
    private const string Bitcoin = "PF_XBTUSD";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signed_call_gets_a_token_and_a_wrong_signature_does_not()
    {
        VenueOptions options = new();
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(options, 0, Cancellation);
        JsonElement refused = await CallAsync(kraken, options with { ApiSecret = "d3Jvbmc=" }, nonce: 1);
        Assert.Equal("EAPI:Invalid signature", refused.GetProperty("error")[0].GetString());
        JsonElement taken = await CallAsync(kraken, options, nonce: 2);
        Assert.Equal(0, taken.GetProperty("error").GetArrayLength());
        Assert.Equal(43, taken.GetProperty("result").GetProperty("token").GetString()!.Length);
    }

    [Fact]
    public async Task The_venue_tells_the_time_of_the_present()
    {
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        long before = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using HttpClient http = new(new SocketsHttpHandler());
        using HttpResponseMessage answer = await http.GetAsync(new Uri(kraken.RestUrl, "/0/public/Time"), Cancellation);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        JsonElement json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement;
        long told = json.GetProperty("result").GetProperty("unixtime").GetInt64();
        // The venue's clock is monotonic from its start: a step of the wall clock meanwhile must not fail this.
        Assert.InRange(told, before - 3_600, before + 3_600);
    }

    [Fact]
    public async Task A_web_page_in_place_of_an_answer_comes_through_as_one()
    {
        VenueOptions options = new();
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(options, 0, Cancellation);
        kraken.Ask(venue =>
        {
            venue.Faults.Arm(VenueFault.RestHtml);
            return true;
        });
        using HttpResponseMessage answer = await PostAsync(kraken, options, nonce: 1);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_market_order_is_answered_reported_and_held()
    {
        VenueOptions options = new();
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(options, 0, Cancellation);
        using LoopbackClient client = await LoopbackClient.ConnectAsync(kraken.UnifiedPrivateUrl);
        string token = await SubscribeAsync(kraken, options, client);
        await client.SendAsync(Order(token));
        await client.HearAsync("\"exec_type\":\"filled\"");
        while (!client.Heard.Exists(IsReply) || !client.Heard.Exists(HoldsPosition)) await client.NextAsync();

        JsonElement reply = JsonDocument.Parse(client.Heard.Find(IsReply)!).RootElement;
        Assert.True(reply.GetProperty("success").GetBoolean());
        Assert.Equal("a1", reply.GetProperty("result").GetProperty("cl_ord_id").GetString());
        Assert.Contains(
            client.Heard, text => text.Contains("\"exec_type\":\"trade\"", StringComparison.Ordinal));
        Assert.Equal(500, kraken.Ask(venue => venue.Oracle.PositionLots(Bitcoin)));

        static bool IsReply(string text) => text.Contains("\"req_id\":3", StringComparison.Ordinal);

        static bool HoldsPosition(string text) =>
            text.StartsWith("{\"channel\":\"positions\"", StringComparison.Ordinal)
            && text.Contains("\"side\":\"long\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_the_venue_closes_is_closed_with_going_away()
    {
        VenueOptions options = new();
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(options, 0, Cancellation);
        using LoopbackClient client = await LoopbackClient.ConnectAsync(kraken.UnifiedPrivateUrl);
        string token = await SubscribeAsync(kraken, options, client);
        kraken.Ask(venue =>
        {
            venue.Faults.Arm(VenueFault.ClosePrivate);
            return true;
        });
        await client.SendAsync(Order(token));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await client.HearCloseAsync());
    }

    [Fact]
    public async Task Without_a_token_the_account_stays_closed()
    {
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        using LoopbackClient client = await LoopbackClient.ConnectAsync(kraken.UnifiedPrivateUrl);
        await client.SendAsync(Subscribe("executions", "made-up", request: 1));
        JsonElement answer = await client.HearAsync("\"req_id\":1");
        Assert.False(answer.GetProperty("success").GetBoolean());
        Assert.Equal("ESession:Invalid session", answer.GetProperty("error").GetString());
    }

    private static async Task<string> SubscribeAsync(
        LoopbackKraken kraken, VenueOptions options, LoopbackClient client)
    {
        JsonElement taken = await CallAsync(kraken, options, nonce: 1);
        string token = taken.GetProperty("result").GetProperty("token").GetString()!;
        await client.SendAsync(Subscribe("executions", token, request: 1));
        await client.HearAsync("{\"channel\":\"executions\",\"type\":\"snapshot\"");
        await client.SendAsync(Subscribe("positions", token, request: 2));
        await client.HearAsync("{\"channel\":\"positions\",\"type\":\"snapshot\"");
        return token;
    }

    private static string Subscribe(string channel, string token, int request) =>
        $"{{\"method\":\"subscribe\",\"params\":{{\"asset_class\":\"derivatives\",\"channel\":\"{channel}\","
        + $"\"snap_orders\":true,\"snap_trades\":true,\"token\":\"{token}\"}},\"req_id\":{request}}}";

    private static string Order(string token) =>
        "{\"method\":\"add_order\",\"params\":{\"asset_class\":\"derivatives\",\"cl_ord_id\":\"a1\","
        + $"\"symbol\":\"{Bitcoin}\",\"side\":\"buy\",\"order_qty\":0.05,\"order_type\":\"market\","
        + $"\"token\":\"{token}\"}},\"req_id\":3}}";

    private static async Task<JsonElement> CallAsync(LoopbackKraken kraken, VenueOptions options, long nonce)
    {
        using HttpResponseMessage answer = await PostAsync(kraken, options, nonce);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement;
    }

    /// <summary>Signed by the bot's own signer.</summary>
    private static async Task<HttpResponseMessage> PostAsync(LoopbackKraken kraken, VenueOptions options, long nonce)
    {
        string text = nonce.ToString(CultureInfo.InvariantCulture);
        byte[] body = Encoding.UTF8.GetBytes("nonce=" + text);
        using HttpClient http = new(new SocketsHttpHandler());
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(kraken.RestUrl, TokenPath));
        request.Content = new ByteArrayContent(body);
        request.Headers.Add("API-Key", options.ApiKey);
        request.Headers.Add(
            "API-Sign", new RequestSigner(new Secret(options.ApiSecret)).Sign(TokenPath, text, body));
        return await http.SendAsync(request, Cancellation);
    }
}
