using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TradingBot.Bench.Ratios;

namespace TradingBot.Bench.Stores;

/// <summary>The verb <c>store</c>: how fast rows go into SQLite and come out of it, on this disk.</summary>
internal static class StoreVerb
{
    private const int Rounds = 3;
    private const int Bars = 500_000;
    private const int Orders = 20_000;
    private const int Trades = 3_000_000;

    public static int Run(string[] args)
    {
        string folder = args.FirstOrDefault() ?? Directory.CreateTempSubdirectory("tradingbot-bench").FullName;
        Directory.CreateDirectory(folder);
        StoreRates rates = new(folder);
        List<List<StoreRate>> rounds = [];
        for (int round = 0; round < Rounds; round++) rounds.Add(rates.Measure(Bars, Orders, Trades));
        Console.WriteLine(RatioTable.Machine);
        Console.WriteLine($"in {folder}; best and worst of {Rounds} rounds by the clock; µs of processor time");
        Console.WriteLine(
            $"{"work",-28} {"rows",10} {"rows/s",12} {"worst",12} {"ms",8} {"µs/row",8}  goal");
        for (int i = 0; i < rounds[0].Count; i++)
        {
            StoreRate best = rounds.Select(round => round[i]).MaxBy(rate => rate.PerSecond)!;
            StoreRate worst = rounds.Select(round => round[i]).MinBy(rate => rate.PerSecond)!;
            double processor = rounds.Min(round => round[i].ProcessorSeconds / round[i].Rows);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{best.What,-28} {best.Rows,10:N0} {best.PerSecond,12:N0} {worst.PerSecond,12:N0} "
                + $"{best.Seconds * 1e3,8:N1} {processor * 1e6,8:N2}  {best.Goal}"));
        }

        if (args.Length == 0) Directory.Delete(folder, recursive: true);
        return 0;
    }
}
