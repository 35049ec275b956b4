using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>The verb <c>record</c> beside a venue that lists and speaks by itself.</summary>
public sealed class RecordVerbTests : IDisposable
{
    private readonly Recordings _recordings = new();

    private string Folder => Path.Combine(_recordings.Folder, "feed");

    public void Dispose() => _recordings.Dispose();

    [Fact]
    public async Task The_universe_is_every_spot_symbol_that_the_venue_lists_and_all_of_it_is_confirmed()
    {
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions(), 0, TestContext.Current.CancellationToken);
        JsonElement recorded = await RecordAsync(venue, "--universe");
        string[] books = [.. Subscriptions().Where(one => one.StartsWith("book ", StringComparison.Ordinal))];
        Assert.Equal(VenueInstruments.Spot.Select(one => "book " + one.Symbol).Order(), books.Order());
        // The instruments, and a book and the trades of each.
        Assert.Equal(1 + (2 * books.Length), recorded.GetProperty("subscriptions_confirmed").GetInt32());
        await AssertCleanAsync(recorded);
    }

    [Fact]
    public async Task Perpetuals_are_recorded_from_the_unified_socket_beside_spot_and_the_replay_agrees_I5()
    {
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions(), 0, TestContext.Current.CancellationToken);
        JsonElement recorded = await RecordAsync(venue, "--symbols", "PF_XBTUSD,PF_ETHUSD,BTC/USD");
        Assert.Equal(
            ["spot-v2", "unified"],
            Recordings.Rows(Folder, "open").Select(row => row.GetProperty("dialect").GetString()).Order());
        Assert.Equal(8, recorded.GetProperty("subscriptions_confirmed").GetInt32());
        await AssertCleanAsync(recorded);
        (int code, string text, _) = await Verb.RunAsync("capture", "export", Folder, "--dialect", "unified");
        Assert.Equal(0, code);
        Assert.Contains("PF_XBTUSD", text, StringComparison.Ordinal);
        Assert.DoesNotContain("BTC/USD", text, StringComparison.Ordinal);
    }

    private async Task<JsonElement> RecordAsync(LoopbackKraken venue, params string[] what)
    {
        (int code, string output, string error) = await Verb.RunAsync(
        [
            "record", .. what, "--for", "6s", "--out", Folder, "--url", venue.SpotPublicUrl.ToString(),
            "--unified-url", venue.UnifiedPublicUrl.ToString(), "--json",
        ]);
        Assert.True(code == 0, error);
        JsonElement recorded = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            recorded.GetProperty("subscriptions_wanted").GetInt32(),
            recorded.GetProperty("subscriptions_confirmed").GetInt32());
        return recorded;
    }

    private async Task AssertCleanAsync(JsonElement recorded)
    {
        Assert.True(recorded.GetProperty("checksums_verified").GetInt64() > 0);
        Assert.Equal((0, 0, 0), (
            recorded.GetProperty("checksum_mismatches").GetInt32(), recorded.GetProperty("parse_errors").GetInt32(),
            recorded.GetProperty("capture_records_lost").GetInt32()));
        (int code, _, string error) = await Verb.RunAsync("capture", "verify", Folder);
        Assert.True(code == 0, error);
        (code, string output, error) = await Verb.RunAsync("replay", Folder, "--json");
        Assert.True(code == 0, error);
        Assert.Equal(
            recorded.GetProperty("state_hash").GetString(),
            JsonDocument.Parse(output).RootElement.GetProperty("state_hash").GetString());
    }

    private string[] Subscriptions() =>
    [
        .. Recordings.Read(Folder, out _).Where(record => record.Kind == Storage.Capture.CaptureRecordKind.Opened)
            .SelectMany(record => JsonDocument.Parse(record.Payload).RootElement.GetProperty("Subscriptions")
                .EnumerateArray().Select(one => one.GetString()!)),
    ];
}
