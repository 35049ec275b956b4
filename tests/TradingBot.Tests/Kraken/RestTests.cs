using System;
using System.Text;
using TradingBot.Kraken.Rest;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

public sealed class RestTests
{
    private const string OfficialSecret =
        "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==";

    [Fact]
    public void The_official_vector_is_signed_as_documented()
    {
        RequestSigner signer = new(new Secret(OfficialSecret));
        const string Body = "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25";

        string sign = signer.Sign("/0/private/AddOrder", "1616492376594", Encoding.UTF8.GetBytes(Body));

        Assert.Equal("4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==", sign);
    }

    [Fact]
    public void A_secret_that_is_not_base64_is_refused() =>
        Assert.Throws<FormatException>(() => new RequestSigner(new Secret("not base64!")));

    [Fact]
    public void A_secret_hides_in_every_text()
    {
        WebSocketToken token = new(new Secret("hush"), 1);
        Assert.Equal("***", new Secret("hush").ToString());
        Assert.DoesNotContain("hush", token.ToString(), StringComparison.Ordinal);
        Assert.Equal("hush", token.Text.Reveal());
    }

    [Theory]
    [InlineData("EOrder:Insufficient funds", VenueReason.InsufficientFunds, true)]
    [InlineData("EOrder:Insufficient margin", VenueReason.InsufficientFunds, true)]
    [InlineData("eorder: insufficient FUNDS", VenueReason.InsufficientFunds, true)]
    [InlineData("EOrder:Unknown order", VenueReason.UnknownOrder, true)]
    [InlineData("EOrder:Rate limit exceeded", VenueReason.RateLimited, true)]
    [InlineData("EService: Throttled: 1700000000", VenueReason.RateLimited, true)]
    [InlineData("EService:Market in cancel_only mode", VenueReason.VenueMode, true)]
    [InlineData("EService:Unavailable", VenueReason.VenueMode, false)]
    [InlineData("EService:Busy", VenueReason.VenueMode, false)]
    [InlineData("EGeneral:Internal error:57", VenueReason.Other, false)]
    [InlineData("EGeneral:Invalid arguments:Index unavailable", VenueReason.InvalidArguments, true)]
    [InlineData("EQuery:Unknown asset pair", VenueReason.UnknownInstrument, true)]
    [InlineData("ESession:Invalid session", VenueReason.Unauthorised, true)]
    [InlineData("EOrder:Reduce only:No position exists", VenueReason.ReduceOnly, true)]
    [InlineData("EOrder:Reduce only:Non-PC", VenueReason.ReduceOnly, true)]
    [InlineData("EOrder:Post only order", VenueReason.Other, true)]
    [InlineData("EOrder:A text nobody has seen", VenueReason.Other, false)]
    [InlineData("", VenueReason.Other, false)]
    public void Error_texts_say_why_and_whether_nothing_happened(string text, VenueReason reason, bool isDefinite) =>
        Assert.Equal(new KrakenError(reason, isDefinite), KrakenError.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void An_elapsed_deadline_and_a_closed_position_prove_nothing()
    {
        // The order may have been placed, and a part of it may have matched.
        Assert.Equal(new KrakenError(VenueReason.Deadline, false), KrakenError.Of("EService:Deadline elapsed"u8));
        Assert.Equal(
            new KrakenError(VenueReason.ReduceOnly, false), KrakenError.Of("EOrder:Reduce only:Position is closed"u8));
    }

    [Theory]
    [InlineData("price_protection", VenueReason.PriceProtection)]
    [InlineData("User requested", VenueReason.UserRequested)]
    [InlineData("Order would trigger immediately", VenueReason.WouldTriggerAtOnce)]
    [InlineData("would_execute_self", VenueReason.SelfTrade)]
    [InlineData("Insufficient margin", VenueReason.InsufficientFunds)]
    [InlineData("Deadline elapsed", VenueReason.Deadline)]
    [InlineData("something else", VenueReason.Other)]
    public void Reasons_of_an_orders_end_are_told_apart(string text, VenueReason reason) =>
        Assert.Equal(reason, KrakenError.OfEnd(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_token_is_asked_for_with_signed_bytes()
    {
        RequestSigner signer = new(new Secret(OfficialSecret));
        TokenRequest request = WebSocketToken.Request("KEY", signer, "1616492376594");

        Assert.Equal("/0/private/GetWebSocketsToken", request.Path);
        Assert.Equal("KEY", request.ApiKey);
        Assert.Equal("nonce=1616492376594", Encoding.ASCII.GetString(request.Body.Span));
        Assert.Equal(signer.Sign(request.Path, "1616492376594", request.Body.Span), request.ApiSign);
    }

    [Fact]
    public void A_token_has_a_text_and_an_end()
    {
        const string Body = """{"error":["WGeneral:Something mild"],"result":{"token":"1Dwc4lzSw","expires":900}}""";
        TokenAnswer answer = WebSocketToken.Parse(200, Encoding.UTF8.GetBytes(Body), 1_000);

        Assert.Equal("1Dwc4lzSw", answer.Token!.Text.Reveal());
        Assert.Equal(900_000_001_000, answer.Token.ExpiresNs);
    }

    [Theory]
    [InlineData(200, "<html><body>Just a moment...</body></html>", VenueReason.Other, false)]
    [InlineData(200, "", VenueReason.Other, false)]
    [InlineData(200, "{}", VenueReason.Other, false)]
    [InlineData(200, "[]", VenueReason.Other, false)]
    [InlineData(200, """{"error":[],"result":{}}""", VenueReason.Other, false)]
    [InlineData(200, """{"error":[],"result":{"token":"","expires":900}}""", VenueReason.Other, false)]
    [InlineData(200, """{"error":[],"result":{"token":"x","expires":-1}}""", VenueReason.Other, false)]
    [InlineData(200, """{"error":[],"result":{"token":"\ud800","expires":900}}""", VenueReason.Other, false)]
    [InlineData(200, """{"error":["EAPI:Invalid key"]}""", VenueReason.Unauthorised, true)]
    [InlineData(200, """{"error":["EService:Unavailable"]}""", VenueReason.VenueMode, false)]
    [InlineData(502, "<html>Bad gateway</html>", VenueReason.Other, false)]
    [InlineData(429, "<html>1015</html>", VenueReason.RateLimited, true)]
    [InlineData(503, """{"error":[],"result":{"token":"x","expires":900}}""", VenueReason.Other, false)]
    public void What_is_no_token_is_an_error(int status, string body, VenueReason reason, bool isDefinite)
    {
        TokenAnswer answer = WebSocketToken.Parse(status, Encoding.UTF8.GetBytes(body), 1);
        Assert.Null(answer.Token);
        Assert.Equal(new KrakenError(reason, isDefinite), answer.Error);
    }
}
