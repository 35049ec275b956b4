using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;

namespace TradingBot.Tests.Sockets;

/// <summary>A server of bytes on loopback: shakes hands, then says exactly what a test wants said.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? _certificate;

    public RawServer(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    public Uri Address => new($"{(_certificate is null ? "ws" : "wss")}://localhost:{Port}/v2");

    /// <summary>The next client, after its handshake.</summary>
    public async Task<RawClient> AcceptAsync(CancellationToken stop)
    {
        Socket socket = await _listener.AcceptSocketAsync(stop);
        socket.NoDelay = true;
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (_certificate is not null)
        {
            SslStream secure = new(stream);
            await secure.AuthenticateAsServerAsync(_certificate);
            stream = secure;
        }

        RawClient client = new(socket, stream);
        await client.ShakeHandsAsync(stop);
        return client;
    }

    public void Dispose() => _listener.Dispose();
}

/// <summary>One client of the server of bytes.</summary>
internal sealed class RawClient(Socket socket, Stream stream) : IDisposable
{
    public Socket Socket => socket;

    public Stream Stream => stream;

    public async Task ShakeHandsAsync(CancellationToken stop)
    {
        string request = "";
        byte[] one = new byte[1];
        while (!request.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, stop);
            request += (char)one[0];
        }

        int at = request.IndexOf("Sec-WebSocket-Key: ", StringComparison.Ordinal) + "Sec-WebSocket-Key: ".Length;
        string key = request[at..request.IndexOf('\r', at)];
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Accept: {WebSocketUpgrade.AcceptOf(key)}\r\n\r\n"),
            stop);
    }

    public ValueTask SayAsync(byte[] bytes, CancellationToken stop) => stream.WriteAsync(bytes, stop);

    /// <summary>The next frame the client sent, unmasked: opcode and payload; null when it hung up.</summary>
    public async Task<(int Opcode, byte[] Payload)?> HearAsync(CancellationToken stop)
    {
        try
        {
            byte[] head = new byte[2];
            await stream.ReadExactlyAsync(head, stop);
            int length = head[1] & 0x7F;
            if (length == 126)
            {
                byte[] more = new byte[2];
                await stream.ReadExactlyAsync(more, stop);
                length = (more[0] << 8) | more[1];
            }

            byte[] mask = new byte[4];
            if ((head[1] & 0x80) != 0) await stream.ReadExactlyAsync(mask, stop);
            byte[] payload = new byte[length];
            await stream.ReadExactlyAsync(payload, stop);
            for (int i = 0; i < length; i++) payload[i] ^= mask[i % 4];
            return (head[0] & 0x0F, payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }
}

/// <summary>Frames of a server, byte by byte.</summary>
internal static class ServerFrame
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    public static byte[] Of(
        int opcode, ReadOnlySpan<byte> payload, bool fin = true, int reserved = 0, bool mask = false)
    {
        List<byte> bytes = [(byte)((fin ? 0x80 : 0) | (reserved << 4) | opcode)];
        int flag = mask ? 0x80 : 0;
        if (payload.Length < 126)
        {
            bytes.Add((byte)(flag | payload.Length));
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            bytes.AddRange([(byte)(flag | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            bytes.Add((byte)(flag | 127));
            for (int shift = 56; shift >= 0; shift -= 8) bytes.Add((byte)((long)payload.Length >> shift));
        }

        if (mask) bytes.AddRange([0, 0, 0, 0]);
        bytes.AddRange(payload.ToArray());
        return [.. bytes];
    }

    public static byte[] OfText(string text, bool fin = true) => Of(Text, Encoding.UTF8.GetBytes(text), fin);

    /// <summary>A close frame with a status and words.</summary>
    public static byte[] OfClose(int status, string words = "") =>
        Of(Close, [(byte)(status >> 8), (byte)status, .. Encoding.UTF8.GetBytes(words)]);
}
