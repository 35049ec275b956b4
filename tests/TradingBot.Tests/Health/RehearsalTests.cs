using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Universe;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Settings;
using TradingBot.Worker;
using TradingBot.Worker.Health;
using Xunit;

namespace TradingBot.Tests.Health;

/// <summary><c>live --rehearse</c> over loopback, on each lane, as a person calls it.</summary>
public sealed class RehearsalTests
{
    private static readonly VenueOptions Options = new()
    {
        ApiKey = Configured.ApiKey,
        ApiSecret = Configured.PrivateKey,
        DerivativesKey = Configured.ApiKey,
        DerivativesSecret = Configured.PrivateKey,
    };

    [Theory]
    [InlineData("unified")]
    [InlineData("legacy")]
    [InlineData("spot")]
    public async Task A_lane_is_rehearsed_leaves_nothing_and_says_what_is_known_now(string lane)
    {
        await using LoopbackKraken venue = await DoctorTests.StartAsync(Options);
        using Configured configured = new();
        string config = Write(configured, venue);
        (int code, string output, string error) = await Configured.InvokeAsync(
            "live", "--rehearse", "--send", "--lane", lane, "--config", config, "--json");
        Assert.True(code == ExitCode.Ok, output + error);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement root = json.RootElement;
        Assert.Equal((lane, true), (root.GetProperty("lane").GetString(), root.GetProperty("sent").GetBoolean()));
        string[] steps = [.. root.GetProperty("steps").EnumerateArray().Select(step =>
            $"{step.GetProperty("step").GetString()}: {step.GetProperty("outcome").GetString()}")];
        Assert.Contains("place a far limit order, post only: accepted", steps);
        Assert.Contains("move its price: accepted", steps);
        Assert.Contains("cancel it: accepted", steps);
        Assert.Equal("look at the account: nothing is left", steps[^1]);
        if (lane == "legacy") Assert.Contains("place two orders in one request: accepted; accepted", steps);
        if (lane == "spot")
        {
            Assert.Contains("validate a far limit order: accepted", steps);
            Assert.Contains("place it by REST: accepted", steps);
            Assert.Contains("read it by its id: 1 rows", steps);
            Assert.Contains("move its price by REST: accepted", steps);
            Assert.Contains("cancel it by REST: accepted", steps);
        }

        JsonElement known = root.GetProperty("known");
        Assert.StartsWith("yes", known.GetProperty("a price can be changed in place").GetString(),
            StringComparison.Ordinal);
        Assert.Equal("stays", known.GetProperty("the venue's id after a change").GetString());
        Assert.Equal("none", known.GetProperty("members of the venue's frames that nobody assumed").GetString());
        Assert.True(lane == "spot"
            ? known.TryGetProperty("a trigger to sell what the account may not hold", out _)
            : known.TryGetProperty("a reduce-only trigger without a position", out _));
        Assert.Empty(venue.Ask(kraken => kraken.Oracle.LiveOrders));
        Assert.Empty(venue.Ask(kraken => kraken.Spot.LiveOrders));
        Assert.Equal(0, venue.Ask(kraken => kraken.Oracle.FillCount));
        Assert.DoesNotContain(Configured.PrivateKey, output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_send_a_plan_is_shown_and_nothing_leaves()
    {
        await using LoopbackKraken venue = await DoctorTests.StartAsync(Options);
        using Configured configured = new();
        (int code, string output, string error) = await Configured.InvokeAsync(
            "live", "--rehearse", "--config", Write(configured, venue), "--percent", "20");
        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("Nothing was sent", output, StringComparison.Ordinal);
        Assert.Contains("post only", error, StringComparison.Ordinal);
        Assert.Equal(0, venue.Ask(kraken => kraken.ConnectionsOf(VenueEndpoint.UnifiedPrivate).Length));
    }

    [Fact]
    public async Task An_order_whose_answer_is_lost_is_cancelled_all_the_same()
    {
        VenueOptions options = Options with { Faults = new FaultPlan() };
        await using LoopbackKraken venue = await DoctorTests.StartAsync(options);
        options.Faults.Arm(VenueFault.DropReply);
        using Configured configured = new();
        (int code, string output, string error) = await Configured.InvokeAsync(
            "live", "--rehearse", "--send", "--lane", "legacy", "--config", Write(configured, venue));
        Assert.True(code == ExitCode.Ok, output + error);
        Assert.Contains("unknown", output, StringComparison.Ordinal);
        Assert.Contains("nothing is left", output, StringComparison.Ordinal);
        Assert.Empty(venue.Ask(kraken => kraken.Oracle.LiveOrders));
    }

    [Theory]
    [InlineData("live knows --rehearse only", "live")]
    [InlineData("none of unified, legacy, spot", "live", "--rehearse", "--lane", "other")]
    [InlineData("need --account", "live", "--rehearse", "--send", "--venue", "kraken")]
    [InlineData("--percent takes 5 to 50", "live", "--rehearse", "--percent", "2")]
    public async Task What_it_does_not_do_it_refuses_in_words(string words, params string[] arguments)
    {
        (int code, _, string error) = await Configured.InvokeAsync(arguments);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_is_as_small_as_the_venue_takes_and_on_its_steps()
    {
        InstrumentSpec spec = new()
        {
            Id = "BTC/USD",
            Kind = InstrumentKind.Spot,
            Base = "BTC",
            Quote = "USD",
            PriceStep = new Amount(5, 1),
            QuantityStep = new Amount(1, 8),
            QuantityMin = new Amount(5, 5),
            CostMin = new Amount(5, 0),
        };
        RehearsalPlan plan = RehearsalPlan.Of(
            spec, "BTC/USD", 0, 60_000.3m, 10, 1_800_000_000_000_000_000, out string fault)!;
        Assert.Equal("", fault);
        // 54000 on steps of 0.5, and 5 dollars of it.
        Assert.Equal((540_000L, 9_260L, 8), (plan.Entry.LimitPrice, plan.Entry.Quantity, plan.Entry.QuantityDecimals));
        Assert.Equal(539_995, plan.Moved(plan.Entry).LimitPrice);
        Assert.True(plan.Entry.PostOnly && !plan.Stop.ReduceOnly);
        Assert.Equal(1_800_000_000u, plan.Entry.Id.Epoch);
        Assert.Null(RehearsalPlan.Of(spec with { PriceStep = null }, "BTC/USD", 0, 60_000m, 10, 0, out fault));
        Assert.Contains("price step", fault, StringComparison.Ordinal);
    }

    internal static string Write(Configured configured, LoopbackKraken venue)
    {
        string key = configured.Write("k", Configured.ApiKey, UnixFileMode.UserRead);
        string secret = configured.Write("s", Configured.PrivateKey, UnixFileMode.UserRead);
        File.WriteAllText(configured.FilePath, $"""
            mode: live
            account: [id: main]
            venue:
              kind: simulated
              spot:
                rest_url: {venue.RestUrl}
                ws_public_url: {venue.SpotPublicUrl}
                ws_private_url: {venue.SpotPrivateUrl}
                api_key_file: {key}
                api_secret_file: {secret}
              unified:
                public_url: {venue.UnifiedPublicUrl}
                private_url: {venue.UnifiedPrivateUrl}
              derivatives:
                rest_url: {venue.RestUrl}derivatives/api/v3
                ws_url: {venue.FuturesUrl}
                api_key_file: {key}
                api_secret_file: {secret}
            storage:
              url: sqlite:{configured.Folder}/data/state.db
            admin:
              listen: 127.0.0.1:0
            """.Replace("[id: main]", "{id: main}", StringComparison.Ordinal));
        return configured.FilePath;
    }
}
