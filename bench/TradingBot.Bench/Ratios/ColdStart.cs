using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using References;
using TradingBot.Market.Ring;
using TradingBot.Worker;

namespace TradingBot.Bench.Ratios;

/// <summary>What the first frame after Ready costs, in fresh processes.</summary>
internal static class ColdStart
{
    /// <summary>The argument that makes this program one of those processes.</summary>
    public const string ChildVerb = "cold-start-child";

    private const int Starts = 20;
    private const int Frames = 60_000;

    public static IEnumerable<RatioRow> Rows()
    {
        yield return new RatioRow(
            "S2", "first frame after Ready / steady p50, median of 20 process starts", Bound.AtMost, 20, 5, Measure);
    }

    private static RatioResult Measure()
    {
        double[] ratios = new double[Starts];
        double[] first = new double[Starts];
        double[] steady = new double[Starts];
        for (int i = 0; i < Starts; i++)
        {
            (first[i], steady[i]) = StartOnce();
            ratios[i] = first[i] / steady[i];
        }

        return new RatioResult(Measured.Median(ratios), string.Create(
            CultureInfo.InvariantCulture, $"{Measured.Median(first):N0} / {Measured.Median(steady):N0} ns"));
    }

    private static (double FirstNs, double SteadyNs) StartOnce()
    {
        ProcessStartInfo info = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Under "dotnet x.dll" the process is dotnet, and the program its first argument.
        if (!AppContext.BaseDirectory.Contains(Environment.ProcessPath!, StringComparison.Ordinal)
            && Environment.GetCommandLineArgs()[0].EndsWith(".dll", StringComparison.Ordinal)
            && Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal))
        {
            info.ArgumentList.Add(typeof(ColdStart).Assembly.Location);
        }

        info.ArgumentList.Add(ChildVerb);
        using Process child = Process.Start(info)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        string[] words = output.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (child.ExitCode != 0 || words.Length != 2) throw new InvalidOperationException($"A start failed: {output}");
        CultureInfo culture = CultureInfo.InvariantCulture;
        return (double.Parse(words[0], culture), double.Parse(words[1], culture));
    }

    /// <summary>One start: prints the nanoseconds of the first frame and the median of the last half.</summary>
    public static int RunChild()
    {
        MixedFeed feed = new(8, 10, 13);
        FrameSet snapshots = feed.Snapshots();
        FrameSet frames = feed.Take(Frames);
        double[] ns = new double[Frames];
        Array.Clear(ns);
        FrameChain chain = new();
        WarmUp.Once(TopologyKind.Inline, WaitStrategy.Yield, StageRows.Options());
        chain.Engine.Touch();
        // The books of a worker that is ready are in sync (/readyz): their snapshots come before.
        chain.Run(snapshots);
        for (int i = 0; i < ns.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            chain.RunOne(frames, i);
            ns[i] = (Stopwatch.GetTimestamp() - start) * (1e9 / Stopwatch.Frequency);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{ns[0]:F1} {Measured.Median(ns[(Frames / 2)..]):F1}"));
        return 0;
    }
}
