using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Worker;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>The verbs <c>run</c> and <c>config</c> as a person starts them.</summary>
public sealed class SettingVerbTests
{
    [Theory]
    [InlineData("run")]
    [InlineData("config")]
    public async Task A_wrong_key_in_the_config_stops_the_start_naming_key_line_and_nearest_valid_name(string verb)
    {
        using Configured configured = new();
        string yaml = await File.ReadAllTextAsync(
            Path.Combine(Support.Repository.Root, "config", "tradingbot.yaml"), TestContext.Current.CancellationToken);
        configured.Read(yaml.Replace("position_notional_max:", "position_notional_limit:", StringComparison.Ordinal));
        int line = Array.FindIndex(
            await File.ReadAllLinesAsync(configured.FilePath, TestContext.Current.CancellationToken),
            text => text.Contains("position_notional_limit", StringComparison.Ordinal)) + 1;
        (int code, string output, string error) =
            await Configured.InvokeAsync(verb, "--config", configured.FilePath);
        Assert.Equal((ExitCode.Configuration, 3, ""), (code, ExitCode.Configuration, output));
        Assert.Contains(
            $"{configured.FilePath}:{line}: risk.position_notional_limit: unknown key; "
            + "the nearest valid name is risk.position_notional_max\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_in_effect_is_shown_with_sources()
    {
        using Configured configured = new();
        configured.Read("risk:\n  order_notional: 12.50\n");
        (int code, string output, _) = await Configured.InvokeAsync(
            "config", "--json", "--config", configured.FilePath, "--port", "0", "--seed", "7", "--data", "x");
        Assert.Equal(0, code);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(SettingTable.Names, json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("12.5", configured.FilePath + ":2"), Of("risk.order_notional"));
        Assert.Equal(("127.0.0.1:0", "option --port"), Of("admin.listen"));
        Assert.Equal(("7", "option --seed"), Of("venue.simulated.seed"));
        Assert.Equal(("x", "option --data"), Of("storage.url"));
        Assert.Equal(("paper", "default"), Of("mode"));

        (string?, string?) Of(string key)
        {
            JsonElement member = json.RootElement.GetProperty(key);
            return (member.GetProperty("value").GetString(), member.GetProperty("source").GetString());
        }
    }

    [Theory]
    [InlineData("--venue", "krakn", "simulated or kraken", 3)]
    [InlineData("--port", "70000", "option --port: admin.listen", 3)]
    [InlineData("--for", "5", "is not a time", 2)]
    public async Task What_run_cannot_do_it_says(string option, string value, string words, int expected)
    {
        (int code, _, string error) = await Configured.InvokeAsync("run", option, value);
        Assert.Equal(expected, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_without_account_and_keys_does_not_start()
    {
        (int code, _, string error) = await Configured.InvokeAsync("run", "--live");
        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains("option --live: mode: live needs account.id", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_of_another_account_or_mode_is_refused_with_the_mark_that_was_wanted()
    {
        using Configured configured = new();
        string[] run = ["run", "--max-loops", "2", "--port", "0", "--data", configured.Folder, "--config"];
        configured.Read("mode: paper");
        (int code, _, string error) = await Configured.InvokeAsync([.. run, configured.FilePath]);
        Assert.True(code == 0, error);
        Assert.Contains("SIMULATED KRAKEN, paper money.", error, StringComparison.Ordinal);
        configured.Read("account: {id: other}");
        (code, _, error) = await Configured.InvokeAsync([.. run, configured.FilePath]);
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("than paper:other", error, StringComparison.Ordinal);
    }
}
