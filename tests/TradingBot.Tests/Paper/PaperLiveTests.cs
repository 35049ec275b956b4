using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Values;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Paper;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Circle;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker;
using TradingBot.Worker.Circle;
using TradingBot.Tests.Settings;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Paper;

/// <summary>Paper over real sockets: the public side of a simulated Kraken on loopback stands for Kraken.</summary>
public sealed class PaperLiveTests : IDisposable
{
    private const string Mark = "paper:kraken";

    private static readonly Uri Nowhere = new("ws://127.0.0.1:1/");

    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-paper-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_entry_over_sockets_fills_on_paper_and_is_protected_within_the_grace_I1()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using LoopbackKraken venue =
            await LoopbackKraken.StartAsync(new VenueOptions { Activity = 12 }, 0, token);
        await using SocketWire sockets = new(AddressesOf(venue));
        CircleOptions options = new()
        {
            Mark = Mark,
            Limits = Circles.OperatorOnly,
        };
        RecordingWire outer = new(sockets);
        PaperWire? paper = PaperKraken.Over(outer, _folder, options, out string fault);
        Assert.True(paper is not null, fault);
        using MemoryLogFile file = new();
        IntentLog log = IntentLog.Open(file, Mark, out _, out _)!;
        LiveRun run = new(options, sockets, log, 1, "paper", "kraken", paper);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        bool isEntered = false;
        long protectedNs = 0;
        void Watch()
        {
            long last = paper.Oracle.LastPrice(ScriptedFeed.Perpetual);
            if (!isEntered && run.Worker.Protection.Ready && last != 0)
            {
                run.Worker.Operate(Entry(run.Worker, last), NowNs());
                isEntered = true;
            }

            bool isOpen = paper.Oracle.PositionLots(ScriptedFeed.Perpetual) != 0;
            if (isOpen && paper.Oracle.UnprotectedCurrentNs(ScriptedFeed.Perpetual) == 0) protectedNs++;
            if (protectedNs > 20) stop.Cancel();
        }

        await Task.Factory.StartNew(
            () => run.Run(TimeSpan.FromSeconds(60), long.MaxValue, Watch, stop.Token), token,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(protectedNs > 20, "no protected position in 60 s");
        Assert.Equal(200, paper.Oracle.PositionLots(ScriptedFeed.Perpetual));
        Assert.Contains(paper.Oracle.LiveOrders, order => order.Type == VenueOrderType.StopLoss && order.Lots == 200);
        Assert.True(paper.Oracle.UnprotectedLongestNs(ScriptedFeed.Perpetual) < 5_000_000_000);
        Assert.Equal(0, venue.Ask(kraken => kraken.Oracle.FillCount));
        Assert.DoesNotContain(WireEndpoint.UnifiedPrivate, outer.Opened);
        Assert.Empty(outer.Indiscreet);
        Assert.Equal(0, run.Worker.Wire.Errors);
    }

    [Fact]
    public async Task The_verb_runs_on_paper_with_a_log_of_its_own_mark()
    {
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions { Activity = 12 }, 0, TestContext.Current.CancellationToken);
        string config = await ConfigureAsync(AddressesOf(venue));
        (int code, _, string error) = await Configured.InvokeAsync(
            "run", "--for", "3s", "--port", "0", "--data", _folder, "--config", config);
        Assert.True(code == 0, error);
        Assert.Contains("orders stay on this machine", error, StringComparison.Ordinal);
        using DiskLogFile file = DiskLogFile.Open(Path.Combine(_folder, "intents.log"), 0);
        Assert.NotNull(IntentLog.Open(file, "paper:kraken", out _, out _));
    }

    [Fact]
    public async Task The_verb_does_not_start_on_an_account_it_cannot_believe()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(Path.Combine(_folder, "paper-account.json"), "?", token);
        VenueAddresses nowhere = new(new Uri("http://127.0.0.1:1"), Nowhere, Nowhere, Nowhere);
        (int code, _, string error) = await Configured.InvokeAsync(
            "run", "--for", "60s", "--port", "0", "--data", _folder, "--config", await ConfigureAsync(nowhere));
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("paper-account.json", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Kraken_s_own_addresses_are_public_ones()
    {
        VenueAddresses addresses = PaperKraken.PublicOnly(VenueSettings.Kraken);
        Assert.Equal("wss://ws.kraken.com/v2", addresses.SpotPublic.AbsoluteUri);
        Assert.Equal("wss://uws.kraken.com/v2/public", addresses.UnifiedPublic.AbsoluteUri);
        Assert.True(addresses.UnifiedPrivate.IsLoopback);
    }

    private async Task<string> ConfigureAsync(VenueAddresses addresses)
    {
        string path = Path.Combine(_folder, "tradingbot.yaml");
        string yaml = $$"""
            venue:
              kind: kraken
              spot: {rest_url: '{{addresses.Rest}}', ws_public_url: '{{addresses.SpotPublic}}'}
              unified: {public_url: '{{addresses.UnifiedPublic}}'}
            """;
        await File.WriteAllTextAsync(path, yaml, TestContext.Current.CancellationToken);
        return path;
    }

    private static VenueAddresses AddressesOf(LoopbackKraken venue) =>
        new(venue.RestUrl, venue.SpotPublicUrl, venue.UnifiedPublicUrl, Nowhere);

    private static long NowNs() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private static AccountRecord Entry(CircleWorker worker, long price) => new()
    {
        Kind = AccountEventKind.Enter,
        InstrumentId = worker.IdOf(ScriptedFeed.Perpetual),
        Side = Side.Buy,
        Quantity = 200,
        QuantityDecimals = 4,
        Price = price * 101 / 100,
        TriggerPrice = price * 98 / 100,
        PriceDecimals = 0,
    };
}
