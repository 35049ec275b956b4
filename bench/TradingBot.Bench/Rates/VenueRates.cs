using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using TradingBot.Simulation.Venue;
using TradingBot.Worker.Circle;

namespace TradingBot.Bench.Rates;

/// <summary>How fast the simulated Kraken is, alone and with the whole worker, and what a thousand books
/// take.</summary>
internal static class VenueRates
{
    private const long SecondNs = 1_000_000_000;

    public static int Run()
    {
        Core();
        WholeWorker();
        ThousandBooks();
        return 0;
    }

    /// <summary>Steps of markets with nobody listening: flow, book, triggers, funding.</summary>
    private static void Core()
    {
        SimulatedKraken venue = new(new VenueOptions { PerpetualCount = 20, StepsPerSecond = 20_000 });
        venue.AdvanceTo(venue.NowNs + (20 * SecondNs));
        long before = venue.Events;
        Clock clock = Clock.Start();
        venue.AdvanceTo(venue.NowNs + (200 * SecondNs));
        (double seconds, double busy) = clock.Stop();
        long events = venue.Events - before;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"core: {events / busy:N0} events a second of processor ({events:N0} in {seconds:0.00} s, of which "
            + $"{busy:0.00} s "
            + $"were worked; 20 pairs)"));
    }

    /// <summary>20 symbols at 5 messages a second each, parsers, engine, log and lane included.</summary>
    private static void WholeWorker()
    {
        const int Pairs = 10;
        (string[] spot, string[] perpetuals) = SimulatedKraken.SymbolsOf(Pairs);
        CircleOptions options = new()
        {
            Venue = new VenueOptions { PerpetualCount = Pairs, StepsPerSecond = 20 * 5 },
            Spot = spot,
            Perpetuals = perpetuals,
        };
        using VirtualCircle circle = new(options);
        circle.Run(TimeSpan.FromMinutes(1));
        long frames = circle.Worker.Wire.Frames;
        TimeSpan played = TimeSpan.FromMinutes(30);
        Clock clock = Clock.Start();
        circle.Run(played);
        (double seconds, double busy) = clock.Stop();
        double rate = (circle.Worker.Wire.Frames - frames) / played.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"whole worker: {played.TotalSeconds / busy:N0} times real time by processor time, 20 symbols, "
            + $"{rate:0.0} frames a "
            + $"virtual second, "
            + $"{circle.Worker.Wire.Frames - frames:N0} frames in {seconds:0.00} s, "
            + $"of which {busy:0.00} s were worked, "
            + $"{circle.Venue.Oracle.FillCount} fills, trace {circle.Trace.Value:x16}"));
    }

    private static void ThousandBooks()
    {
        const int Pairs = 500;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        SimulatedKraken venue = new(new VenueOptions { PerpetualCount = Pairs, StepsPerSecond = 2_000 });
        (string[] spot, string[] perpetuals) = SimulatedKraken.SymbolsOf(Pairs);
        Subscribe(venue, VenueEndpoint.SpotPublic, "", spot);
        Subscribe(venue, VenueEndpoint.UnifiedPublic, "\"asset_class\":\"derivatives\",", perpetuals);
        long heard = 0;
        for (int second = 0; second < 60; second++)
        {
            venue.AdvanceTo(venue.NowNs + SecondNs);
            while (venue.TryReceive(venue.NowNs, out _, out ReadOnlySpan<byte> frame)) heard += frame.Length;
        }

        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(venue);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"1,000 books, each followed by a client: {bytes / 1_048_576.0:0.0} MiB, "
            + $"{heard:N0} bytes heard in a minute"));
    }

    private static void Subscribe(SimulatedKraken venue, VenueEndpoint endpoint, string assetClass, string[] symbols)
    {
        int socket = venue.Open(endpoint);
        foreach (string[] part in Chunks(symbols))
        {
            string names = "\"" + string.Join("\",\"", part) + "\"";
            venue.Send(socket, Encoding.UTF8.GetBytes(
                $"{{\"method\":\"subscribe\",\"params\":{{\"channel\":\"book\",{assetClass}\"symbol\":[{names}]}}}}"));
        }
    }

    private static IEnumerable<string[]> Chunks(string[] symbols) => System.Linq.Enumerable.Chunk(symbols, 50);

    /// <summary>Time that passed, and time this process worked: on a busy machine they differ.</summary>
    private readonly record struct Clock(long Since, TimeSpan Busy)
    {
        public static Clock Start() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);

        public (double Seconds, double Busy) Stop() => (
            Stopwatch.GetElapsedTime(Since).TotalSeconds, (Environment.CpuUsage.TotalTime - Busy).TotalSeconds);
    }
}
