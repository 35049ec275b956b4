using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Bench.Rates;
using TradingBot.Bench.Ratios;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using TradingBot.Trading;
using TradingBot.Worker.Settings;

namespace TradingBot.Bench.Latency;

/// <summary>
/// Frames over a WebSocket of this machine's loopback, through the socket, thread and ring that a worker has: due time
/// to decision, and whose part of it parser, books, bars, signals and gate are.
/// </summary>
internal static class SocketLatency
{
    private const int WarmFrames = 2_000;
    private static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(50);

    public static LatencySeries Run(int rate, double seconds) => RunAsync(rate, seconds).GetAwaiter().GetResult();

    private static async Task<LatencySeries> RunAsync(int rate, double seconds)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Uri address = new($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v2");
        SocketWire wire = new(VenueSettings.Kraken with { SpotPublic = address });
        await using (wire.ConfigureAwait(false))
        {
            wire.Open(WireEndpoint.SpotPublic);
            using Socket server = await listener.AcceptSocketAsync();
            server.NoDelay = true;
            RateSource.ShakeHands(server);
            using NetworkStream stream = new(server);
            using WebSocket sender = WebSocket.CreateFromStream(
                stream, new WebSocketCreationOptions { IsServer = true });
            long[] due = new long[WarmFrames + (int)(rate * seconds)];
            LatencyHistogram whole = new();
            LatencyHistogram pipeline = new();
            Thread sending = new(() => Send(sender, due, rate)) { IsBackground = true };
            sending.Start();
            Receive(wire, due, whole, pipeline);
            sending.Join();
            return new LatencySeries("feed socket", rate, whole)
            {
                PipelineShare = (double)pipeline.Percentile(50) / whole.Percentile(50),
            };
        }
    }

    private static void Send(WebSocket socket, long[] due, int rate)
    {
        FeedLoop feed = new();
        byte[] buffer = new byte[64 * 1024];
        double ticksPerFrame = (double)Stopwatch.Frequency / rate;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < due.Length; i++)
        {
            long at = start + (long)(i * ticksPerFrame);
            while (Stopwatch.GetTimestamp() < at)
            {
            }

            Volatile.Write(ref due[i], at);
            int length = feed.NextBytes.Length;
            feed.NextBytes.CopyTo(buffer);
            feed.Skip();
            ReadOnlyMemory<byte> frame = buffer.AsMemory(0, length);
            ValueTask sent = socket.SendAsync(
                frame, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
            if (!sent.IsCompletedSuccessfully) sent.AsTask().GetAwaiter().GetResult();
        }
    }

    private static void Receive(SocketWire wire, long[] due, LatencyHistogram whole, LatencyHistogram pipeline)
    {
        FeedLoop feed = new();
        Engine engine = new(feed.Symbols, StageRows.Options());
        long sequence = 0;
        for (int i = 0; i < due.Length;)
        {
            if (!wire.TryReceive(0, out WireEvent told))
            {
                wire.Wait(WaitMax, CancellationToken.None);
                continue;
            }

            if (told.Kind == WireEventKind.Closed) throw new InvalidOperationException("The sender hung up.");
            if (told.Kind != WireEventKind.Frame) continue;
            long received = Stopwatch.GetTimestamp();
            foreach (ref readonly MarketEvent e in feed.Parse(told.Bytes)) engine.OnEvent(in e, sequence++);
            if (i++ < WarmFrames) continue;
            long done = Stopwatch.GetTimestamp();
            whole.Add(LatencyRun.ToNs(done - Volatile.Read(ref due[i - 1])));
            pipeline.Add(LatencyRun.ToNs(done - received));
        }
    }
}
