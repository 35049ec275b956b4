using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Book;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Every signature and checksum that was published or recomputed comes out the same here.</summary>
public sealed class SigningTests
{
    [Fact]
    public void Every_vector_matches()
    {
        using JsonDocument vectors = JsonDocument.Parse(
            File.ReadAllText(Repository.Shared("kraken", "fixtures", "vectors.json")));
        Dictionary<string, int> counts = [];
        foreach (JsonProperty group in vectors.RootElement.EnumerateObject())
        {
            foreach (JsonElement vector in group.Value.EnumerateArray())
            {
                string expected = vector.GetProperty("expect").ToString();
                Assert.Equal(expected, Computed(group.Name, vector));
                counts[group.Name] = counts.GetValueOrDefault(group.Name) + 1;
            }
        }

        // A group that this test does not know would have thrown; these are the ones there are.
        Assert.Equal(3, counts["spot_rest"]);
        Assert.Equal(4, counts["futures_rest"]);
        Assert.Equal(1, counts["futures_ws_challenge"]);
        Assert.True(counts["book_crc32"] >= 6);
        Assert.Equal(4, counts.Count);
    }

    [Fact]
    public void The_official_challenge_and_the_derivatives_prefix_are_signed_as_documented()
    {
        using RequestSigner challenge = new(new Secret(
            "7zxMEF5p/Z8l2p2U7Ghv6x14Af+Fx+92tPgUdVQ748FOIrEoT9bgT+bTRfXc5pz8na+hL/QdrCVG7bh9KpT0eMTm"));
        Assert.Equal(
            "4JEpF3ix66GA2B+ooK128Ift4XQVtc137N9yeg4Kqsn9PI0Kpzbysl9M1IeCEdjg0zl00wkVqcsnG4bmnlMb3A==",
            challenge.SignChallenge("c100b894-1729-464d-ace1-52dbce11db42"));
        using RequestSigner rest = new(new Secret("cHl0aG9uLWtyYWtlbi1zZGsgdW5pdC10ZXN0IHNlY3JldCB2YWx1ZQ=="));
        byte[] data = "orderType=lmt&symbol=PI_XBTUSD"u8.ToArray();
        const string Signed =
            "Txi+gJVXe3EN1brXYQ46FuV6UVtEVSKhc6dYMhPb7a/HXZLGvO6m9UUg+KVKqhLxrbllOPI7qRkHYmPfJZZSGA==";
        Assert.Equal(Signed, rest.Authenticate("/derivatives/api/v3/sendorder", "1616492376594", data));
        Assert.Equal(Signed, rest.Authenticate("/api/v3/sendorder", "1616492376594", data));
    }

    private static string Computed(string group, JsonElement vector)
    {
        string Text(string name) => vector.GetProperty(name).GetString()!;
        if (group == "book_crc32")
        {
            return Crc32.Of(Encoding.ASCII.GetBytes(Text("crc_input"))).ToString(CultureInfo.InvariantCulture);
        }

        using RequestSigner signer = new(new Secret(Text("secret")));
        return group switch
        {
            "spot_rest" => signer.Sign(Text("path"), Text("nonce"), Encoding.UTF8.GetBytes(Text("body"))),
            "futures_rest" => signer.Authenticate(Text("path"), Text("nonce"), Encoding.UTF8.GetBytes(Text("data"))),
            "futures_ws_challenge" => signer.SignChallenge(Text("challenge")),
            _ => throw new InvalidOperationException($"nobody computes {group}"),
        };
    }
}
