using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>Keys that nothing acts on yet are real keys: checked as the others are, and told, never passed
/// over.</summary>
public sealed class IdleKeyTests
{
    private static readonly string[] Idle =
    [
        "venue.spot.ws_private_url", "venue.derivatives.rest_url",
        "venue.derivatives.api_key_file", "venue.derivatives.api_secret_file",
    ];

    [Fact]
    public async Task Every_key_of_the_venue_in_one_file_starts_a_run_over_loopback_and_those_without_effect_are_told()
    {
        VenueOptions venue = new() { ApiKey = Configured.ApiKey, ApiSecret = Configured.PrivateKey };
        await using LoopbackKraken kraken =
            await LoopbackKraken.StartAsync(venue, 0, TestContext.Current.CancellationToken);
        using Configured configured = new();
        string key = configured.Write("key", Configured.ApiKey + "\n");
        string secret = configured.Write("secret", Configured.PrivateKey + "\n");
        string yaml = $"""
            mode: paper
            venue:
              kind: simulated
              spot:
                rest_url: {kraken.RestUrl}
                ws_public_url: {kraken.SpotPublicUrl}
                ws_private_url: ws://127.0.0.1:1/v2
                api_key_file: {key}
                api_secret_file: {secret}
              unified:
                public_url: {kraken.UnifiedPublicUrl}
                private_url: {kraken.UnifiedPrivateUrl}
              derivatives:
                lane: unified
                rest_url: http://127.0.0.1:1/derivatives/api/v3
                ws_url: ws://127.0.0.1:1/ws/v1
                api_key_file: {key}
                api_secret_file: {secret}
            account:
              id: main
            storage:
              url: sqlite:{configured.Folder}/data/state.db
            admin:
              listen: 127.0.0.1:0
            universe:
              allow: [BTC/USD, PF_XBTUSD]
            """;
        EffectiveSettings effective = configured.Read(yaml);
        WorkerSettings settings = Configured.Sound(effective);
        Assert.Equal(Configured.PrivateKey, settings.Venue.DerivativesSecret!.Value.Reveal());
        Assert.Equal(4, effective.Notices.Count);
        (int code, _, string error) =
            await Configured.InvokeAsync("run", "--config", configured.FilePath, "--for", "2s");
        Assert.True(code == 0, error);
        Assert.All(Idle, name => Assert.Contains($": {name}: checked, and without effect: ", error,
            StringComparison.Ordinal));
        Assert.Contains("SIMULATED KRAKEN at http://127.0.0.1", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Configured.PrivateKey, error, StringComparison.Ordinal);

        (code, string output, error) =
            await Configured.InvokeAsync("config", "--config", configured.FilePath, "--json");
        Assert.Equal(0, code);
        Assert.All(Idle, name => Assert.Contains(name, error, StringComparison.Ordinal));
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(Idle.Order(), json.RootElement.EnumerateObject()
            .Where(member => member.Value.GetProperty("notice").ValueKind == JsonValueKind.String)
            .Select(member => member.Name).Order());
    }

    [Fact]
    public void A_default_that_is_written_out_is_not_worth_a_word()
    {
        EffectiveSettings effective = Configured.Of(
            "venue: {kind: kraken, spot: {ws_private_url: auto}, derivatives: {rest_url: auto, api_key_file: ''}}");
        Configured.Sound(effective);
        Assert.Empty(effective.Notices);
        string own = "venue: {kind: kraken, derivatives: {rest_url: 'https://futures.kraken.com/derivatives/api/v3'}}";
        Assert.Contains("without effect", Assert.Single(Configured.Of(own).Notices), StringComparison.Ordinal);
    }
}
