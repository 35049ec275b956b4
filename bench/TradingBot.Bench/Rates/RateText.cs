using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TradingBot.Bench.Ratios;

namespace TradingBot.Bench.Rates;

/// <summary>Results of loads, for people.</summary>
internal static class RateText
{
    public static void Write(List<RateResult> results, List<(double On, double Off)> service, TextWriter output)
    {
        output.WriteLine(RatioTable.Machine);
        output.WriteLine("from due to the end of the step that took it in; service is processor time of that thread");
        output.WriteLine(Line(
            $"{"load",-10} {"frames/s",9} {"frames",11} {"lost",6} {"p50 us",9} {"p99 us",9} {"service ns",10} ")
            + Line($"{"B/frame",8} {"RSS MiB",8} {"late ms",8}"));
        foreach (RateResult one in results)
        {
            double rate = one.Seconds > 0 ? one.Frames / one.Seconds : 0;
            long lost = one.Load.Frames - one.Frames + one.RecordsLost;
            output.WriteLine(
                Line($"{one.Load.Name,-10} {rate,9:0} {one.Frames,11} {lost,6} ")
                + Line($"{one.Latency.Percentile(50) / 1e3,9:0.0} {one.Latency.Percentile(99) / 1e3,9:0.0} ")
                + Line($"{one.ServiceNsPerFrame,10:0} {one.AllocatedPerFrame,8:0.00} {one.RssMaxMiB,8:0} ")
                + Line($"{one.SenderLateMs,8:0.0}"));
        }

        foreach (RateResult one in results.Where(result => result.Load.Rests && result.Seconds > 0))
        {
            string threads = string.Join(", ", one.NsPerFrameByThread.OrderByDescending(thread => thread.Value)
                .Select(thread => Line($"{thread.Key} {thread.Value:0}")));
            output.WriteLine($"{one.Load.Name}: processor time, ns a frame: {threads}");
            output.WriteLine(
                Line($"{one.Load.Name}: {one.Verified:N0} checksums verified, {one.Mismatches:N0} wrong; ")
                + Line($"{one.FrameBytes / one.Seconds / 1e6:0.0} MB/s of frames, ")
                + Line($"kept in {one.StoredBytes / 1e6:N0} MB, x{(double)one.FrameBytes / one.StoredBytes:0.00}; ")
                + (one.IsWhole ? "nothing lost" : "NOT WHOLE"));
        }

        if (service.Count == 0) return;
        (double on, double off, double ratio) = RateVerb.Middle(service);
        output.WriteLine(
            Line($"a recording costs, middle of {service.Count} interleaved rounds: a frame's own time ")
            + Line($"x{ratio:0.000} ({off:0} to {on:0} ns); over the socket ")
            + Line($"p50 x{RateVerb.Cost(results, one => one.Latency.Percentile(50)):0.000}, ")
            + Line($"p99 x{RateVerb.Cost(results, one => one.Latency.Percentile(99)):0.000}"));
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
