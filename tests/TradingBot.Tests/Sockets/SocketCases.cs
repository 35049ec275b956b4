using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TradingBot.Kraken.Feed;

namespace TradingBot.Tests.Sockets;

/// <summary>What a server says, and what must come of it.</summary>
/// <param name="Id">Section and number, as the page has them.</param>
/// <param name="What">For people.</param>
/// <param name="Bytes">What the server says after the handshake.</param>
/// <param name="Messages">What the worker gets.</param>
/// <param name="Ends">0: the socket lives on. Else the close code our side sends: 1000 is the answer to a close, and
/// -1 is none at all.</param>
/// <param name="Told">The code the worker is told with Closed.</param>
/// <param name="Pongs">Payload lengths of the pongs our side sends.</param>
/// <param name="Chunk">Bytes the server sends at once.</param>
internal sealed record SocketCase(
    string Id, string What, byte[] Bytes, string[] Messages, int Ends = 0, int Told = 0, int[]? Pongs = null,
    int Chunk = int.MaxValue)
{
    public override string ToString() => $"{Id} {What}";
}

/// <summary>Cases in the manner of the Autobahn test suite, those that concern a client without extensions.</summary>
internal static class SocketCases
{
    private const int ProtocolError = 1002;
    private const int BadText = 1007;
    private const int TooBig = 1009;

    public static IReadOnlyList<SocketCase> All { get; } =
        [.. Lengths(), .. Pings(), .. Reserved(), .. Fragments(), .. Text(), .. Closes(), .. Limits()];

    private static IEnumerable<SocketCase> Lengths()
    {
        int number = 0;
        foreach (int length in (int[])[0, 1, 125, 126, 127, 128, 65_535, 65_536, 200_000])
        {
            string text = new('x', length);
            yield return new($"1.{++number}", $"text of {length} bytes", ServerFrame.OfText(text), [text]);
        }

        string some = new('y', 300);
        yield return new("1.10", "text of 300 bytes, one byte at a time", ServerFrame.OfText(some), [some], Chunk: 1);
        some = new('z', 70_000);
        yield return new("1.11", "text of 70,000 bytes, 997 at a time", ServerFrame.OfText(some), [some], Chunk: 997);
        string[] three = ["a", "", "c"];
        byte[] segment = [.. three.SelectMany(text => ServerFrame.OfText(text))];
        yield return new("1.12", "three messages in one segment", segment, three);
        yield return new("1.13", "binary message", ServerFrame.Of(ServerFrame.Binary, [1, 2]), [], Ends: 1003);
        yield return new("1.14", "empty binary message", ServerFrame.Of(ServerFrame.Binary, []), [], Ends: 1003);
    }

    private static IEnumerable<SocketCase> Pings()
    {
        yield return new("2.1", "ping", Ping(0), [], Pongs: [0]);
        yield return new("2.2", "ping of 125 bytes", Ping(125), [], Pongs: [125]);
        yield return new("2.3", "ping of 126 bytes", Ping(126), [], Ends: ProtocolError);
        yield return new("2.4", "pong nobody asked for", ServerFrame.Of(ServerFrame.Pong, []), []);
        yield return new("2.5", "pong of 125 bytes", ServerFrame.Of(ServerFrame.Pong, new byte[125]), []);
        byte[] ten = [.. Enumerable.Range(1, 10).SelectMany(Ping)];
        yield return new("2.6", "ten pings at once", ten, [], Pongs: [.. Enumerable.Range(1, 10)]);
        yield return new("2.7", "ping, one byte at a time", Ping(7), [], Pongs: [7], Chunk: 1);

        static byte[] Ping(int length) => ServerFrame.Of(ServerFrame.Ping, new byte[length]);
    }

