using System.Text;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

public sealed class TokenMaskTests
{
    [Theory]
    [InlineData("{\"result\":{\"token\":\"abc\",\"expires\":9}}", "{\"result\":{\"token\":\"masked\",\"expires\":9}}")]
    [InlineData("{\"token\" :\n \"a\\\"b/+=\"}", "{\"token\" :\n \"masked\"}")]
    [InlineData("{\"token\":null,\"x\":{\"token\":\"abc\"}}", "{\"token\":null,\"x\":{\"token\":\"masked\"}}")]
    [InlineData("{\"token\":\"a\",\"token\":\"abcdefghijk\"}", "{\"token\":\"masked\",\"token\":\"masked\"}")]
    [InlineData("{\"token\":\"cut", "{\"token\":\"masked")]
    [InlineData("{\"token\":\"cut\\", "{\"token\":\"masked")]
    [InlineData("{\"token\"", "{\"token\"")]
    [InlineData("{\"tokens\":\"abc\"}", "{\"tokens\":\"abc\"}")]
    [InlineData("", "")]
    public void The_value_of_every_token_is_masked(string text, string masked) =>
        Assert.Equal(masked, Encoding.UTF8.GetString(new TokenMask().Of(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void A_long_text_of_many_short_tokens_fits()
    {
        string text = string.Concat(System.Linq.Enumerable.Repeat("{\"token\":\"\"}", 5_000));
        string masked = Encoding.UTF8.GetString(new TokenMask().Of(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(text.Replace("\"\"", "\"masked\"", System.StringComparison.Ordinal), masked);
    }
}
