using System;
using System.Collections.Generic;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Tests.Settings;
using TradingBot.Worker.Health;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Health;

/// <summary>The doctor's questions to the old derivatives interface, against a stand-in that checks by hand.</summary>
public sealed class LegacyKeyTests
{
    private const string Challenge = "c100b894-1729-464d-ace1-52dbce11db42";

    private static readonly DateTimeOffset End = new(2099, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, "ok", "ok")]
    [InlineData(false, "fail", "fail")]
    public async Task A_key_is_tried_with_REST_and_with_a_signed_challenge(bool isKnown, string rest, string feed)
    {
        HttpListener server = Listen(out Uri address);
        Task serving = ServeAsync(server, isKnown ? Configured.PrivateKey : "b3RoZXI=");
        Dictionary<string, Finding> found = [];
        await new LegacyChecks(Settings(address), End).RunAsync(
            finding => found[finding.Check] = finding, TestContext.Current.CancellationToken);
        Close(server);
        await serving;
        Assert.Equal((rest, feed), (found["derivatives key (REST)"].Word, found["derivatives key (feed)"].Word));
        if (isKnown) return;
        Finding refused = found["derivatives key (REST)"];
        Assert.Contains("authenticationError", refused.Found, StringComparison.Ordinal);
        Assert.Contains("check key", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_fails_both()
    {
        HttpListener server = Listen(out Uri address);
        server.Close();
        List<Finding> found = [];
        await new LegacyChecks(Settings(address), End).RunAsync(found.Add, TestContext.Current.CancellationToken);
        Assert.Equal(["ok", "fail", "fail"], found.ConvertAll(finding => finding.Word));
    }

    /// <summary>The listener writes to connections that it closes, also when the client has hung up before.</summary>
    private static void Close(HttpListener server)
    {
        try
        {
            server.Close();
        }
        catch (ObjectDisposedException)
        {
            // The client was faster.
        }
    }

    private static VenueSettings Settings(Uri address) => new()
    {
        DerivativesRest = new Uri(address, "derivatives/api/v3"),
        DerivativesPublic = new UriBuilder(new Uri(address, "ws/v1")) { Scheme = "ws" }.Uri,
        DerivativesKey = new SecretFile("k", new Secret(Configured.ApiKey), 1),
        DerivativesSecret = new SecretFile("s", new Secret(Configured.PrivateKey), 1),
    };

    private static HttpListener Listen(out Uri address)
    {
        // The listener cannot choose a port itself: the system names a free one first.
        using System.Net.Sockets.TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        free.Stop();
        HttpListener server = new();
        server.Prefixes.Add(address.ToString());
        server.Start();
        return server;
    }

    /// <summary>The documented computations, written out: not the program's signer.</summary>
    private static string Signature(string secret, byte[] message) => Convert.ToBase64String(
        HMACSHA512.HashData(Convert.FromBase64String(secret), SHA256.HashData(message)));

    private static async Task ServeAsync(HttpListener server, string secret)
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await server.GetContextAsync();
                if (context.Request.IsWebSocketRequest) await TalkAsync(context, secret);
                else await AnswerAsync(context, secret);
            }
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException or WebSocketException)
        {
            // The test is over.
        }
    }

    private static async Task AnswerAsync(HttpListenerContext context, string secret)
    {
        string expected = Signature(secret, "/api/v3/accounts"u8.ToArray());
        bool isGood = context.Request.Headers["APIKey"] == Configured.ApiKey
            && context.Request.Headers["Authent"] == expected
            && context.Request.Url!.AbsolutePath == "/derivatives/api/v3/accounts";
        byte[] body = Encoding.ASCII.GetBytes(isGood
            ? """{"result":"success","accounts":{},"serverTime":"2026-11-28T00:00:00.000Z"}"""
            : """{"result":"error","error":"authenticationError","serverTime":"2026-11-28T00:00:00.000Z"}""");
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }

    private static async Task TalkAsync(HttpListenerContext context, string secret)
    {
        HttpListenerWebSocketContext upgraded = await context.AcceptWebSocketAsync(null);
        using WebSocket socket = upgraded.WebSocket;
        await SendAsync(socket, """{"event":"info","version":1}""");
        byte[] buffer = new byte[4_096];
        while (true)
        {
            WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close) return;
            using JsonDocument asked = JsonDocument.Parse(buffer.AsMemory(0, part.Count));
            string? word = asked.RootElement.GetProperty("event").GetString();
            if (word == "challenge")
            {
                await SendAsync(socket, $$"""{"event":"challenge","message":"{{Challenge}}"}""");
                continue;
            }

            string expected = Signature(secret, Encoding.ASCII.GetBytes(Challenge));
            bool isGood = asked.RootElement.GetProperty("signed_challenge").GetString() == expected
                && asked.RootElement.GetProperty("original_challenge").GetString() == Challenge;
            await SendAsync(socket, isGood ? """{"event":"subscribed","feed":"open_positions"}"""
                : """{"event":"alert","message":"Failed to subscribe to authenticated feed"}""");
        }
    }

    private static Task SendAsync(WebSocket socket, string text) => socket.SendAsync(
        Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
