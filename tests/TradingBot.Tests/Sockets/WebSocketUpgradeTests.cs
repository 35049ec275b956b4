using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using TradingBot.Kraken.Feed;
using Xunit;

namespace TradingBot.Tests.Sockets;

/// <summary>The opening handshake: what is asked, and which answers count.</summary>
public sealed class WebSocketUpgradeTests
{
    private const string Upgraded = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: {accept}\r\n";

    [Fact]
    public void The_accept_of_the_standard_s_own_example_is_right() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketUpgrade.AcceptOf("dGhlIHNhbXBsZSBub25jZQ=="));

    [Theory]
    [InlineData("ws://127.0.0.1:8123/v2", "GET /v2 HTTP/1.1", "Host: 127.0.0.1:8123")]
    [InlineData("wss://ws.kraken.com/v2?a=b", "GET /v2?a=b HTTP/1.1", "Host: ws.kraken.com")]
    [InlineData("ws://[::1]:9", "GET / HTTP/1.1", "Host: [::1]:9")]
    public void It_asks_as_the_standard_says(string address, string first, string host)
    {
        Answering stream = new(Upgraded + "\r\n");
        Assert.True(WebSocketUpgrade.Perform(stream, new Uri(address)).IsUpgraded);
        string[] lines = stream.Asked.Split("\r\n");
        Assert.Equal(first, lines[0]);
        Assert.Contains(host, lines);
        Assert.Contains("Upgrade: websocket", lines);
        Assert.Contains("Connection: Upgrade", lines);
        Assert.Contains("Sec-WebSocket-Version: 13", lines);
        Assert.Equal(16, Convert.FromBase64String(stream.Key).Length);
        Assert.EndsWith("\r\n\r\n", stream.Asked, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_handshake_has_a_key_of_its_own()
    {
        HashSet<string> keys = [];
        for (int i = 0; i < 50; i++)
        {
            Answering stream = new(Upgraded + "\r\n");
            WebSocketUpgrade.Perform(stream, new Uri("ws://127.0.0.1/"));
            keys.Add(stream.Key);
        }

        Assert.Equal(50, keys.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4_096)]
    public void Bytes_behind_the_answer_are_the_first_of_the_socket(int atOnce)
    {
        Answering stream = new(Upgraded + "X-More: 1\r\n\r\n\u0081\u0005hello", atOnce);
        UpgradeAnswer answer = WebSocketUpgrade.Perform(stream, new Uri("ws://127.0.0.1/"));
        Assert.True(answer.IsUpgraded);
        byte[] rest = [.. answer.Rest.ToArray(), .. stream.Remaining()];
        Assert.Equal("\u0081\u0005hello", Encoding.Latin1.GetString(rest));
    }

    [Fact]
    public void Names_and_tokens_of_headers_come_in_any_case_and_in_lists()
    {
        string answer = "HTTP/1.1 101 ok\r\nupgrade:WebSocket\r\nCONNECTION: keep-alive, upgrade\r\n"
            + "sec-websocket-accept:   {accept}  \r\n\r\n";
        Assert.True(WebSocketUpgrade.Perform(new Answering(answer), new Uri("ws://127.0.0.1/")).IsUpgraded);
    }

    [Theory]
    [InlineData("HTTP/1.1 429 Too Many Requests\r\n\r\n", 429, "HTTP 429 Too Many Requests")]
    [InlineData("HTTP/1.1 503\r\n\r\n", 503, "HTTP 503")]
    [InlineData("HTTP/1.1 301 Moved\r\nLocation: ws://elsewhere/\r\n\r\n", 301, "HTTP 301")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n<html>", 200, "HTTP 200")]
    [InlineData("SMTP ready\r\n\r\n", 0, "no HTTP answer")]
    [InlineData("HTTP/1.1 abc\r\n\r\n", 0, "no HTTP answer")]
    [InlineData("HTTP/1.1 101 x\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", 0, "something else")]
    [InlineData("HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 0, "something else")]
    [InlineData(
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", 0, "lacks Connection")]
    [InlineData("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 0, "does not prove")]
    [InlineData(
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n", 0,
        "does not prove")]
    [InlineData(Upgraded + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 0, "an extension")]
    [InlineData(Upgraded + "Sec-WebSocket-Protocol: chat\r\n\r\n", 0, "a protocol")]
    public void Another_answer_is_a_refusal_that_says_why(string answer, int status, string words)
    {
        UpgradeAnswer judged = WebSocketUpgrade.Perform(new Answering(answer), new Uri("ws://127.0.0.1/"));
        Assert.False(judged.IsUpgraded);
        Assert.Equal(status, judged.Status);
        Assert.Contains(words, judged.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_without_an_end_is_given_up_at_its_limit()
    {
        Answering stream = new("HTTP/1.1 101 x\r\nX: " + new string('y', 2 * WebSocketUpgrade.HeaderBytesMax));
        UpgradeAnswer answer = WebSocketUpgrade.Perform(stream, new Uri("ws://127.0.0.1/"));
        Assert.Contains("16 KiB", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_is_cut_off_is_a_fault_of_the_network()
    {
        for (int length = 0; length < 60; length += 7)
        {
            Answering stream = new(Upgraded[..length]);
            Assert.ThrowsAny<IOException>(() => WebSocketUpgrade.Perform(stream, new Uri("ws://127.0.0.1/")));
        }
    }

    /// <summary>The other side as bytes: hears the request, then says its answer.</summary>
    private sealed class Answering(string answer, int atOnce = int.MaxValue) : MemoryStream
    {
        private byte[]? _answer;
        private int _said;

        public string Asked { get; private set; } = "";

        public string Key => Asked.Split("\r\n").Single(
            line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];

        public override void Write(ReadOnlySpan<byte> buffer) => Asked += Encoding.ASCII.GetString(buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override int Read(byte[] buffer, int offset, int count)
        {
            _answer ??= Encoding.Latin1.GetBytes(
                answer.Replace("{accept}", WebSocketUpgrade.AcceptOf(Key), StringComparison.Ordinal));
            int part = Math.Min(Math.Min(count, atOnce), _answer.Length - _said);
            _answer.AsSpan(_said, part).CopyTo(buffer.AsSpan(offset));
            _said += part;
            return part;
        }

        public byte[] Remaining() => _answer![_said..];
    }
}
