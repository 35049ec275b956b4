using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Rest;

/// <summary>Private calls of one key: in line, once, and never repeated behind anybody's back.</summary>
public sealed class PrivateRestTests
{
    private static readonly Secret Key = new("key");
    private static readonly Secret Private = new("c2VjcmV0");

    [Fact]
    public async Task Eight_callers_at_once_reach_the_venue_in_the_order_of_their_nonces()
    {
        await using OneCallServer venue = new("{\"error\":[],\"result\":{}}", closes: false);
        using RequestSigner signer = new(Private);
        using PrivateRest rest = Rest(venue.Address, signer, new FallingCounter(1_000, 100));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                Assert.True((await rest.PostAsync("/0/private/Balance", "", Any, Urgency.Routine, Stop)).IsOk);
            }
        }, Stop)));
        long[] nonces = [.. venue.Bodies.Select(body => long.Parse(
            body.Split('=')[1].Split('&')[0], CultureInfo.InvariantCulture))];
        Assert.Equal(80, nonces.Length);
        Assert.Equal(nonces.Order(), nonces);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_hangs_up_after_reading_a_request_has_read_it_once(bool byWire)
    {
        // Of two requests on one connection the second is read and then hung up on, as after a keep-alive ran out.
        int tries = Seed.Count(ci: 100, full: 1_000);
        await using OneCallServer venue = new("{\"error\":[],\"result\":{}}", closes: true);
        using RequestSigner signer = new(Private);
        if (byWire)
        {
            Uri socket = new UriBuilder(venue.Address) { Scheme = "ws" }.Uri;
            await using SocketWire wire = new(new VenueAddresses(venue.Address, socket, socket, socket));
            for (int i = 0; i < tries; i++)
            {
                byte[] body = Encoding.ASCII.GetBytes($"nonce={i}&order={i}");
                wire.Request(new WireRequest("/0/private/AddOrder", "key", "sign", body));
                while (!wire.TryReceive(0, out _)) wire.Wait(TimeSpan.FromMilliseconds(50), Stop);
            }
        }
        else
        {
            using PrivateRest rest = Rest(venue.Address, signer, new FallingCounter(1_000_000, 100));
            for (int i = 0; i < tries; i++)
            {
                await rest.PostAsync("/0/private/AddOrder", $"&order={i}", Any, Urgency.Protect, Stop);
            }
        }

        string[] orders = [.. venue.Bodies.Select(body => body.Split("order=")[1])];
        Assert.Equal(Enumerable.Range(0, tries).Select(i => i.ToString(CultureInfo.InvariantCulture)), orders);
        Assert.True(venue.HungUp >= tries / 3, $"only {venue.HungUp} of {tries} were hung up on");
    }

    [Fact]
    public async Task A_refusal_for_the_number_of_calls_fills_the_budget_and_the_next_call_waits_for_it()
    {
        await using OneCallServer venue = new("{\"error\":[\"EAPI:Rate limit exceeded\"]}", closes: false);
        using RequestSigner signer = new(Private);
        FallingCounter budget = new(15, 33);
        using PrivateRest rest = Rest(venue.Address, signer, budget);
        RestResult<object> told = await rest.PostAsync("/0/private/Balance", "", Any, Urgency.Routine, Stop);
        Assert.Equal(RestFailureClass.RateLimited, told.Failure!.Class);
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        Assert.Equal(15, budget.PointsAt(nowNs));
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => rest.PostAsync("/0/private/Balance", "", Any, Urgency.Routine, soon.Token));
        Assert.Single(venue.Bodies);
    }

    [Theory]
    [InlineData("<html>", RestFailureClass.BadBody)]
    [InlineData("{\"error\":[]}", RestFailureClass.BadBody)]
    [InlineData("{\"error\":[\"EAPI:Invalid key\"]}", RestFailureClass.Auth)]
    [InlineData("{\"error\":[\"EService:Unavailable\"]}", RestFailureClass.Maintenance)]
    [InlineData("{\"error\":[\"EGeneral:Permission denied\"]}", RestFailureClass.Auth)]
    public async Task What_is_no_answer_is_a_failure_with_its_class(string body, RestFailureClass expected)
    {
        await using OneCallServer venue = new(body, closes: false);
        using RequestSigner signer = new(Private);
        using PrivateRest rest = Rest(venue.Address, signer, new FallingCounter(15, 33));
        RestResult<object> told = await rest.PostAsync("/0/private/Balance", "", Any, Urgency.Routine, Stop);
        Assert.Equal(expected, told.Failure!.Class);
        Assert.DoesNotContain("c2VjcmV0", told.Failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_is_not_Krakens_is_refused()
    {
        using RequestSigner signer = new(Private);
        Assert.Throws<ArgumentException>(() => Rest(new Uri("https://example.org"), signer, new FallingCounter(1, 1)));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static object Any(JsonElement root, out string fault)
    {
        fault = "";
        return root.ValueKind;
    }

    private static PrivateRest Rest(Uri address, RequestSigner signer, FallingCounter budget) =>
        new(address, Key, signer, new NonceSource(), budget, TimeProvider.System);

    /// <summary>HTTP by hand: reads a whole request, and answers it or hangs up.</summary>
    private sealed class OneCallServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[] _answer;
        private readonly bool _closes;
        private readonly Task _serving;
        private int _hungUp;

        public OneCallServer(string body, bool closes)
        {
            _answer = Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            _closes = closes;
            _listener.Start();
            _serving = ServeAsync();
        }

        public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

        public ConcurrentQueue<string> Bodies { get; } = [];

        public int HungUp => _hungUp;

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true) _ = TalkAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task TalkAsync(TcpClient accepted)
        {
            using TcpClient client = accepted;
            try
            {
                NetworkStream stream = client.GetStream();
                for (int call = 0; await ReadAsync(stream) is { } body; call++)
                {
                    Bodies.Enqueue(body);
                    if (_closes && call % 2 == 1)
                    {
                        Interlocked.Increment(ref _hungUp);
                        return;
                    }

                    await stream.WriteAsync(_answer);
                }
            }
            catch (IOException)
            {
                // The client left.
            }
        }

        private static async Task<string?> ReadAsync(NetworkStream stream)
        {
            byte[] bytes = new byte[8_192];
            int count = 0;
            while (true)
            {
                int read = await stream.ReadAsync(bytes.AsMemory(count));
                if (read == 0) return null;
                count += read;
                string text = Encoding.ASCII.GetString(bytes, 0, count);
                int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (head < 0) continue;
                int at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase) + 16;
                int length = int.Parse(text[at..text.IndexOf('\r', at)], CultureInfo.InvariantCulture);
                if (count >= head + 4 + length) return text[(head + 4)..];
            }
        }
    }
}
