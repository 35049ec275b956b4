using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Database;
using TradingBot.Tests.Support;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Replay;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Export;

/// <summary>Signals and results: from the worker into the store, and out as a file.</summary>
public sealed class RunExportTests
{
    [Fact]
    public async Task A_runs_signals_and_results_come_out_as_the_worker_had_them()
    {
        using StoreFolder folder = new();
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out _);
        using VirtualCircle circle = new(RunComposition.OptionsOf(new WorkerSettings()));
        RunRows rows = new(epoch: 1);
        using (StoreWriter writer = new(folder.Open(), StorePlace.OfFile(folder.Path), log, TimeProvider.System))
        {
            writer.Rows = rows;
            RunKeeping keeping = new(rows);
            circle.Run(TimeSpan.FromMinutes(4), () =>
            {
                keeping.Take(circle.Worker, circle.NowNs);
                return false;
            });
            keeping.Take(circle.Worker, circle.NowNs);
            keeping.TakeEquity(circle.Worker, circle.NowNs);
            Assert.Null(writer.Finish());
        }

        string[] signals = await ExportAsync(folder.Path, "signals");
        Assert.Equal("time,symbol,side,kind,limit_price,strength,decision,epoch,number", signals[0]);
        Assert.Equal(circle.Worker.Engine.Signals.Log.Next, signals.Length - 1);
        Dictionary<string, int> decisions = signals[1..].GroupBy(line => line.Split(',')[6])
            .ToDictionary(group => group.Key, group => group.Count());
        foreach (Refusal reason in Enum.GetValues<Refusal>())
        {
            long counted = Enumerable.Range(0, circle.Worker.Symbols.Count)
                .Sum(id => circle.Worker.Engine.Gate.CountOf(id, reason));
            string word = reason == Refusal.None ? "approved" : ReplayReport.NameOf(reason);
            Assert.Equal(counted, decisions.GetValueOrDefault(word));
        }

        Assert.True(decisions["approved"] > 0 && decisions.Count > 1, string.Join(' ', decisions.Keys));
        string[] equity = await ExportAsync(folder.Path, "equity");
        Assert.Equal("time,result,realised,unrealised,positions,epoch", equity[0]);
        Assert.Equal(6, equity.Length);
        double result = double.Parse(equity[^1].Split(',')[1], CultureInfo.InvariantCulture);
        Assert.Equal(RunHistory.ResultOf(circle.Worker), result, tolerance: 2e-8);
        Assert.True(equity[1..].Select(line => line.Split(',')[1]).Distinct().Count() > 1, "nothing was won or lost");

        (int code, _, string error) = await Verb.RunAsync(
            "export", "equity", "--symbol", "BTC/USD", "--db", folder.Path, "--out", "-");
        Assert.Equal(2, code);
        Assert.Contains("no --symbol", error, StringComparison.Ordinal);
    }

    private static async Task<string[]> ExportAsync(string db, string what)
    {
        string parquet = Path.Combine(Path.GetDirectoryName(db)!, what + ".parquet");
        (int code, _, string error) = await Verb.RunAsync("export", what, "--db", db, "--out", parquet);
        Assert.True(code == 0, error);
        Assert.True(new FileInfo(parquet).Length > 100);
        (code, string output, error) = await Verb.RunAsync("export", what, "--db", db, "--out", "-");
        Assert.True(code == 0, error);
        return output.TrimEnd('\n').Split('\n');
    }
}
