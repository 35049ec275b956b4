using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Replay;

public sealed class WarmUpTests
{
    [Fact]
    public async Task Replay_warms_up_before_it_begins_and_says_how_long_it_took()
    {
        (int code, string output, _) = await Verb.RunAsync("replay", DemoPath, "--json");
        Assert.Equal(0, code);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("warm_up_ms").GetDouble() > 0);
        Assert.True(json.RootElement.GetProperty("decoding_ms").GetDouble() > 0);
    }

    private static string DemoPath =>
        System.IO.Path.Combine(Repository.Root, "tests", "data", "captures", "demo-spot-v2.jsonl.gz");
}
