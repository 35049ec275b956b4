using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Settings;
using TradingBot.Worker;
using TradingBot.Worker.Health;
using Xunit;

namespace TradingBot.Tests.Health;

/// <summary>The doctor finds what is wrong, names it, and says what to do.</summary>
public sealed class DoctorTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public async Task A_fresh_folder_and_the_defaults_are_healthy()
    {
        using Configured configured = new();
        (int code, string output, string error) = await Configured.InvokeAsync(
            "doctor", "--data", Path.Combine(configured.Folder, "data"));
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.Contains("ok    key rights: all that is needed", output, StringComparison.Ordinal);
        Assert.Contains("ok    derivatives: enabled, 0 positions open", output, StringComparison.Ordinal);
        Assert.Contains("none failed", output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail  ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_line_has_its_outcome_and_every_failure_its_remedy_as_JSON()
    {
        await using LoopbackKraken venue = await StartAsync(new VenueOptions
        {
            KeyRights = ["query-funds", "withdraw-funds", "create-ws-token"],
        });
        Dictionary<string, (string Outcome, string Found, string? Remedy)> checks =
            await ChecksOfAsync(venue, ExitCode.CheckFailed);
        (string outcome, string found, string? remedy) = checks["key rights"];
        Assert.Equal("fail", outcome);
        Assert.True(found.Contains("withdraw-funds", StringComparison.Ordinal)
            || found.Contains("Create & modify orders", StringComparison.Ordinal), found);
        Assert.False(string.IsNullOrEmpty(remedy));
        Assert.Equal("ok", checks["token"].Outcome);
        Assert.Equal("ok", checks["clock"].Outcome);
        Assert.Equal("ok", checks["venue state"].Outcome);
        Assert.Contains(checks.Keys, check => check.StartsWith("reach 127.0.0.1:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("withdraw-funds", "can move money")]
    [InlineData("add-withdrawal-addresses", "can move money")]
    [InlineData("transfer-funds", "can move money")]
    [InlineData("earn-funds", "can move money")]
    public void A_key_that_moves_money_fails(string right, string words)
    {
        Finding finding = KeyChecks.Of(Report([.. new VenueOptions().KeyRights, right]), 10, Second).First();
        Assert.Equal(Outcome.Fail, finding.Outcome);
        Assert.Contains(words, finding.Found, StringComparison.Ordinal);
        Assert.Contains(right, finding.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_right_that_is_missing_is_named_in_Krakens_words()
    {
        string[] rights = [.. new VenueOptions().KeyRights];
        foreach (string left in rights)
        {
            Finding finding = KeyChecks.Of(Report([.. rights.Where(right => right != left)]), 10, Second).First();
            Assert.Equal(Outcome.Fail, finding.Outcome);
            Assert.Contains("the key lacks: ", finding.Found, StringComparison.Ordinal);
        }

        Finding more = KeyChecks.Of(Report([.. rights, "export-data"]), 10, Second).First();
        Assert.Equal(Outcome.Warn, more.Outcome);
        Assert.Contains("export-data", more.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_nonce_below_the_venues_and_a_key_near_its_end_are_told()
    {
        string[] rights = [.. new VenueOptions().KeyRights];
        KeyReport report = Report(rights) with { LastNonce = 99, ValidUntilSeconds = 86_400 };
        Finding[] findings = [.. KeyChecks.Of(report, 98, 0)];
        Assert.Contains(findings, one => one is { Check: "nonce", Outcome: Outcome.Fail });
        Assert.Contains(findings, one => one is { Check: "key expiry", Outcome: Outcome.Warn });
        findings = [.. KeyChecks.Of(report, 99, 86_401 * Second)];
        Assert.Contains(findings, one => one is { Check: "nonce", Outcome: Outcome.Ok });
        Assert.Contains(findings, one => one is { Check: "key expiry", Outcome: Outcome.Fail });
    }

    [Fact]
    public async Task A_key_the_venue_does_not_take_fails_with_advice()
    {
        await using LoopbackKraken venue = await StartAsync(new VenueOptions { ApiKey = "somebody else's" });
        (string outcome, string found, string? remedy) = (await ChecksOfAsync(venue, ExitCode.CheckFailed))["key"];
        Assert.Equal("fail", outcome);
        Assert.Contains("EAPI:Invalid key", found, StringComparison.Ordinal);
        Assert.Contains("check key and private key", remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "ok", ExitCode.Ok)]
    [InlineData(3, "warn", ExitCode.Ok)]
    [InlineData(-3, "warn", ExitCode.Ok)]
    [InlineData(60, "fail", ExitCode.CheckFailed)]
    public async Task A_clock_that_is_wrong_is_told_by_how_much(int seconds, string outcome, int exitCode)
    {
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions(), new LoopbackOptions { StartNs = nowNs + (seconds * Second) },
            TestContext.Current.CancellationToken);
        (string found, string text, _) = (await ChecksOfAsync(venue, exitCode))["clock"];
        Assert.Equal(outcome, found);
        if (seconds != 0) Assert.Contains($"{(seconds < 0 ? "-" : "")}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_a_failure_and_not_an_empty_answer()
    {
        LoopbackKraken venue = await StartAsync(new VenueOptions());
        using Configured configured = new();
        string config = Write(configured, venue);
        await venue.DisposeAsync();
        (int code, string output, _) = await Configured.InvokeAsync("doctor", "--config", config);
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("fail  reach 127.0.0.1:", output, StringComparison.Ordinal);
        Assert.Contains("fail  clock: ", output, StringComparison.Ordinal);
        Assert.Contains("fail  key: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_the_configuration_are_lines_too_and_nobody_is_asked()
    {
        using Configured configured = new();
        File.WriteAllText(configured.FilePath, "mode: life\nadmin: {listen: 0.0.0.0:80}\n");
        (int code, string output, _) = await Configured.InvokeAsync("doctor", "--config", configured.FilePath);
        Assert.Equal(ExitCode.Configuration, code);
        Assert.Equal(
            2, output.Split('\n').Count(line => line.StartsWith("fail  configuration: ", StringComparison.Ordinal)));
        Assert.DoesNotContain("reach 127", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_another_account_and_an_unreadable_binding_fail()
    {
        using Configured configured = new();
        string mine = new('a', 32);
        Assert.Equal(Outcome.Ok, AccountIdentity.Check(configured.Folder, mine).Outcome);
        AccountIdentity.Bind(configured.Folder, mine);
        Assert.Equal(Outcome.Ok, AccountIdentity.Check(configured.Folder, mine).Outcome);
        Assert.Equal(Outcome.Fail, AccountIdentity.Check(configured.Folder, new string('b', 32)).Outcome);
        Assert.Equal(Outcome.Warn, AccountIdentity.Check(configured.Folder, "").Outcome);
        File.WriteAllText(AccountIdentity.PathOf(configured.Folder), "tradingbot-account 1 nonsense\n");
        Assert.Equal(Outcome.Fail, AccountIdentity.Check(configured.Folder, mine).Outcome);
    }

    [Theory]
    [InlineData("2026-11-28", false, Outcome.Ok, "in 93 days")]
    [InlineData("2027-02-10", false, Outcome.Ok, "in 19 days")]
    [InlineData("2027-02-10", true, Outcome.Warn, "in 19 days")]
    [InlineData("2027-03-02", true, Outcome.Warn, "ended")]
    [InlineData("2027-03-02", false, Outcome.Ok, "ended")]
    public void The_old_interface_is_counted_down(string day, bool hasKey, object outcome, string words)
    {
        DateTimeOffset end = new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset now = DateTimeOffset.ParseExact(
            day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Finding finding = LegacyChecks.Countdown(now, end, hasKey);
        Assert.Equal((Outcome)outcome, finding.Outcome);
        Assert.Contains(words, finding.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_of_error_texts_is_printed_without_asking_anybody()
    {
        (int code, string output, _) = await Configured.InvokeAsync("doctor", "--errors");
        Assert.Equal((ExitCode.Ok, VenueErrors.Markdown()), (code, output));
    }

    internal static Task<LoopbackKraken> StartAsync(VenueOptions options) =>
        LoopbackKraken.StartAsync(options, 0, TestContext.Current.CancellationToken);

    /// <summary>A configuration file with the venue's addresses.</summary>
    internal static string Write(Configured configured, LoopbackKraken venue, string more = "")
    {
        File.WriteAllText(configured.FilePath, $$"""
            storage: {url: '{{Path.Combine(configured.Folder, "data")}}'}
            admin: {listen: '127.0.0.1:0'}
            venue:
              spot:
                rest_url: {{venue.RestUrl}}
                ws_public_url: {{venue.SpotPublicUrl}}
            {{more}}
              unified:
                public_url: {{venue.UnifiedPublicUrl}}
                private_url: {{venue.UnifiedPrivateUrl}}

            """);
        return configured.FilePath;
    }

    private static KeyReport Report(string[] rights) => new([.. rights], "", 0, 0, IsBound: true);

    private static async Task<Dictionary<string, (string Outcome, string Found, string? Remedy)>> ChecksOfAsync(
        LoopbackKraken venue, int exitCode)
    {
        using Configured configured = new();
        (int code, string output, string error) =
            await Configured.InvokeAsync("doctor", "--json", "--config", Write(configured, venue));
        Assert.Equal("", error);
        using JsonDocument json = JsonDocument.Parse(output);
        Dictionary<string, (string Outcome, string Found, string? Remedy)> checks = [];
        foreach (JsonElement check in json.RootElement.GetProperty("checks").EnumerateArray())
        {
            checks[check.GetProperty("check").GetString()!] = (
                check.GetProperty("outcome").GetString()!, check.GetProperty("found").GetString()!,
                check.GetProperty("remedy").GetString());
        }

        Assert.True(code == exitCode, output);
        Assert.Equal(exitCode == ExitCode.Ok, json.RootElement.GetProperty("healthy").GetBoolean());
        return checks;
    }
}
