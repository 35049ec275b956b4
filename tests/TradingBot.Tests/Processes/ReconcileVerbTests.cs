using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Processes;

/// <summary>The verb <c>reconcile</c> beside an account that a killed worker left behind.</summary>
public sealed class ReconcileVerbTests : IDisposable
{
    private static readonly string[] Symbols =
        [.. VenueInstruments.Perpetuals.Select(instrument => instrument.Symbol)];

    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-reconcile").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_tells_what_it_would_send_and_sends_it_only_when_it_may_and_then_there_is_nothing_left_I1_I11()
    {
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions { Activity = 150 }, new LoopbackOptions(), TestContext.Current.CancellationToken);
        string config = WorkerProcess.Configure(_folder, venue);
        // Stops so far away that positions outlive the worker.
        string text = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            config, text.Replace("stop_distance_ppm: 1000", "take_profit: false, stop_distance_ppm: 200000",
                StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        using (WorkerProcess worker = WorkerProcess.Start(_folder, "--config", config))
        {
            await UntilAsync(() => venue.Ask(v => Symbols.Any(symbol => v.Oracle.PositionLots(symbol) != 0)
                && Symbols.All(symbol => v.Oracle.UnprotectedCurrentNs(symbol) == 0)), "no position with its stop");
            worker.Kill();
            await worker.EndAsync();
        }

        venue.Ask(v =>
        {
            v.Faults.Arm(VenueFault.LoseStop);
            return true;
        });
        await UntilAsync(() => Naked(venue), "no stop was lost");
        string[] verb = ["reconcile", "--config", config, "--data", _folder];
        (int code, string output, string errors) = await Verb.RunAsync(verb);
        Assert.True(code == 5, $"{code}: {errors}{output}");
        Assert.Contains("R1 PF_", output, StringComparison.Ordinal);
        Assert.Contains("would send: place stop: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain(" 0 without a whole stop", output, StringComparison.Ordinal);
        Assert.True(Naked(venue), "a dry look sent something");

        (code, output, errors) = await Verb.RunAsync([.. verb, "--apply"]);
        Assert.True(code == 0, $"{code}: {errors}{output}");
        Assert.Contains("sent: place stop: ", output, StringComparison.Ordinal);
        Assert.False(Naked(venue), "not protected");

        (code, output, errors) = await Verb.RunAsync([.. verb, "--json"]);
        Assert.True(code == 0, $"{code}: {errors}{output}");
        Assert.Contains("\"unprotected\":0", output, StringComparison.Ordinal);
        Assert.Contains("\"orders\":[]", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_account_can_be_seen_it_says_so()
    {
        (int code, _, string errors) = await Verb.RunAsync("reconcile", "--data", _folder);
        Assert.True(code == 2, $"{code}: {errors}");
        Assert.Contains("lives only while run does", errors, StringComparison.Ordinal);
        (code, _, errors) = await Verb.RunAsync("reconcile", "--data", _folder, "--for", "soon");
        Assert.True(code == 2, $"{code}: {errors}");
        Assert.Contains("--for 'soon' is not a time", errors, StringComparison.Ordinal);
    }

    private static bool Naked(LoopbackKraken venue) =>
        venue.Ask(v => Symbols.Any(symbol => v.Oracle.UnprotectedCurrentNs(symbol) > 0));

    private static async Task UntilAsync(Func<bool> holds, string words)
    {
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(90));
        while (!holds())
        {
            Assert.False(late.IsCancellationRequested, words);
            await Task.Delay(TimeSpan.FromMilliseconds(25), TestContext.Current.CancellationToken);
        }
    }
}
