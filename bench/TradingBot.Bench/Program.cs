using System.Collections.Generic;
using System.Linq;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using TradingBot.Bench;
using TradingBot.Bench.Latency;
using TradingBot.Bench.Rates;
using TradingBot.Bench.Ratios;
using TradingBot.Bench.Stores;

switch (args.FirstOrDefault())
{
    case "ratios":
        return RatioTable.Run(args[1..]);
    case "stages":
        return StageCosts.Run();
    case "latency":
        return LatencyRun.Run(args[1..]);
    case "rates":
        return await RateVerb.RunAsync(args[1..]);
    case "venue":
        return VenueRates.Run();
    case "store":
        return StoreVerb.Run(args[1..]);
    case RateSource.ChildVerb:
        return RateSource.Run(args[1..]);
    case ColdStart.ChildVerb:
        return ColdStart.RunChild();
    default:
        break;
}

// Every class shows bytes per operation, and leaves a JSON file that a guard can compare exactly.
ManualConfig config = ManualConfig.Create(DefaultConfig.Instance)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddExporter(JsonExporter.Full)
    .HideColumns(Column.Error, Column.StdDev, Column.RatioSD, Column.Gen0);

IEnumerable<Summary> summaries = BenchmarkSwitcher.FromAssembly(typeof(MantissaBench).Assembly).Run(args, config);

// The switcher reports faults in its text only; a script needs them in the exit code.
return summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(report => !report.Success)) ? 1 : 0;
