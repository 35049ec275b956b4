using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Loopback;

/// <summary>The network that fails on demand, seen from both ends.</summary>
public sealed class FaultProxyTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    public FaultProxyTests() => _server.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Bytes_pass_unchanged_whole_or_one_at_a_time_and_late()
    {
        await using FaultProxy proxy = Before();
        (Socket client, Socket server) = await ConnectAsync(proxy);
        byte[] sent = new byte[5_000];
        Seed.Random(3, "bytes").NextBytes(sent);
        await client.SendAsync(sent, Cancellation);
        Assert.Equal(sent, await HearAsync(server, sent.Length));
        proxy.Split = 1;
        await server.SendAsync(sent.AsMemory(0, 500), Cancellation);
        Assert.Equal(sent[..500], await HearAsync(client, 500));
        proxy.Split = 0;
        proxy.DelayMs = 20;
        await server.SendAsync(sent.AsMemory(0, 500), Cancellation);
        Assert.Equal(sent[..500], await HearAsync(client, 500));
        Assert.Equal((1, 1L), (proxy.Links, proxy.Accepted));
        client.Dispose();
        server.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_flipped_bit_is_one_bit_once()
    {
        await using FaultProxy proxy = Before();
        (Socket client, Socket server) = await ConnectAsync(proxy);
        proxy.FlipBit();
        await server.SendAsync(new byte[100], Cancellation);
        byte[] heard = await HearAsync(client, 100);
        Assert.Single(heard, one => one != 0);
        await server.SendAsync(new byte[100], Cancellation);
        Assert.Equal(new byte[100], await HearAsync(client, 100));
        client.Dispose();
        server.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reset_is_felt_at_both_ends()
    {
        await using FaultProxy proxy = Before();
        (Socket client, Socket server) = await ConnectAsync(proxy);
        proxy.Reset();
        await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1], Cancellation).AsTask());
        await Assert.ThrowsAsync<SocketException>(() => server.ReceiveAsync(new byte[1], Cancellation).AsTask());
        for (int i = 0; i < 200 && proxy.Links > 0; i++) await Task.Delay(10, Cancellation);
        Assert.Equal(0, proxy.Links);
    }

    [Fact(Timeout = 30_000)]
    public async Task Half_closed_the_server_is_done_and_still_hears()
    {
        await using FaultProxy proxy = Before();
        (Socket client, Socket server) = await ConnectAsync(proxy);
        proxy.HalfClose();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Cancellation));
        await client.SendAsync("still"u8.ToArray(), Cancellation);
        Assert.Equal("still"u8.ToArray(), await HearAsync(server, 5));
        client.Dispose();
        server.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_black_hole_swallows_silently_until_it_heals()
    {
        await using FaultProxy proxy = Before();
        (Socket client, Socket server) = await ConnectAsync(proxy);
        proxy.BlackHole();
        await server.SendAsync("late"u8.ToArray(), Cancellation);
        Task<byte[]> hearing = HearAsync(client, 4);
        Assert.NotSame(hearing, await Task.WhenAny(hearing, Task.Delay(300, Cancellation)));
        proxy.Heal();
        Assert.Equal("late"u8.ToArray(), await hearing);
        client.Dispose();
        server.Dispose();
    }

    private FaultProxy Before() => FaultProxy.Before(((IPEndPoint)_server.LocalEndpoint).Port);

    private async Task<(Socket Client, Socket Server)> ConnectAsync(FaultProxy proxy)
    {
        Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port, Cancellation);
        Socket server = await _server.AcceptSocketAsync(Cancellation);
        // Whole once a byte went each way.
        await client.SendAsync(new byte[1], Cancellation);
        await HearAsync(server, 1);
        return (client, server);
    }

    private static async Task<byte[]> HearAsync(Socket socket, int count)
    {
        byte[] heard = new byte[count];
        for (int at = 0; at < count;)
        {
            int read = await socket.ReceiveAsync(heard.AsMemory(at), Cancellation);
            Assert.NotEqual(0, read);
            at += read;
        }

        return heard;
    }
}
