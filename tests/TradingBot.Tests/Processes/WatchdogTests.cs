using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Settings;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using TradingBot.Worker;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Processes;

/// <summary>kill -9 of the worker while a watchdog looks: its entries go, its stops stay.</summary>
public sealed class WatchdogTests : IDisposable
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>For a machine that is busy with other things; spent only on a failure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Configured _configured = new();

    public void Dispose() => _configured.Dispose();

    [Fact]
    public async Task Killed_at_random_moments_its_entries_are_gone_within_a_minute_and_every_stop_lives()
    {
        Random random = Seed.Random(20261128, "kill -9 beside a watchdog");
        int kills = Seed.Count(ci: 5, full: 200);
        VenueOptions options = new() { Seed = 7 };
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            options, 0, TestContext.Current.CancellationToken);
        string config = Configure(venue, options.CancelKey, options.CancelSecret);
        string folder = Path.Combine(_configured.Folder, "data");
        using Process dog = Verb.Start("watchdog", "--config", config, "--data", folder);
        Task<string> said = dog.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        for (int kill = 0; kill < kills; kill++)
        {
            using WorkerProcess worker = WorkerProcess.Start(folder, "--config", config, "--script", Script());
            await UntilAsync(venue, () => Resting(venue, OrderRole.Entry) > 0 && Resting(venue, OrderRole.Stop) > 0);
            await Task.Delay(random.Next(1_000), TestContext.Current.CancellationToken);
            int stops = Resting(venue, OrderRole.Stop);
            worker.Kill();
            await worker.EndAsync();
            long diedNs = venue.Ask(v => v.NowNs);
            await UntilAsync(venue, () => Resting(venue, OrderRole.Entry) == 0);
            double seconds = (venue.Ask(v => v.NowNs) - diedNs) / 1e9;
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"kill {kill + 1}: entries gone after {seconds:0.0} s, {stops} stops live"));
            Assert.True(seconds <= 60, $"the entries rested for {seconds} s");
            Assert.Equal(stops, Resting(venue, OrderRole.Stop));
        }

        await Verb.NeedAsync("kill", "-TERM", dog.Id.ToString(CultureInfo.InvariantCulture));
        await dog.WaitForExitAsync(TestContext.Current.CancellationToken);
        string words = await said;
        Assert.Equal(0, dog.ExitCode);
        Assert.Contains("done: epoch", words, StringComparison.Ordinal);
        Assert.DoesNotContain("failed", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("close-trades,create-ws-token,modify-trades", "may create orders")]
    [InlineData("close-trades,create-ws-token,withdraw-funds", "can move money")]
    [InlineData("create-ws-token", "lacks 'Cancel & close orders'")]
    public async Task A_key_that_may_more_or_less_than_cancel_is_refused(string rights, string words)
    {
        VenueOptions options = new() { CancelKeyRights = rights.Split(',') };
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            options, 0, TestContext.Current.CancellationToken);
        string config = Configure(venue, options.CancelKey, options.CancelSecret);
        (int code, _, string error) = await Configured.InvokeAsync("watchdog", "--config", config, "--for", "5s");
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_or_with_a_venue_that_dies_with_the_worker_it_does_not_start()
    {
        (int code, _, string error) = await Configured.InvokeAsync("watchdog", "--for", "1s");
        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains("watchdog.api_key_file", error, StringComparison.Ordinal);
        string config = Configure(null, "k", "c2VjcmV0");
        (code, _, error) = await Configured.InvokeAsync("watchdog", "--config", config, "--for", "1s");
        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains("dies with it", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_handed_over_is_read_as_it_was_written_and_half_a_file_is_not_believed()
    {
        using (EntryHandOver file = new(_configured.Folder, 12))
        {
            for (int i = 0; i < EntryHandOver.EntriesMax + 2; i++)
            {
                file.Add(ClientOrderId.Of(12, i, OrderRole.Entry, 0));
            }

            file.Remove(ClientOrderId.Of(12, 5, OrderRole.Entry, 0));
            file.Beat(2 * SecondNs);
            HandedOver read = EntryHandOver.Read(_configured.Folder)!;
            Assert.Equal((12u, EntryHandOver.EntriesMax - 1), (read.Epoch, read.Entries.Count));
            byte[] text = new byte[ClientOrderId.TextBytes];
            ClientOrderId.Of(12, 2, OrderRole.Entry, 0).Write(text);
            Assert.Equal(Encoding.ASCII.GetString(text), read.Entries[0]);
            file.Beat((2 * SecondNs) + 1);
            Assert.Equal(read.Sequence, EntryHandOver.Read(_configured.Folder)!.Sequence);
            file.Beat(3 * SecondNs);
            Assert.Equal(read.Sequence + 1, EntryHandOver.Read(_configured.Folder)!.Sequence);
        }

        string path = EntryHandOver.PathOf(_configured.Folder);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[40] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Null(EntryHandOver.Read(_configured.Folder));
        File.WriteAllBytes(path, bytes[..20]);
        Assert.Null(EntryHandOver.Read(_configured.Folder));
        File.Delete(path);
        Assert.Null(EntryHandOver.Read(_configured.Folder));
    }

    private static int Resting(LoopbackKraken venue, OrderRole role) => venue.Ask(v => v.Oracle.LiveOrders.Count(
        order => ClientOrderId.TryParse(Encoding.ASCII.GetBytes(order.ClientId), out ClientOrderId id)
            && id.Role == role));

    private static async Task UntilAsync(LoopbackKraken venue, Func<bool> condition)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience)
            {
                OracleOrder[] orders = venue.Ask(v => v.Oracle.LiveOrders.ToArray());
                string live = string.Join('\n', orders.Select(order => order.ToString()));
                Assert.Fail($"it did not come to it in {Patience}; live: {live}");
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A position with its stop, and an entry far below the market that rests.</summary>
    private string Script()
    {
        string path = Path.Combine(_configured.Folder, "script.yaml");
        File.WriteAllText(path, """
            - {at: 1s, do: enter, symbol: PF_ETHUSD, side: buy, type: market, quantity: "0.01", stop_price: "1500",
               take_profit: []}
            - {at: 1s, do: enter, symbol: PF_XBTUSD, side: buy, type: limit, quantity: "0.001", limit_price: "40000",
               stop_price: "39000", take_profit: []}

            """);
        return path;
    }

    private string Configure(LoopbackKraken? venue, string key, string secret)
    {
        string keyFile = _configured.Write("dog-key", key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string secretFile = _configured.Write("dog-secret", secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string venuePart = venue is null ? "" : $$"""
            venue:
              spot: {rest_url: "{{venue.RestUrl}}", ws_public_url: "{{venue.SpotPublicUrl}}"}
              unified: {public_url: "{{venue.UnifiedPublicUrl}}", private_url: "{{venue.UnifiedPrivateUrl}}"}
            """;
        File.WriteAllText(_configured.FilePath, $$"""
            {{venuePart}}
            storage: {url: '{{Path.Combine(_configured.Folder, "data")}}'}
            universe: {allow: [PF_XBTUSD, PF_ETHUSD]}
            strategy: {imbalance_trigger_percent: 95, flow_min_percent: 95}
            protection: {starts_max: 0}
            risk:
              price_collar_ppm: 500000
              order_time_to_live_ms: 600000
              orders_per_window_max: 2
              order_window_ms: 60000
            watchdog: {api_key_file: '{{keyFile}}', api_secret_file: '{{secretFile}}', after_seconds: 3}

            """);
        return _configured.FilePath;
    }
}
