using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Replay;

public sealed class WarmUpTests
{
    [Theory]
    [InlineData("1000000", true)]
    [InlineData("max", false)]
    public async Task A_paced_replay_warms_up_first_and_one_at_full_speed_begins_at_once(string speed, bool warms)
    {
        (int code, string output, _) = await Verb.RunAsync("replay", DemoPath, "--json", "--speed", speed);
        Assert.Equal(0, code);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(warms, json.RootElement.GetProperty("warm_up_ms").GetDouble() > 0);
        Assert.True(json.RootElement.GetProperty("decoding_ms").GetDouble() > 0);
        string golden = System.IO.File.ReadAllText(GoldenPath).Trim();
        Assert.Equal(golden, json.RootElement.GetProperty("state_hash").GetString());
    }

    private static string GoldenPath =>
        System.IO.Path.Combine(Repository.Root, "tests", "data", "golden", "demo-spot-v2.state_hash");

    private static string DemoPath =>
        System.IO.Path.Combine(Repository.Root, "tests", "data", "captures", "demo-spot-v2.jsonl.gz");
}
