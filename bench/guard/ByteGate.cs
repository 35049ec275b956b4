using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace guard;

/// <summary>Allocated bytes per operation, exactly as written down.</summary>
internal static class ByteGate
{
    /// <summary>Measures every hot benchmark and compares; what differs is printed.</summary>
    public static bool Run(string expectedPath, TextWriter output)
    {
        Dictionary<string, long> expected =
            JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(expectedPath))!;
        Dictionary<string, long> measured = HotBenchmarks.Bytes();
        List<string> breaches = [.. Breaches(expected, measured)];
        string file = Path.GetFileName(expectedPath);
        output.WriteLine($"bytes per operation: {measured.Count} benchmarks, {breaches.Count} differ from {file}");
        foreach (string breach in breaches) output.WriteLine("  " + breach);
        return breaches.Count == 0;
    }

    /// <summary>A benchmark that is not listed, or listed and gone, is a breach as well.</summary>
    public static IEnumerable<string> Breaches(
        IReadOnlyDictionary<string, long> expected, IReadOnlyDictionary<string, long> measured)
    {
        foreach ((string name, long bytes) in measured.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            bool listed = expected.TryGetValue(name, out long allowed);
            if (!listed) yield return $"{name} is not listed; it allocates {bytes} B";
            else if (bytes != allowed) yield return $"{name} allocates {bytes} B, not {allowed} B";
        }

        foreach (string name in expected.Keys.Except(measured.Keys))
        {
            yield return $"{name} is listed and does not exist";
        }
    }
}
