// In:     the built benchmarks, bench/allocations.json, bench/history.jsonl.   Out: a table, and the exit code.
// Thread: one, but for rows that measure hand-offs.
// Keeps:  bytes are gated exactly and always; ratios only against bench/References, in the default instruction set, at
//         the recorded value less its margin and never below the floor; a breach is measured again before it fails.
// Budget: 8 minutes on two cores.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using guard;
using TradingBot.Bench.Ratios;

const string Usage = """
    usage: guard [--bytes | --ratios [ID …]] [--record]
      (nothing)    gates bytes per operation, then every ratio
      --bytes      bytes only
      --ratios     ratios only; IDs choose rows
      --record     adds the ratios to bench/history.jsonl when everything held
    """;

string[] flags = [.. args.Where(arg => arg.StartsWith('-'))];
string[] ids = [.. args.Where(arg => !arg.StartsWith('-'))];
string? strange = flags.Except(["--bytes", "--ratios", "--record"])
    .Concat(ids.Except(RatioTable.Rows.Select(row => row.Id))).FirstOrDefault();
if (strange is not null || (flags.Contains("--record") && (ids.Length > 0 || flags.Contains("--bytes"))))
{
    Console.Error.WriteLine(strange is null ? "--record needs every ratio." : $"'{strange}' is no option and no row.");
    Console.Error.WriteLine(Usage);
    return 2;
}

if (Checkout.Find() is not { } root)
{
    Console.Error.WriteLine("The guard reads bench/ of a checkout: run it from inside one.");
    return 2;
}

bool held = true;
if (!flags.Contains("--ratios")) held = ByteGate.Run(Path.Combine(root, "bench", "allocations.json"), Console.Out);
if (flags.Contains("--bytes")) return held ? 0 : 1;

string historyPath = Path.Combine(root, "bench", "history.jsonl");
IReadOnlyList<string> switches = InstructionSets.Switched(Environment.GetEnvironmentVariables());
if (switches.Count > 0)
{
    string set = string.Join(", ", switches);
    Console.WriteLine($"Ratios are not gated: {set} is set, and they belong to the default instruction set.");
    return held ? 0 : 1;
}

RecordedRuns history = RecordedRuns.Read(historyPath);
held &= RatioGate.Run(ids, history.LastOf(RatioTable.Processor), Console.Out, out List<RatioReading> readings);
if (!held) return 1;
if (!flags.Contains("--record")) return 0;
RecordedRuns.Append(historyPath, Checkout.Commit(root), readings);
Console.WriteLine($"Recorded in {historyPath}.");
return 0;
