// In:     a rate.   Out: that many frames a second over a WebSocket on loopback, and how late it was itself.
// Thread: the process's own; another one reads what the client says and forgets it.
// Keeps:  open loop: a frame is due at start + i / rate whether or not the client reads; what it owes it sends at once.
using System;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace TradingBot.Bench.Rates;

/// <summary>The process that sends: told by its standard output what it does.</summary>
internal static class RateSource
{
    public const string ChildVerb = "rate-source";

    /// <summary>What may be on its way at once: two milliseconds of the burst.</summary>
    private const int BufferBytes = 256 * 1024;

    /// <summary>Between two looks at the clock a sender that need not be exact sleeps this long.</summary>
    private const int RestMs = 1;

    /// <summary>Frames per second, frames, symbols, and whether it may sleep between two frames.</summary>
    public static int Run(string[] args)
    {
        int rate = int.Parse(args[0], CultureInfo.InvariantCulture);
        long frames = long.Parse(args[1], CultureInfo.InvariantCulture);
        RateFrames source = new(int.Parse(args[2], CultureInfo.InvariantCulture));
        bool rests = args[3] == "rests";
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Say($"port {((IPEndPoint)listener.LocalEndpoint).Port}");
        using Socket client = listener.AcceptSocket();
        client.NoDelay = true;
        ShakeHands(client);
        using ManualResetEventSlim over = new();
        Thread listening = new(() => Forget(client, over)) { IsBackground = true };
        listening.Start();
        Send(client, source, rate, frames, rests ? over : null);
        // What was sent last is still to be read: the client hangs up.
        over.Wait();
        return 0;
    }

    private static void Send(Socket client, RateFrames source, int rate, long frames, ManualResetEventSlim? rest)
    {
        byte[] buffer = new byte[BufferBytes + source.LengthMax];
        double ticksPerFrame = (double)Stopwatch.Frequency / rate;
        long start = Stopwatch.GetTimestamp();
        long startTicks = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
        Say($"start {start}");
        long lateMax = 0;
        for (long sent = 0; sent < frames;)
        {
            long now = Stopwatch.GetTimestamp();
            long due = Math.Min(frames, 1 + (long)((now - start) / ticksPerFrame));
            if (due == sent)
            {
                if (rest is null) Thread.Yield();
                else rest.Wait(RestMs);
                continue;
            }

            lateMax = Math.Max(lateMax, now - start - (long)(sent * ticksPerFrame));
            int length = 0;
            while (sent < due && length < BufferBytes)
            {
                double madeSeconds = sent * ticksPerFrame / Stopwatch.Frequency;
                long madeTicks = startTicks + (long)(madeSeconds * TimeSpan.TicksPerSecond);
                length += source.Write(buffer.AsSpan(length), madeTicks);
                sent++;
            }

            for (int at = 0; at < length;) at += client.Send(buffer.AsSpan(at, length - at));
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"sent {frames} {seconds:0.000} {(double)lateMax / Stopwatch.Frequency * 1e3:0.0}"));
    }

    /// <summary>The server's side of the opening handshake.</summary>
    internal static void ShakeHands(Socket client)
    {
        byte[] asked = new byte[8 * 1024];
        int length = 0;
        while (asked.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0) length += client.Receive(asked.AsSpan(length));
        string request = Encoding.ASCII.GetString(asked, 0, length);
        const string Key = "Sec-WebSocket-Key: ";
        int at = request.IndexOf(Key, StringComparison.Ordinal) + Key.Length;
        string key = request[at..request.IndexOf('\r', at)];
#pragma warning disable CA5350 // RFC 6455 names SHA-1; it keeps no secret.
        byte[] proof = SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350
        client.Send(Encoding.ASCII.GetBytes(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Accept: {Convert.ToBase64String(proof)}\r\n\r\n"));
    }

    private static void Forget(Socket client, ManualResetEventSlim over)
    {
        byte[] heard = new byte[64 * 1024];
        try
        {
            while (client.Receive(heard) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The client is gone.
        }

        over.Set();
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
