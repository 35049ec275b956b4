using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Sockets;

/// <summary>Our sockets against a server of bytes, both kinds of them.</summary>
public sealed class SocketCaseTests
{
    private const string Last = "still here";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Cases
    {
        get
        {
            TheoryData<string, bool> cases = [];
            foreach (SocketCase one in SocketCases.All)
            {
                cases.Add(one.Id, true);
                cases.Add(one.Id, false);
            }

            return cases;
        }
    }

    [Theory(Timeout = 15_000)]
    [MemberData(nameof(Cases))]
    public async Task A_case_has_its_outcome(string id, bool inline)
    {
        SocketCase one = SocketCases.All.Single(any => any.Id == id);
        using RawServer server = new();
        VenueAddresses addresses = new(new Uri("http://127.0.0.1:1"), server.Address, server.Address, server.Address);
        await using SocketWire wire = new(addresses, inline);
        wire.Open(WireEndpoint.SpotPublic);
        using RawClient client = await server.AcceptAsync(Cancellation);
        Task<(int Closed, List<int> Pongs)> saying = SayAsync(client, one);
        (List<string> messages, int? told, string words) = Listen(wire);
        (int closed, List<int> pongs) = await saying;
        Assert.Equal(one.Ends == 0 ? [.. one.Messages, Last] : one.Messages, messages);
        Assert.Equal(one.Pongs ?? [], pongs);
        Assert.Equal(one.Ends, closed);
        if (one.Ends == 0) return;
        Assert.Equal(one.Told, told);
        Assert.NotEmpty(words);
    }

    [Fact]
    public void The_page_of_cases_is_this_list()
    {
        string path = Path.Combine(Repository.Root, "docs", "websocket-cases.md");
        StringBuilder table = new();
        foreach (SocketCase one in SocketCases.All)
        {
            string outcome = one.Ends switch
            {
                0 when one.Pongs is { Length: 1 } => "answered with a pong",
                0 when one.Pongs is not null => "answered with a pong each",
                0 => one.Messages.Length == 0 ? "ignored" : "delivered",
                1000 => "closed by the venue, our close in answer",
                -1 => "closed, reason told",
                _ => "our close " + one.Ends.ToString(CultureInfo.InvariantCulture),
            };
            table.Append(CultureInfo.InvariantCulture, $"| {one.Id} | {one.What} | {outcome} |\n");
        }

        string page = File.ReadAllText(path);
        Assert.True(page.EndsWith(table.ToString(), StringComparison.Ordinal), $"{path} must end with:\n{table}");
    }

    /// <summary>Says the case's bytes; what the client answered: its close code, or 0, or -1 without one.</summary>
    private static async Task<(int Closed, List<int> Pongs)> SayAsync(RawClient client, SocketCase one)
    {
        List<int> pongs = [];
        Task<int> hearing = HearAsync(client, pongs);
        try
        {
            for (int at = 0; at < one.Bytes.Length; at += Math.Min(one.Chunk, one.Bytes.Length - at))
            {
                int count = Math.Min(one.Chunk, one.Bytes.Length - at);
                await client.SayAsync(one.Bytes[at..(at + count)], Cancellation);
            }

            if (one.Ends == 0)
            {
                while (pongs.Count < (one.Pongs?.Length ?? 0)) await Task.Delay(5, Cancellation);
                await client.SayAsync(ServerFrame.OfText(Last), Cancellation);
                return (0, pongs);
            }
        }
        catch (IOException)
        {
            // The client had enough before all was said.
        }

        if (one.Ends == -1) client.Socket.Shutdown(SocketShutdown.Send);
        return (await hearing, pongs);
    }

    private static async Task<int> HearAsync(RawClient client, List<int> pongs)
    {
        while (await client.HearAsync(Cancellation) is { } frame)
        {
            if (frame.Opcode == ServerFrame.Pong) pongs.Add(frame.Payload.Length);
            if (frame.Opcode != ServerFrame.Close) continue;
            // As a server does: it is the one to hang up.
            client.Socket.Shutdown(SocketShutdown.Both);
            return (frame.Payload[0] << 8) | frame.Payload[1];
        }

        return -1;
    }

    /// <summary>Messages until the last one or the end of the socket, and what was told of that.</summary>
    private static (List<string> Messages, int? Told, string Words) Listen(SocketWire wire)
    {
        List<string> messages = [];
        while (true)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (!wire.TryReceive(0, out WireEvent e))
            {
                wire.Wait(TimeSpan.FromMilliseconds(100), Cancellation);
                continue;
            }

            string text = Encoding.UTF8.GetString(e.Bytes);
            if (e.Kind == WireEventKind.Closed) return (messages, e.Status, text);
            if (e.Kind == WireEventKind.Frame) messages.Add(text);
            if (text == Last) return (messages, null, "");
        }
    }
}
