using System;
using System.Buffers;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Database;
using TradingBot.Tests.Database;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>What somebody sees who starts <c>run</c> with nothing said and looks for a minute.</summary>
public sealed class FirstMinuteTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    /// <summary>On a machine that is busy with other things the market comes late, and late data is refused.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    [Fact]
    public void The_first_minute_of_the_default_seed_shows_all_there_is_to_see()
    {
        using VirtualCircle circle = new(RunComposition.OptionsOf(new WorkerSettings()));
        circle.Run(Minute);
        using JsonDocument report = ReportOf(circle.Worker);
        AssertSeen(report.RootElement);
        AssertSums(report.RootElement);
        // The venue's own truth, told by nobody on the way.
        OrderRole[] filled = [.. circle.Venue.Oracle.Fills.Select(fill => RoleOf(fill.ClientId)).Distinct()];
        Assert.Contains(OrderRole.Entry, filled);
        Assert.Contains(OrderRole.Stop, filled);
        Assert.Contains(OrderRole.TakeProfit, filled);
        Assert.Equal(circle.Venue.Oracle.FillCount, report.RootElement.GetProperty("fills").GetInt32());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Other_seeds_trade_within_the_minute_too(ulong seed)
    {
        WorkerSettings settings = new() { Venue = new VenueSettings { Seed = seed } };
        using VirtualCircle circle = new(RunComposition.OptionsOf(settings));
        circle.Run(Minute);
        using JsonDocument report = ReportOf(circle.Worker);
        JsonElement r = report.RootElement;
        AssertSums(r);
        Assert.True(r.GetProperty("fills").GetInt64() > 0, "nothing was filled");
        Assert.True(r.GetProperty("stops_hit").GetInt64() + r.GetProperty("take_profits_hit").GetInt64() > 0,
            "no position was closed by its stop or target");
    }

    [Fact]
    public void The_diary_agrees_with_the_venue_on_hits_parts_and_money()
    {
        using VirtualCircle circle = new(RunComposition.OptionsOf(new WorkerSettings()));
        circle.Run(TimeSpan.FromMinutes(5));
        VenueOracle venue = circle.Venue.Oracle;
        AccountDiary diary = circle.Worker.Diary;
        ILookup<OrderRole, string> orders = venue.Fills.Select(fill => fill.ClientId).Distinct().ToLookup(RoleOf);
        Assert.Equal(orders[OrderRole.Stop].Count(), diary.StopsHit);
        Assert.Equal(orders[OrderRole.TakeProfit].Count(), diary.TakeProfitsHit);
        // An order of n fills left a part n - 1 times, and once more if it never was filled whole.
        long parts = venue.Fills.Count - orders.Sum(role => role.Count());
        Assert.InRange(diary.PartialFills, parts, venue.Fills.Count);
        Assert.True(parts > 0, "nothing was filled in parts");
        double deposit = new VenueOptions().DepositDollars;
        double earned = ((venue.Cash + venue.Fills.Sum(fill => fill.Fee)) / 1e9) - deposit;
        // Mean entries are rounded to the instrument's decimals: half a tick of the order's quantity each.
        Assert.InRange(diary.Realised, earned - 0.05, earned + 0.05);
        Assert.True(Math.Abs(earned) > 0.1, $"the money to compare with is next to nothing: {earned}");
    }

    [Fact]
    public async Task The_first_minute_over_real_sockets_shows_it_too()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        WorkerSettings settings = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0) };
        using StoreFolder folder = new();
        StorageAddress address = new(folder.Folder, null);
        using DataFolder? data = DataFolder.Open(address, AccountMark.Parse(settings.Mark), out string error, out _);
        Assert.True(data is not null, error);
        await using RunComposition built =
            await RunComposition.StartAsync(settings, data, 1, keepsJournal: false, token);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        await Task.Factory.StartNew(
            () => built.Run.Run(Patience, long.MaxValue, Look, stop.Token), token, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        using JsonDocument report = ReportOf(built.Run.Worker);
        AssertSeen(report.RootElement);
        AssertSums(report.RootElement);
        using JsonDocument standing = JsonDocument.Parse(built.Run.Status);
        Assert.True(standing.RootElement.GetProperty("ring_depth_max").GetInt32() > 0, "nothing ever waited");
        using JsonDocument history = JsonDocument.Parse(built.Run.History.Bytes);
        Assert.True(history.RootElement.GetProperty("points").GetArrayLength() > 1, "there is no history");

        void Look()
        {
            AccountDiary seen = built.Run.Worker.Diary;
            if (seen is { PartialFills: > 0, StopsHit: > 0, TakeProfitsHit: > 0 }) stop.Cancel();
        }
    }

    private static void AssertSeen(JsonElement report)
    {
        string[] shown = ["entries", "fills", "partial_fills", "stops_hit", "take_profits_hit", "bars", "signals"];
        Assert.All(shown, name => Assert.True(report.GetProperty(name).GetInt64() > 0, name));
        Assert.NotEmpty(report.GetProperty("refused").EnumerateObject());
    }

    private static void AssertSums(JsonElement report)
    {
        Assert.Equal(0, report.GetProperty("checksum_mismatches").GetInt64());
        Assert.InRange(report.GetProperty("unprotected_seconds_max").GetDouble(), 0, 5);
        Assert.Equal(report.GetProperty("intents").GetInt64(), report.GetProperty("orders").GetInt64());
        long approved = report.GetProperty("approved").GetInt64();
        Assert.Equal(report.GetProperty("signals").GetInt64(), approved + SumOf(report.GetProperty("refused")));
        Assert.Equal(approved, report.GetProperty("entries").GetInt64() + SumOf(report.GetProperty("entries_refused")));
    }

    private static long SumOf(JsonElement counts) => counts.EnumerateObject().Sum(count => count.Value.GetInt64());

    private static OrderRole RoleOf(string clientId) =>
        ClientOrderId.TryParse(Encoding.ASCII.GetBytes(clientId), out ClientOrderId id) ? id.Role : OrderRole.None;

    private static JsonDocument ReportOf(CircleWorker worker)
    {
        CircleFigures figures = new();
        figures.TakeIn(worker);
        ArrayBufferWriter<byte> bytes = new();
        using Utf8JsonWriter json = new(bytes);
        json.WriteStartObject();
        figures.Write(json);
        json.WriteNumber("fills", figures.Fills);
        json.WriteEndObject();
        json.Flush();
        return JsonDocument.Parse(bytes.WrittenMemory);
    }
}
