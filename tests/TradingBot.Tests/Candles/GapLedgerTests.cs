using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Storage.Candles;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Candles;

/// <summary>The ledger against a line of single intervals, each with its own state.</summary>
public sealed class GapLedgerTests
{
    private const int Length = 40;

    [Fact]
    public void Whatever_comes_and_goes_every_interval_has_the_state_it_should_have()
    {
        Random random = Seed.Random(33, "ledger");
        for (int run = 0; run < Seed.Count(ci: 200, full: 20_000); run++)
        {
            GapState[] line = new GapState[Length];
            List<BarGap> ledger = [];
            for (int step = 0; step < 6; step++)
            {
                if (random.Next(3) == 0)
                {
                    int from = random.Next(Length);
                    int to = random.Next(from, Length) + 1;
                    ledger = GapLedger.Prove(ledger, from, to, "proof");
                    for (int i = from; i < to; i++)
                    {
                        if (line[i] == GapState.Detected) line[i] = GapState.Proven;
                    }
                }
                else
                {
                    bool[] missing = [.. Enumerable.Range(0, Length).Select(_ => random.Next(3) == 0)];
                    ledger = GapLedger.Settle(ledger, Runs(missing), "why");
                    for (int i = 0; i < Length; i++) line[i] = Next(line[i], missing[i]);
                }

                Assert.Equal(line, Spread(ledger));
            }
        }
    }

    private static GapState Next(GapState state, bool isMissing) => (state, isMissing) switch
    {
        (GapState.None, false) => GapState.None,
        (GapState.Proven, true) => GapState.Proven,
        (_, true) => GapState.Detected,
        _ => GapState.Repaired,
    };

    private static List<MissingRun> Runs(bool[] missing)
    {
        List<MissingRun> runs = [];
        for (int i = 0; i < missing.Length; i++)
        {
            if (!missing[i]) continue;
            if (runs.Count > 0 && runs[^1].ToNs == i) runs[^1] = runs[^1] with { ToNs = i + 1 };
            else runs.Add(new MissingRun(i, i + 1));
        }

        return runs;
    }

    private static GapState[] Spread(List<BarGap> ledger)
    {
        GapState[] line = new GapState[Length];
        long end = long.MinValue;
        foreach (BarGap gap in ledger)
        {
            Assert.True(gap.FromNs >= end && gap.ToNs > gap.FromNs, "the ledger overlaps");
            end = gap.ToNs;
            for (long i = gap.FromNs; i < gap.ToNs; i++) line[i] = gap.State;
        }

        return line;
    }
}
