using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace TradingBot.Bench.Rates;

/// <summary>Processor time of this process's threads by name, as Linux counts it; empty elsewhere.</summary>
internal static class ThreadTimes
{
    private const string Tasks = "/proc/self/task";

    /// <summary>Nanoseconds of the thread that asks.</summary>
    public static long OfThis() => OperatingSystem.IsLinux() ? Read("/proc/thread-self/schedstat") : 0;

    /// <summary>Nanoseconds by name; threads of one name are added.</summary>
    public static SortedDictionary<string, long> ByName()
    {
        SortedDictionary<string, long> times = new(StringComparer.Ordinal);
        if (!OperatingSystem.IsLinux()) return times;
        foreach (string task in Directory.GetDirectories(Tasks))
        {
            try
            {
                string name = File.ReadAllText(Path.Combine(task, "comm")).Trim();
                times[name] = times.GetValueOrDefault(name) + Read(Path.Combine(task, "schedstat"));
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return times;
    }

    /// <summary>The greatest resident memory since the last look, MiB; 0 where nobody counts it.</summary>
    public static double TakeRssMaxMiB()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        string peak = File.ReadLines("/proc/self/status")
            .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        // 5: the peak begins anew.
        File.WriteAllText("/proc/self/clear_refs", "5");
        return double.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)
            / 1_024;
    }

    private static long Read(string path) =>
        long.Parse(File.ReadAllText(path).Split(' ')[0], CultureInfo.InvariantCulture);
}