    private static IEnumerable<SocketCase> Reserved()
    {
        byte[] text = "x"u8.ToArray();
        yield return new("3.1", "reserved bit 1 on text", ServerFrame.Of(1, text, reserved: 4), [], ProtocolError);
        yield return new("3.2", "reserved bit 2 on text", ServerFrame.Of(1, text, reserved: 2), [], ProtocolError);
        yield return new("3.3", "reserved bit 3 on text", ServerFrame.Of(1, text, reserved: 1), [], ProtocolError);
        yield return new("3.4", "reserved bits on a ping", ServerFrame.Of(9, text, reserved: 7), [], ProtocolError);
        yield return new("3.5", "reserved bits on a close", ServerFrame.Of(8, [], reserved: 7), [], ProtocolError);
        yield return new(
            "3.6", "reserved bit behind a good message",
            [.. ServerFrame.OfText("good"), .. ServerFrame.Of(1, text, reserved: 4)], ["good"], ProtocolError);
        int number = 0;
        foreach (int opcode in (int[])[3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
        {
            yield return new($"4.{++number}", $"opcode {opcode}", ServerFrame.Of(opcode, text), [], ProtocolError);
        }

        yield return new("4.11", "masked frame of a server", ServerFrame.Of(1, text, mask: true), [], ProtocolError);
    }

    private static IEnumerable<SocketCase> Fragments()
    {
        byte[] first = ServerFrame.OfText("ab", fin: false);
        byte[] last = Next("cd");
        byte[] empty = Next("", fin: false);
        yield return new("5.1", "two fragments", [.. first, .. last], ["abcd"]);
        yield return new("5.2", "two fragments, one byte at a time", [.. first, .. last], ["abcd"], Chunk: 1);
        yield return new("5.3", "fragments of nothing between", [.. first, .. empty, .. empty, .. last], ["abcd"]);
        byte[] nothing = [.. ServerFrame.OfText("", fin: false), .. Next("")];
        yield return new("5.4", "nothing but empty fragments", nothing, [""]);
        byte[] ping = ServerFrame.Of(ServerFrame.Ping, [1, 2]);
        yield return new("5.5", "ping between fragments", [.. first, .. ping, .. last], ["abcd"], Pongs: [2]);
        yield return new("5.6", "continuation of nothing", last, [], ProtocolError);
        yield return new("5.7", "unfinished continuation of nothing", Next("cd", fin: false), [], ProtocolError);
        yield return new(
            "5.8", "new message within a message", [.. first, .. ServerFrame.OfText("x")], [], ProtocolError);
        yield return new(
            "5.9", "continuation behind a whole message", [.. first, .. last, .. last], ["abcd"], ProtocolError);
        yield return new("5.10", "fragmented ping", Part(ServerFrame.Ping), [], ProtocolError);
        yield return new("5.11", "fragmented pong", Part(ServerFrame.Pong), [], ProtocolError);
        yield return new("5.12", "fragmented close", Part(ServerFrame.Close), [], ProtocolError);
        List<byte> many = [.. ServerFrame.OfText("", fin: false)];
        for (int i = 0; i < 10_000; i++) many.AddRange(Next("x", fin: false));
        many.AddRange(Next(""));
        yield return new("5.13", "message of 10,000 fragments", [.. many], [new string('x', 10_000)]);

        static byte[] Part(int opcode) => ServerFrame.Of(opcode, [], fin: false);
    }

    private static IEnumerable<SocketCase> Text()
    {
        byte[] euro = "€"u8.ToArray();
        yield return new("6.1", "text beyond ASCII", ServerFrame.OfText("κόσμε €"), ["κόσμε €"]);
        yield return new(
            "6.2", "character over two fragments",
            [.. ServerFrame.Of(1, euro.AsSpan(0, 1), fin: false), .. ServerFrame.Of(0, euro.AsSpan(1))], ["€"]);
        yield return new("6.3", "last code point", ServerFrame.OfText("\U0010FFFF"), ["\U0010FFFF"]);
        yield return Bad("6.4", "byte that is never UTF-8", [0xFF]);
        yield return Bad("6.5", "continuation byte alone", [0x80]);
        yield return Bad("6.6", "character cut at the end", euro[..2]);
        yield return Bad("6.7", "overlong form", [0xC0, 0xAF]);
        yield return Bad("6.8", "half of a surrogate pair", [0xED, 0xA0, 0x80]);
        yield return Bad("6.9", "beyond the last code point", [0xF4, 0x90, 0x80, 0x80]);
        yield return new(
            "6.10", "bad byte in the second fragment",
            [.. ServerFrame.OfText("good", fin: false), .. ServerFrame.Of(0, [0xFF])], [], BadText);

        static SocketCase Bad(string id, string what, byte[] bytes) =>
            new(id, what, ServerFrame.Of(ServerFrame.Text, bytes), [], BadText);
    }

    private static IEnumerable<SocketCase> Closes()
    {
        yield return new("7.1", "close without a code", ServerFrame.Of(8, []), [], Ends: 1000, Told: 1000);
        int number = 1;
        foreach (int code in (int[])[1000, 1001, 1003, 1008, 1011, 1012, 1013, 3000, 4999])
        {
            yield return new($"7.{++number}", $"close {code}", ServerFrame.OfClose(code), [], Ends: 1000, Told: code);
        }

        yield return new("7.11", "close with words", ServerFrame.OfClose(1001, "bye"), [], Ends: 1000, Told: 1001);
        string longest = new('w', 123);
        yield return new(
            "7.12", "close with 123 bytes of words", ServerFrame.OfClose(1001, longest), [], Ends: 1000, Told: 1001);
        yield return new("7.13", "close of 126 bytes", ServerFrame.OfClose(1001, longest + "w"), [], ProtocolError);
        yield return new("7.14", "close of one byte", ServerFrame.Of(8, [3]), [], ProtocolError);
        yield return new("7.15", "close 999", ServerFrame.OfClose(999), [], ProtocolError);
        yield return new("7.16", "close 1005, which none may send", ServerFrame.OfClose(1005), [], ProtocolError);
        yield return new("7.17", "close 1006, which none may send", ServerFrame.OfClose(1006), [], ProtocolError);
        yield return new("7.18", "close 5000", ServerFrame.OfClose(5_000), [], ProtocolError);
        yield return new(
            "7.19", "close whose words are no UTF-8", ServerFrame.Of(8, [3, 0xE8, 0xFF]), [], ProtocolError);
        yield return new(
            "7.20", "message behind a close", [.. ServerFrame.OfClose(1000), .. ServerFrame.OfText("late")], [],
            Ends: 1000, Told: 1000);
        yield return new(
            "7.21", "close within a message",
            [.. ServerFrame.OfText("half", fin: false), .. ServerFrame.OfClose(1001)], [], Ends: 1000, Told: 1001);
        yield return new("7.22", "end of the stream without a word", [], [], Ends: -1, Told: 0);
        yield return new("7.23", "end of the stream within a frame", ServerFrame.OfText("cut")[..3], [], -1, 0);
    }

    private static IEnumerable<SocketCase> Limits()
    {
        string longest = new('m', FrameRing.MessageBytesMax);
        yield return new("8.1", "message of the greatest length", ServerFrame.OfText(longest), [longest]);
        yield return new("8.2", "message one byte longer", ServerFrame.OfText(longest + "m"), [], TooBig);
        yield return new("8.3", "message of 8 MiB", ServerFrame.OfText(new string('m', 8 << 20)), [], TooBig);
        List<byte> endless = [.. ServerFrame.OfText("", fin: false)];
        byte[] part = ServerFrame.Of(0, Encoding.ASCII.GetBytes(new string('e', 60_000)), fin: false);
        for (int i = 0; i <= FrameRing.MessageBytesMax / 60_000; i++) endless.AddRange(part);
        yield return new("8.4", "message of endless fragments", [.. endless], [], TooBig);
        byte[] huge = [0x81, 127, 0x3F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[5 << 20]];
        yield return new("8.5", "frame that says it has 2^62 bytes", huge, [], TooBig);
        byte[] negative = [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 1, (byte)'x'];
        yield return new("8.6", "frame whose length has its top bit set", negative, [], ProtocolError);
    }

    private static byte[] Next(string text, bool fin = true) =>
        ServerFrame.Of(ServerFrame.Continuation, Encoding.UTF8.GetBytes(text), fin);
}
