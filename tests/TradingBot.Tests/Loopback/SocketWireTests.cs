using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Loopback;

/// <summary>How real sockets come to be and end: every end is a value that says why.</summary>
public sealed class SocketWireTests
{
    private const int PatienceMs = 60_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_socket_that_is_hung_up_says_goodbye_and_the_venue_hears_it()
    {
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        await using SocketWire wire = new(AddressesOf(venue, venue.UnifiedPrivateUrl));
        int socket = wire.Open(WireEndpoint.SpotPublic);
        Assert.Equal(WireEventKind.Opened, Next(wire, socket).Kind);
        Assert.True(wire.Send(socket, "{\"method\":\"ping\"}"u8));
        wire.Close(socket);
        Assert.False(wire.Send(socket, "{\"method\":\"ping\"}"u8));
        for (int i = 0; i < PatienceMs / 10 && venue.Clients > 0; i++) await Task.Delay(10, Cancellation);
        Assert.Equal((0, 0), (venue.Clients, venue.SlowClients));
        Assert.False(wire.TryReceive(0, out _));
    }

    [Fact]
    public async Task A_socket_the_venue_closes_tells_the_code_and_the_next_one_opens()
    {
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        await using SocketWire wire = new(AddressesOf(venue, venue.UnifiedPrivateUrl));
        int socket = wire.Open(WireEndpoint.UnifiedPublic);
        Assert.Equal(WireEventKind.Opened, Next(wire, socket).Kind);
        // Its status frame says that the venue knows it.
        Assert.Equal(WireEventKind.Frame, Next(wire, socket).Kind);
        venue.Ask(kraken =>
        {
            kraken.HangUp(VenueEndpoint.UnifiedPublic);
            return 0;
        });
        Ended ended = Next(wire, socket);
        while (ended.Kind == WireEventKind.Frame) ended = Next(wire, socket);
        Assert.Equal((WireEventKind.Closed, 1001), (ended.Kind, ended.Status));
        Assert.NotEmpty(ended.Text);
        int next = wire.Open(WireEndpoint.UnifiedPublic);
        Assert.Equal(WireEventKind.Opened, Next(wire, next).Kind);
    }

    [Fact]
    public async Task A_refused_connection_tells_the_status_of_the_refusal()
    {
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        Uri noSocket = new UriBuilder(venue.RestUrl) { Scheme = "ws", Path = "/0/public/Nothing" }.Uri;
        await using SocketWire wire = new(AddressesOf(venue, noSocket));
        Ended ended = Next(wire, wire.Open(WireEndpoint.UnifiedPrivate));
        Assert.Equal(WireEventKind.Closed, ended.Kind);
        Assert.NotEqual(0, ended.Status);
        Assert.NotEqual(101, ended.Status);
        Assert.NotEmpty(ended.Text);
    }

    [Fact]
    public async Task A_connection_to_nowhere_is_closed_without_a_status_and_with_words()
    {
        Uri nowhere = new("ws://127.0.0.1:1/");
        VenueAddresses addresses = new(new Uri("http://127.0.0.1:1/"), nowhere, nowhere, nowhere);
        await using SocketWire wire = new(addresses);
        Ended ended = Next(wire, wire.Open(WireEndpoint.SpotPublic));
        Assert.Equal((WireEventKind.Closed, 0), (ended.Kind, ended.Status));
        Assert.NotEmpty(ended.Text);
    }

    private static VenueAddresses AddressesOf(LoopbackKraken venue, Uri unifiedPrivate) =>
        new(venue.RestUrl, venue.SpotPublicUrl, venue.UnifiedPublicUrl, unifiedPrivate);

    private static Ended Next(SocketWire wire, int socket)
    {
        for (int i = 0; i < PatienceMs / 100; i++)
        {
            while (wire.TryReceive(0, out WireEvent e))
            {
                if (e.Connection != socket) continue;
                return new Ended(e.Kind, e.Status, Encoding.UTF8.GetString(e.Bytes));
            }

            wire.Wait(TimeSpan.FromMilliseconds(100), Cancellation);
        }

        Assert.Fail($"nothing of socket {socket} in {PatienceMs} ms");
        return default;
    }

    private readonly record struct Ended(WireEventKind Kind, int Status, string Text);
}
