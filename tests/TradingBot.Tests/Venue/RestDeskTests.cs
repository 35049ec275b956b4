using System;
using System.IO;
using System.Text;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Signatures, nonces and the three REST calls.</summary>
public sealed class RestDeskTests
{
    private const string TokenPath = "/0/private/GetWebSocketsToken";

    private readonly VenueClient _client = new();

    [Fact]
    public void The_documented_vector_is_signed_as_documented()
    {
        const string Secret =
            "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==";
        byte[] body = "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"u8.ToArray();
        Assert.Equal("1616492376594", RestDesk.NonceOf(body));
        Assert.Equal(
            "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==",
            RestDesk.Sign(Convert.FromBase64String(Secret), "/0/private/AddOrder", "1616492376594", body));
    }

    [Fact]
    public void Every_vector_of_the_reference_is_signed_as_written()
    {
        string path = Repository.Shared("kraken", "fixtures", "vectors.json");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(path));
        int count = 0;
        foreach (JsonElement vector in json.RootElement.GetProperty("spot_rest").EnumerateArray())
        {
            string Text(string name) => vector.GetProperty(name).GetString()!;
            byte[] body = Encoding.UTF8.GetBytes(Text("body"));
            Assert.Equal(Text("nonce"), RestDesk.NonceOf(body));
            byte[] secret = Convert.FromBase64String(Text("secret"));
            Assert.Equal(Text("expect"), RestDesk.Sign(secret, Text("path"), Text("nonce"), body));
            count++;
        }

        Assert.Equal(3, count);
    }

    [Fact]
    public void Key_signature_and_nonce_are_asked_in_this_order()
    {
        Assert.Equal("EAPI:Invalid key", Error(_client.Post(TokenPath, nonce: 5, key: "no", sign: "no")));
        Assert.Equal("EAPI:Invalid signature", Error(_client.Post(TokenPath, nonce: 5, sign: "no")));
        Assert.Equal(string.Empty, Error(_client.Post(TokenPath, nonce: 5)));
        Assert.Equal("EAPI:Invalid nonce", Error(_client.Post(TokenPath, nonce: 5)));
        Assert.Equal("EAPI:Invalid nonce", Error(_client.Post(TokenPath, nonce: 4)));
        Assert.Equal(string.Empty, Error(_client.Post(TokenPath, nonce: 6)));
        Assert.Equal("EGeneral:Unknown method", Error(_client.Post("/0/private/Withdraw", nonce: 7)));
    }

    [Fact]
    public void Time_and_instruments_are_public()
    {
        RestAnswer time = _client.Venue.Request(new RestRequest("GET", "/0/public/Time"));
        using JsonDocument clock = JsonDocument.Parse(time.Body);
        JsonElement result = clock.RootElement.GetProperty("result");
        Assert.Equal(1_789_390_800, result.GetProperty("unixtime").GetInt64());
        Assert.Equal("Mon, 14 Sep 26 13:00:00 +0000", result.GetProperty("rfc1123").GetString());
        long waited = time.DueNs - _client.Venue.NowNs;
        Assert.InRange(waited, 10_000_000, 160_000_000);
        RestAnswer listed = _client.Venue.Request(new RestRequest("GET", "/0/public/AssetPairs?pair=XBTUSD"));
        using JsonDocument instruments = JsonDocument.Parse(listed.Body);
        JsonElement bitcoin = instruments.RootElement.GetProperty("result").GetProperty("XXBTZUSD");
        Assert.Equal(1, bitcoin.GetProperty("pair_decimals").GetInt32());
        Assert.Equal(8, bitcoin.GetProperty("lot_decimals").GetInt32());
    }

    private static string Error(RestAnswer answer)
    {
        using JsonDocument json = JsonDocument.Parse(answer.Body);
        JsonElement errors = json.RootElement.GetProperty("error");
        return errors.GetArrayLength() == 0 ? string.Empty : errors[0].GetString()!;
    }
}
