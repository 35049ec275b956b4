// In:     the command line.   Out: what the feed holds at 50,000 and 200,000 frames a second, and what recording costs.
// Thread: the caller's; each load runs on a thread of its own, and is sent by a process of its own.
// Keeps:  rounds are interleaved, so that what else the machine does falls on both; a ratio is taken within a round.
// Budget: half a minute; with --full a quarter of an hour.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Bench.Ratios;

namespace TradingBot.Bench.Rates;

/// <summary>The verb <c>rates</c>.</summary>
internal static class RateVerb
{
    private const string Usage =
        "rates [--full] [--json] [--symbols N] [--sustained SECONDS] [--burst SECONDS] [--rounds N] "
        + "[--round-seconds SECONDS] [--sustained-rate FRAMES] [--burst-rate FRAMES] [--round-rate FRAMES] "
        + "[--out FOLDER]\nA part of 0 seconds or rounds is left out.";

    private const string WarmUpName = "warm-up";

    public static async Task<int> RunAsync(string[] args)
    {
        Dictionary<string, string> wanted = new(StringComparer.Ordinal)
        {
            ["--symbols"] = "200",
            ["--sustained"] = "10",
            ["--burst"] = "5",
            ["--rounds"] = "3",
            ["--round-seconds"] = "2",
            ["--round-rate"] = "50000",
            ["--sustained-rate"] = "50000",
            ["--burst-rate"] = "200000",
            ["--out"] = Path.Combine(Path.GetTempPath(), $"tradingbot-rates-{Environment.ProcessId}"),
        };
        bool isFull = args.Contains("--full");
        if (isFull)
        {
            wanted["--sustained"] = "600";
            wanted["--burst"] = "60";
            wanted["--rounds"] = "9";
            wanted["--round-seconds"] = "10";
        }

        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] is "--full" or "--json") continue;
            if (!wanted.ContainsKey(args[i]) || i + 1 == args.Length)
            {
                await Console.Error.WriteLineAsync(Usage);
                return 2;
            }

            wanted[args[i]] = args[++i];
        }

        List<RateResult> results = [];
        string folder = wanted["--out"];
        int symbols = Whole(wanted["--symbols"]);
        foreach (RateLoad load in Loads(wanted, symbols))
        {
            Told($"{load.Name}: {load.FramesPerSecond:N0} frames/s for {load.Seconds:0} s");
            RateResult result = await RateRun.RunAsync(load, folder);
            if (load.Name != WarmUpName) results.Add(result);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        Told("what a recording adds to a frame's own time");
        int rounds = Whole(wanted["--rounds"]);
        List<(double On, double Off)> service = rounds == 0 ? [] : ServiceCost.Measure(symbols, rounds, folder);
        Told("");
        if (args.Contains("--json")) WriteJson(results, service);
        else RateText.Write(results, service, Console.Out);
        return results.All(result => result.IsWhole) ? 0 : 1;
    }

    /// <summary>Middle of the rounds: nanoseconds a frame with a recording, without, and the ratio.</summary>
    public static (double On, double Off, double Ratio) Middle(List<(double On, double Off)> service) => (
        service.Select(round => round.On).Order().ElementAt(service.Count / 2),
        service.Select(round => round.Off).Order().ElementAt(service.Count / 2),
        service.Select(round => round.On / round.Off).Order().ElementAt(service.Count / 2));

    /// <summary>Of the rounds, middle of the ratios with a recording to without one.</summary>
    public static double? Cost(IReadOnlyList<RateResult> results, Func<RateResult, double> figure)
    {
        double[] on = [.. results.Where(result => result.Load.Name == "on").Select(figure)];
        double[] off = [.. results.Where(result => result.Load.Name == "off").Select(figure)];
        double[] ratios = [.. on.Zip(off).Where(pair => pair.Second > 0).Select(pair => pair.First / pair.Second)];
        return ratios.Length == 0 ? null : ratios.Order().ElementAt(ratios.Length / 2);
    }

    private static IEnumerable<RateLoad> Loads(Dictionary<string, string> wanted, int symbols)
    {
        double sustained = Seconds(wanted["--sustained"]);
        double burst = Seconds(wanted["--burst"]);
        int sustainedRate = Whole(wanted["--sustained-rate"]);
        // A process that runs for weeks has its code compiled: what that costs is no part of a rate.
        yield return new RateLoad(WarmUpName, sustainedRate, 3, symbols, true, true);
        if (sustained > 0) yield return new RateLoad("sustained", sustainedRate, sustained, symbols, true, true);
        if (burst > 0) yield return new RateLoad("burst", Whole(wanted["--burst-rate"]), burst, symbols, true, true);
        int rate = Whole(wanted["--round-rate"]);
        for (int round = 0; round < Whole(wanted["--rounds"]); round++)
        {
            // The order changes from round to round: whoever comes second finds a warmer machine.
            foreach (bool first in (bool[])[true, false])
            {
                bool captured = first == (round % 2 == 0);
                yield return new RateLoad(
                    captured ? "on" : "off", rate, Seconds(wanted["--round-seconds"]), symbols, captured, false);
            }
        }
    }

    private static void WriteJson(List<RateResult> results, List<(double On, double Off)> service)
    {
        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartObject();
            json.WriteString("machine", RatioTable.Machine);
            json.WriteStartArray("loads");
            foreach (RateResult result in results) Write(json, result);
            json.WriteEndArray();
            if (service.Count > 0)
            {
                (double on, double off, double ratio) = Middle(service);
                json.WriteNumber("service_ns_with_capture", Math.Round(on, 1));
                json.WriteNumber("service_ns_without", Math.Round(off, 1));
                json.WriteNumber("capture_service_ratio", Math.Round(ratio, 4));
            }

            if (Cost(results, result => result.Latency.Percentile(50)) is { } p50)
            {
                json.WriteNumber("capture_p50_ratio", Math.Round(p50, 4));
            }

            if (Cost(results, result => result.Latency.Percentile(99)) is { } p99)
            {
                json.WriteNumber("capture_p99_ratio", Math.Round(p99, 4));
            }

            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, RateResult result)
    {
        json.WriteStartObject();
        json.WriteString("load", result.Load.Name);
        json.WriteBoolean("whole", result.IsWhole);
        json.WriteNumber("frames_per_second", result.Load.FramesPerSecond);
        json.WriteNumber("frames_due", result.Load.Frames);
        json.WriteNumber("frames", result.Frames);
        json.WriteNumber("frames_recorded", result.FramesRecorded);
        json.WriteNumber("seconds", Math.Round(result.Seconds, 3));
        json.WriteNumber("checksums_verified", result.Verified);
        json.WriteNumber("checksum_mismatches", result.Mismatches);
        json.WriteNumber("parse_errors", result.ParseErrors);
        json.WriteNumber("reconnects", result.Reconnects);
        json.WriteNumber("capture_records_lost", result.RecordsLost);
        json.WriteNumber("frame_bytes", result.FrameBytes);
        json.WriteNumber("stored_bytes", result.StoredBytes);
        json.WriteNumber("sender_late_ms_max", result.SenderLateMs);
        json.WriteNumber("rss_max_mib", Math.Round(result.RssMaxMiB, 1));
        json.WriteNumber("allocated_bytes_per_frame", Math.Round(result.AllocatedPerFrame, 4));
        json.WriteNumber("service_ns_per_frame", Math.Round(result.ServiceNsPerFrame, 1));
        json.WriteNumber("p50_ns", result.Latency.Percentile(50));
        json.WriteNumber("p99_ns", result.Latency.Percentile(99));
        json.WriteNumber("max_ns", result.Latency.Max);
        json.WriteStartObject("ns_per_frame_by_thread");
        foreach ((string name, double ns) in result.NsPerFrameByThread) json.WriteNumber(name, Math.Round(ns, 1));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static void Told(string what)
    {
        if (!Console.IsErrorRedirected) Console.Error.Write($"\r\x1b[K{what}");
    }
}
