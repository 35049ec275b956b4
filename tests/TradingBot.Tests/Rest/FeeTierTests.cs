using System;
using System.Text.Json;
using TradingBot.Kraken.Rest;
using Xunit;

namespace TradingBot.Tests.Rest;

/// <summary>What the account pays, as the venue writes it.</summary>
public sealed class FeeTierTests
{
    [Fact]
    public void Fees_of_takers_and_makers_are_kept_digit_by_digit()
    {
        FeeTier tier = Read(
            """
            {"error":[],"result":{"currency":"ZUSD","volume":"200709587.4223",
             "fees":{"XXBTZUSD":{"fee":"0.1000","minfee":"0.1000","nextfee":null},"ADAUSD":{"fee":"0.26"}},
             "fees_maker":{"XXBTZUSD":{"fee":"0.0000"}}}}
            """,
            out _)!;
        Assert.Equal(("ZUSD", "200709587.4223"), (tier.Currency, tier.Volume));
        SymbolFee[] expected = [new("ADAUSD", "0.26", "0.26"), new("XXBTZUSD", "0.1000", "0.0000")];
        Assert.Equal(expected, tier.Fees);
        Assert.Empty(Read("""{"result":{"currency":"ZUSD","volume":"0.0000"}}""", out _)!.Fees);
        Assert.Equal("&pair=XBTUSD%2CADAUSD", FeeTier.FieldsOf(["XBTUSD", "ADAUSD"]));
    }

    [Theory]
    [InlineData("""{"error":[]}""")]
    [InlineData("""{"result":{"volume":"1"}}""")]
    [InlineData("""{"result":{"currency":"ZUSD","volume":"much"}}""")]
    [InlineData("""{"result":{"currency":"ZUSD","volume":"1","fees":{"A":{}}}}""")]
    [InlineData("""{"result":{"currency":"Z","volume":"1","fees":{"A":{"fee":"1"}},"fees_maker":{"A":{"fee":""}}}}""")]
    public void An_answer_without_a_number_is_none(string text)
    {
        Assert.Null(Read(text, out string fault));
        Assert.StartsWith("with", fault, StringComparison.Ordinal);
    }

    private static FeeTier? Read(string text, out string fault)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return FeeTier.Read(document.RootElement, out fault);
    }
}
