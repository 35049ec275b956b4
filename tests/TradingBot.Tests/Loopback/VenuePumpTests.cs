using System;
using System.IO;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Loopback;

/// <summary>The venue's thread alone: clients that do not read, and a venue that fails.</summary>
public sealed class VenuePumpTests
{
    [Fact]
    public async Task A_client_that_does_not_read_is_closed_and_counted()
    {
        VenuePump pump = VenuePump.Start(new VenueOptions(), new VenueClock(TimeProvider.System));
        using WebSocket deaf = Deaf();
        LoopbackSocket socket = new(deaf, VenueEndpoint.SpotPublic, TimeProvider.System);
        Assert.True(await pump.PostAsync(new SocketOpened(socket)));
        byte[] ping = Encoding.UTF8.GetBytes("{\"method\":\"ping\"}");
        for (int i = 0; i < LoopbackSocket.FramesWaitingMax; i++)
        {
            Assert.True(await pump.PostAsync(new FrameSent(socket, ping)));
        }

        // The status frame and the pongs are one more than fit.
        while (pump.SlowClients == 0) await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.Equal(1, pump.SlowClients);
        Assert.Equal(WebSocketState.Aborted, deaf.State);
        await EndAsync(pump);
    }

    [Fact]
    public async Task A_fault_of_the_venue_ends_in_completion_and_nothing_is_taken_after_it()
    {
        VenuePump pump = VenuePump.Start(new VenueOptions(), new VenueClock(TimeProvider.System));
        using WebSocket deaf = Deaf();
        LoopbackSocket socket = new(deaf, VenueEndpoint.SpotPublic, TimeProvider.System);
        Assert.True(await pump.PostAsync(new SocketOpened(socket)));
        Assert.True(await pump.PostAsync(new Nonsense()));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => pump.Completion.WaitAsync(TestContext.Current.CancellationToken));
        Assert.True(pump.Ended.IsCancellationRequested);
        Assert.False(await pump.PostAsync(new SocketOpened(socket)));
        Assert.True(socket.IsEnding);
        pump.Dispose();
    }

    [Fact]
    public async Task The_venue_lives_on_a_thread_of_its_own_and_its_time_is_the_present()
    {
        VenueClock clock = new(TimeProvider.System);
        VenuePump pump = VenuePump.Start(new VenueOptions { StartNs = 1 }, clock);
        long firstNs = pump.Ask(venue => venue.NowNs);
        Assert.True(firstNs >= clock.StartNs);
        while (pump.Ask(venue => venue.NowNs) == firstNs)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.True(pump.Ask(venue => venue.NowNs) <= clock.NowNs);
        await EndAsync(pump);
    }

    /// <summary>A socket nobody serves: what is queued for it stays queued.</summary>
    private static WebSocket Deaf() =>
        WebSocket.CreateFromStream(Stream.Null, new WebSocketCreationOptions { IsServer = true });

    private static async Task EndAsync(VenuePump pump)
    {
        pump.Stop();
        await pump.Completion.WaitAsync(CancellationToken.None);
        pump.Dispose();
    }

    private sealed record Nonsense : Arrival;
}
