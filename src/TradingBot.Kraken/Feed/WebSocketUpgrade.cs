// In:     a connected stream and the address.   Out: whether the other side speaks WebSocket now, or its refusal.
// Thread: the socket's own; blocks.
// Keeps:  RFC 6455 section 4.1: an answer that proves nothing is no upgrade. No extension is offered, so none is taken.
using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace TradingBot.Kraken.Feed;

/// <summary>What came of a handshake.</summary>
/// <param name="Status">HTTP status; 101 with an empty reason is success.</param>
/// <param name="Reason">Why it failed, for people; empty when it did not.</param>
/// <param name="Rest">Bytes behind the answer: the first of the WebSocket's.</param>
internal readonly record struct UpgradeAnswer(int Status, string Reason, ReadOnlyMemory<byte> Rest)
{
    public bool IsUpgraded => Reason.Length == 0;
}

/// <summary>The client's side of the opening handshake of RFC 6455.</summary>
internal static class WebSocketUpgrade
{
    /// <summary>Cookies and policies of a proxy fit into a quarter of it.</summary>
    public const int HeaderBytesMax = 16 * 1024;

    private const int Switching = 101;

    /// <summary>Asks for the upgrade and reads the answer.</summary>
    /// <exception cref="IOException">The stream failed, or ended within the answer.</exception>
    public static UpgradeAnswer Perform(Stream stream, Uri address)
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        stream.Write(Encoding.ASCII.GetBytes(
            $"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\n"
            + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nUser-Agent: tradingbot\r\n\r\n"));
        stream.Flush();
        byte[] buffer = new byte[HeaderBytesMax];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length) return new UpgradeAnswer(0, "an HTTP header of more than 16 KiB", default);
            int count = stream.Read(buffer, length, buffer.Length - length);
            if (count == 0) throw new EndOfStreamException("closed within the handshake");
            length += count;
            int end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end < 0) continue;
            string[] lines = Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n");
            return Judge(lines, key, buffer.AsMemory(end + 4, length - end - 4));
        }
    }

    /// <summary>What the other side must answer to a key.</summary>
    public static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // RFC 6455 names SHA-1; it keeps no secret, it shows that the key was read.
        return Convert.ToBase64String(
            SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }

    private static UpgradeAnswer Judge(string[] lines, string key, ReadOnlyMemory<byte> rest)
    {
        string[] first = lines[0].Split(' ', 3);
        bool isHttp = first.Length >= 2 && first[0].StartsWith("HTTP/1.", StringComparison.Ordinal);
        if (!isHttp || !int.TryParse(first[1], out int status)) return new UpgradeAnswer(0, "no HTTP answer", rest);
        if (status != Switching)
        {
            string phrase = first.Length > 2 ? first[2] : "";
            return new UpgradeAnswer(status, $"upgrade refused: HTTP {status} {phrase}".TrimEnd(), rest);
        }

        string fault =
            !Has(lines, "Upgrade", "websocket") ? "the answer upgrades to something else"
            : !Has(lines, "Connection", "Upgrade") ? "the answer lacks Connection: Upgrade"
            : ValueOf(lines, "Sec-WebSocket-Accept") != AcceptOf(key) ? "the answer does not prove that it read the key"
            : ValueOf(lines, "Sec-WebSocket-Extensions") is not null ? "an extension that was not offered"
            : ValueOf(lines, "Sec-WebSocket-Protocol") is not null ? "a protocol that was not offered"
            : "";
        return new UpgradeAnswer(fault.Length == 0 ? Switching : 0, fault, rest);
    }

    /// <summary>A header holds a token, in any case, alone or in a list.</summary>
    private static bool Has(string[] lines, string name, string token)
    {
        foreach (string one in (ValueOf(lines, name) ?? "").Split(','))
        {
            if (one.Trim().Equals(token, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static string? ValueOf(string[] lines, string name)
    {
        foreach (string line in lines)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            bool isIt = colon == name.Length && line.StartsWith(name, StringComparison.OrdinalIgnoreCase);
            if (isIt) return line[(colon + 1)..].Trim();
        }

        return null;
    }
}
