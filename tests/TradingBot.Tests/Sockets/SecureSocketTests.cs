using System;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Sockets;

/// <summary>A feed over TLS: who is believed, and that nothing is said to anybody else.</summary>
public sealed class SecureSocketTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Frames_come_over_tls_from_a_server_the_root_vouches_for()
    {
        using X509Certificate2 root = Certificates.Of("a root", isRoot: true);
        using X509Certificate2 leaf = Certificates.Of("localhost", issuer: root);
        using RawServer server = new(leaf);
        FrameRing ring = new();
        FeedSocket socket = new(server.Address, ring, () => { }, [root]);
        socket.Start();
        using RawClient client = await server.AcceptAsync(Cancellation);
        await client.SayAsync(ServerFrame.OfText("over tls"), Cancellation);
        Assert.Equal((WireEventKind.Opened, ""), await NextAsync(ring));
        Assert.Equal((WireEventKind.Frame, "over tls"), await NextAsync(ring));
        Assert.True(socket.TrySend("hello"u8));
        Assert.Equal("hello", Encoding.UTF8.GetString((await client.HearAsync(Cancellation))!.Value.Payload));
        socket.HangUp();
        await client.HearAsync(Cancellation);
        client.Dispose();
        await socket.Ended;
    }

    [Theory(Timeout = 30_000)]
    [InlineData("localhost", false, true)]
    [InlineData("elsewhere.example", true, true)]
    [InlineData("localhost", true, false)]
    public async Task A_server_that_nobody_vouches_for_hears_not_a_byte_of_a_request(
        string name, bool isTrusted, bool isInTime)
    {
        using X509Certificate2 root = Certificates.Of("a root", isRoot: true);
        using X509Certificate2 leaf = Certificates.Of(name, issuer: root, isInTime: isInTime);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Uri address = new($"wss://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/v2");
        FrameRing ring = new();
        FeedSocket socket = new(address, ring, () => { }, isTrusted ? [root] : null);
        socket.Start();
        using Socket accepted = await listener.AcceptSocketAsync(Cancellation);
        await using SslStream secure = new(new NetworkStream(accepted));
        int heard = 0;
        try
        {
            await secure.AuthenticateAsServerAsync(leaf);
            heard = await secure.ReadAsync(new byte[100], Cancellation);
        }
        catch (Exception refused) when (refused is System.IO.IOException or AuthenticationException)
        {
            // The client broke off.
        }

        Assert.Equal(0, heard);
        (WireEventKind kind, string words) = await NextAsync(ring);
        Assert.Equal(WireEventKind.Closed, kind);
        Assert.Contains("certificate", words, StringComparison.OrdinalIgnoreCase);
        await socket.Ended;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_that_takes_the_connection_and_says_nothing_is_left_at_once_when_asked()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        FrameRing ring = new();
        Uri address = new($"ws://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/v2");
        FeedSocket socket = new(address, ring, () => { });
        socket.Start();
        using Socket accepted = await listener.AcceptSocketAsync(Cancellation);
        socket.HangUp();
        await socket.Ended;
        (WireEventKind kind, string words) = await NextAsync(ring);
        Assert.Equal(WireEventKind.Closed, kind);
        Assert.NotEmpty(words);
    }

    private static async Task<(WireEventKind Kind, string Words)> NextAsync(FrameRing ring)
    {
        while (true)
        {
            if (ring.TryRead(out WireEventKind kind, out _, out ReadOnlySpan<byte> bytes))
            {
                return (kind, Encoding.UTF8.GetString(bytes));
            }

            await Task.Delay(5, Cancellation);
        }
    }
}
