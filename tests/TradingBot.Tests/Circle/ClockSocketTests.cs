using System;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Tests.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>The verb <c>run</c> beside a venue whose clock is another one, over real sockets and calls.</summary>
public sealed class ClockSocketTests
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Fact]
    public async Task A_run_behind_the_venues_clock_stops_entering_and_says_so()
    {
        (JsonElement run, string error) = await RunAsync("clock_ahead_ms: 10000");
        Assert.Contains("NO ENTRIES: this machine's clock less the venue's is ", error, Ordinal);
        Assert.True(run.GetProperty("refused").GetProperty("clock_skew").GetInt64() > 0, run.ToString());
    }

    [Fact]
    public async Task A_run_in_step_with_it_is_never_stopped_for_it()
    {
        (JsonElement run, string error) = await RunAsync("clock_ahead_ms: 0");
        Assert.DoesNotContain("NO ENTRIES", error, Ordinal);
        Assert.False(run.GetProperty("refused").TryGetProperty("clock_skew", out _), run.ToString());
        Assert.True(run.GetProperty("signals").GetInt64() > 0, run.ToString());
    }

    private static async Task<(JsonElement Run, string Error)> RunAsync(string simulated)
    {
        using Recordings place = new();
        string config = Path.Combine(place.Folder, "clock.yaml");
        await File.WriteAllTextAsync(
            config, $"venue: {{simulated: {{{simulated}, activity: 60}}}}\n", TestContext.Current.CancellationToken);
        (int code, string output, string error) = await Verb.RunAsync(
            "run", "--for", "10s", "--port", "0", "--data", Path.Combine(place.Folder, "data"), "--config", config,
            "--json");
        Assert.True(code == 0, error);
        return (JsonDocument.Parse(output).RootElement, error);
    }
}
