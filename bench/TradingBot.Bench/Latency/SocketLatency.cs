using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Bench.Ratios;
using TradingBot.Market.Events;
using TradingBot.Trading;

namespace TradingBot.Bench.Latency;

/// <summary>Frames over a WebSocket on this machine's loopback: due time to decision, and whose part it is.</summary>
internal static class SocketLatency
{
    private const int WarmFrames = 2_000;

    public static LatencySeries Run(int rate, double seconds) => RunAsync(rate, seconds).GetAwaiter().GetResult();

    private static async Task<LatencySeries> RunAsync(int rate, double seconds)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient client = new() { NoDelay = true };
        Task connect = client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient server = await listener.AcceptTcpClientAsync();
        await connect;
        server.NoDelay = true;
        using WebSocket sender = WebSocket.CreateFromStream(
            server.GetStream(), new WebSocketCreationOptions { IsServer = true });
        using WebSocket receiver = WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions());

        int frames = WarmFrames + (int)(rate * seconds);
        long[] due = new long[frames];
        LatencyHistogram whole = new();
        LatencyHistogram pipeline = new();
        Thread sending = new(() => Send(sender, due, rate)) { IsBackground = true };
        sending.Start();
        await ReceiveAsync(receiver, due, whole, pipeline);
        sending.Join();
        return new LatencySeries("websocket", rate, whole)
        {
            PipelineShare = (double)pipeline.Percentile(50) / whole.Percentile(50),
        };
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

    private static async Task ReceiveAsync(
        WebSocket socket, long[] due, LatencyHistogram whole, LatencyHistogram pipeline)
    {
        FeedLoop feed = new();
        Engine engine = new(feed.Symbols, StageRows.Options());
        byte[] buffer = new byte[64 * 1024];
        long sequence = 0;
        for (int i = 0; i < due.Length; i++)
        {
            ValueWebSocketReceiveResult read;
            int length = 0;
            do
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                length += read.Count;
            }
            while (!read.EndOfMessage);

            long received = Stopwatch.GetTimestamp();
            foreach (ref readonly MarketEvent e in feed.Parse(buffer.AsSpan(0, length)))
            {
                engine.OnEvent(in e, sequence++);
            }

            if (i < WarmFrames) continue;
            long done = Stopwatch.GetTimestamp();
            whole.Add(LatencyRun.ToNs(done - Volatile.Read(ref due[i])));
            pipeline.Add(LatencyRun.ToNs(done - received));
        }
    }
}
