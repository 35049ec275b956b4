using System;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using TradingBot.Worker;
using Xunit;

namespace TradingBot.Tests.Operator;

/// <summary><c>flatten</c> as a process beside a worker that runs.</summary>
public sealed partial class FlattenVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tb").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_tells_first_closes_when_told_to_and_leaves_entries_halted_I10()
    {
        long price = new SimulatedKraken(new VenueOptions { Activity = 12 }).Oracle.LastPrice("PF_XBTUSD");
        string script = Path.Combine(_folder, "script.yaml");
        await File.WriteAllTextAsync(
            script, "- {at: 500ms, do: enter, symbol: PF_XBTUSD, side: buy, type: market, quantity: '0.05', "
                + $"stop_price: '{price * 90 / 100}', take_profit: ['{price * 120 / 100}']}}\n", Token);
        string data = Path.Combine(_folder, "d");
        using Process run = Verb.Start("run", "--script", script, "--for", "120s", "--port", "0", "--data", data);
        string line = (await run.StandardError.ReadLineAsync(Token))!;
        while (!PageLine().IsMatch(line)) line = (await run.StandardError.ReadLineAsync(Token))!;
        Uri page = new(PageLine().Match(line).Value);
        await UntilOpenAsync(page, 1);

        (int code, string output, string error) = await FlattenAsync(data, "simulated");
        Assert.True(code == 0, error);
        Assert.Contains("would send: sell 0.05 PF_XBTUSD, reduce-only", output, StringComparison.Ordinal);
        Assert.Contains("nothing was done", output, StringComparison.Ordinal);
        (code, output, _) = await FlattenAsync(data, "main", "--apply");
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("another id", output, StringComparison.Ordinal);
        await UntilOpenAsync(page, 1);

        (code, output, error) = await FlattenAsync(data, "simulated", "--apply", "--json");
        Assert.True(code == 0, output + error);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("halted").GetBoolean());
        Assert.Equal("sell 0.05 PF_XBTUSD", json.RootElement.GetProperty("orders")[0].GetString());
        Assert.Equal(0, json.RootElement.GetProperty("open").GetArrayLength());
        await UntilOpenAsync(page, 0);
        run.Kill();
        await run.WaitForExitAsync(Token);
    }

    [Fact]
    public async Task Without_a_worker_it_says_where_to_close_and_without_an_account_it_does_not_start()
    {
        (int code, _, string error) = await FlattenAsync(_folder, "simulated", "--apply");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("close at Kraken's own page", error, StringComparison.Ordinal);
        (code, _, _) = await Verb.RunAsync("flatten", "--reason", "test", "--data", _folder);
        Assert.NotEqual(ExitCode.Ok, code);
    }

    private static Task<(int Code, string Output, string Error)> FlattenAsync(
        string folder, string account, params string[] more) => Verb.RunAsync(
            ["flatten", "--account", account, "--reason", "test", "--data", folder, .. more]);

    private static async Task UntilOpenAsync(Uri page, int positions)
    {
        using SocketsHttpHandler handler = new();
        using HttpClient client = new(handler);
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            byte[] bytes = await client.GetByteArrayAsync(new Uri(page, "/api/status"), Token);
            if (bytes.Length > 0)
            {
                using JsonDocument status = JsonDocument.Parse(bytes);
                if (status.RootElement.GetProperty("positions_open").GetInt32() == positions) return;
            }

            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), $"never {positions} positions");
            await Task.Delay(TimeSpan.FromMilliseconds(100), Token);
        }
    }

    [GeneratedRegex("http://[^ ]+")]
    private static partial Regex PageLine();
}
