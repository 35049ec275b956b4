using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Same seed, same bytes at the same times, on every wire of the venue; another seed, others.</summary>
public sealed class VenueTraceTests
{
    private const int StepsPerRun = 30;
    private const long StepNs = 500_000_000;
    private const int FaultsPerMillion = 20_000;

    [Fact]
    public void A_seed_gives_the_same_trace_twice_and_no_two_seeds_give_one()
    {
        HashSet<string> traces = [];
        int seeds = Seed.Count(100, 1_000);
        for (int seed = 1; seed <= seeds; seed++)
        {
            string trace = Trace((ulong)seed);
            Assert.Equal(trace, Trace((ulong)seed));
            traces.Add(trace);
        }

        Assert.Equal(seeds, traces.Count);
    }

    /// <summary>Everything that a client of all wires hears, who trades at random.</summary>
    private static string Trace(ulong seed)
    {
        FaultPlan faults = new(seed);
        foreach (VenueFault fault in Enum.GetValues<VenueFault>()) faults.At(fault, FaultsPerMillion);
        VenueOptions options = new()
        {
            Seed = seed,
            Activity = 10,
            Faults = faults,
            Habits = VenueHabits.Of(seed),
            OthersPerHour = 600,
        };
        SimulatedKraken venue = new(options);
        Random random = new((int)seed);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int[] sockets = new int[6];
        string token = "";
        for (int step = 0; step < StepsPerRun; step++)
        {
            if (step == 0) token = Token(venue, options, hash);
            if (step == 0) sockets = [.. Sockets(venue)];
            foreach ((int socket, string text) in Requests(sockets, token, random, step))
            {
                _ = venue.Send(socket, Encoding.UTF8.GetBytes(text));
            }

            Hear(venue, venue.NowNs + StepNs, hash);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static IEnumerable<int> Sockets(SimulatedKraken venue)
    {
        yield return venue.Open(VenueEndpoint.SpotPublic);
        yield return venue.Open(VenueEndpoint.UnifiedPublic);
        yield return venue.Open(VenueEndpoint.SpotPrivate);
        yield return venue.Open(VenueEndpoint.UnifiedPrivate);
        yield return venue.Open(VenueEndpoint.SpotV1Public);
        yield return venue.Open(VenueEndpoint.FuturesV1);
    }

    private static IEnumerable<(int Socket, string Text)> Requests(
        int[] sockets, string token, Random random, int step)
    {
        if (step == 0)
        {
            const string Book = "{\"method\":\"subscribe\",\"params\":{\"channel\":\"book\",";
            yield return (sockets[0], Book + "\"symbol\":[\"BTC/USD\",\"ETH/USD\"]}}");
            yield return (sockets[1], Book + "\"asset_class\":\"derivatives\",\"symbol\":[\"PF_XBTUSD\"]}}");
            yield return (sockets[2], Private("subscribe", token, "\"channel\":\"executions\""));
            yield return (sockets[3], Private(
                "subscribe", token, "\"channel\":\"executions\",\"asset_class\":\"derivatives\""));
            yield return (sockets[4],
                "{\"event\":\"subscribe\",\"pair\":[\"XBT/USD\"],\"subscription\":{\"name\":\"book\"}}");
            yield return (sockets[5], "{\"event\":\"subscribe\",\"feed\":\"book\",\"product_ids\":[\"PF_XBTUSD\"]}");
        }

        string side = random.Next(2) == 0 ? "buy" : "sell";
        string quantity = (random.Next(1, 30) / 10_000m).ToString(CultureInfo.InvariantCulture);
        string type = random.Next(2) == 0
            ? "\"order_type\":\"market\""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"\"order_type\":\"limit\",\"limit_price\":{random.Next(62_000, 64_000)}");
        string order = $"\"side\":\"{side}\",\"order_qty\":{quantity},{type}";
        yield return (sockets[2], Private("add_order", token, "\"symbol\":\"BTC/USD\"," + order));
        yield return (sockets[3], Private(
            "add_order", token, "\"symbol\":\"PF_XBTUSD\",\"asset_class\":\"derivatives\"," + order));
        if (random.Next(8) == 0) yield return (sockets[2], Private("cancel_all", token, "\"x\":0"));
    }

    private static string Private(string method, string token, string parameters) =>
        $"{{\"method\":\"{method}\",\"params\":{{\"token\":\"{token}\",{parameters}}},\"req_id\":1}}";

    private static string Token(SimulatedKraken venue, VenueOptions options, IncrementalHash hash)
    {
        for (int nonce = 1; ; nonce++)
        {
            const string Path = "/0/private/GetWebSocketsToken";
            string body = $"nonce={nonce}";
            RestAnswer answer = venue.Request(new RestRequest("POST", Path)
            {
                ApiKey = options.ApiKey,
                ApiSign = VenueClient.Signature(options.ApiSecret, Path, $"{nonce}", body),
                Body = Encoding.UTF8.GetBytes(body),
            });
            hash.AppendData(answer.Body.Span);
            // A web page in place of an answer is one of the faults.
            if (!answer.ContentType.Contains("json", StringComparison.Ordinal)) continue;
            using JsonDocument json = JsonDocument.Parse(answer.Body);
            return json.RootElement.GetProperty("result").GetProperty("token").GetString()!;
        }
    }

    private static void Hear(SimulatedKraken venue, long endNs, IncrementalHash hash)
    {
        while (true)
        {
            long nextNs = Math.Min(venue.NextDueNs, endNs);
            venue.AdvanceTo(nextNs);
            while (venue.TryReceive(nextNs, out int connection, out ReadOnlySpan<byte> frame))
            {
                hash.AppendData(BitConverter.GetBytes(nextNs));
                hash.AppendData(BitConverter.GetBytes(connection));
                hash.AppendData(frame);
            }

            if (nextNs >= endNs) return;
        }
    }
}
