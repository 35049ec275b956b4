using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using TradingBot.Simulation.Venue;

namespace TradingBot.Worker.Circle;

/// <summary>What a simulated run did, beside what the venue knows to be true.</summary>
internal sealed class CircleReport(CircleOptions options, VirtualCircle circle)
{
    private readonly CircleFigures _figures = new();

    /// <summary>Every frame was understood, and no money came from nowhere or went there.</summary>
    public bool Sound => _figures.Errors == 0 && MoneyIsConserved;

    /// <summary>Hash of everything that passed between worker and venue.</summary>
    public string TraceHash => circle.Trace.Value.ToString("x16", CultureInfo.InvariantCulture);

    private bool MoneyIsConserved => circle.Venue.Oracle.Cash
        == circle.Venue.Oracle.CashByFills(options.Venue.DepositDollars * 1_000_000_000);

    /// <summary>
    /// The venue's own count of open time without a right-sized stop, the longest over all instruments.
    /// </summary>
    private long VenueUnprotectedNs
    {
        get
        {
            long longest = 0;
            foreach (string symbol in circle.Venue.Oracle.Symbols)
            {
                longest = Math.Max(longest, circle.Venue.Oracle.UnprotectedLongestNs(symbol));
            }

            return longest;
        }
    }

    private int OpenPositions
    {
        get
        {
            int open = 0;
            foreach (string symbol in circle.Venue.Oracle.Symbols)
            {
                if (circle.Venue.Oracle.PositionLots(symbol) != 0) open++;
            }

            return open;
        }
    }

    /// <summary>Adds the figures of one life of the worker, at its end.</summary>
    public void TakeIn(CircleWorker worker)
    {
        _figures.TakeIn(worker);
        _figures.TakeState(worker);
    }

    public void WriteJson(Stream output, TimeSpan elapsed)
    {
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("mode", "paper");
        json.WriteString("venue", "simulated");
        json.WriteNumber("seed", options.Venue.Seed);
        json.WriteNumber("virtual_hours", options.Duration.TotalHours);
        _figures.Write(json);
        json.WriteNumber("fills", circle.Venue.Oracle.FillCount);
        json.WriteNumber("positions", OpenPositions);
        json.WriteNumber("venue_unprotected_seconds_max", Math.Round(VenueUnprotectedNs / 1e9, 3));
        json.WriteBoolean("money_conserved", MoneyIsConserved);
        json.WriteString("trace_hash", TraceHash);
        json.WriteNumber("rest_lag_seconds_max", options.Venue.Habits.RestLagNsMax / 1_000_000_000);
        json.WriteStartObject("habits");
        foreach ((string name, bool isSo) in options.Venue.Habits.Named()) json.WriteBoolean(name, isSo);
        json.WriteEndObject();
        json.WriteStartObject("others");
        foreach (ExternalAct act in Enum.GetValues<ExternalAct>())
        {
            json.WriteNumber(CircleFigures.WordOf(act.ToString()), circle.Venue.Others.CountOf(act));
        }

        json.WriteEndObject();
        json.WriteStartObject("faults");
        foreach (VenueFault fault in Enum.GetValues<VenueFault>())
        {
            json.WriteNumber(fault.ToString(), circle.Venue.Faults.CountOf(fault));
        }

        json.WriteEndObject();
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 3));
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    public string Text(TimeSpan elapsed)
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        CircleFigures f = _figures;
        double hours = options.Duration.TotalHours;
        double provenSeconds = f.UnprotectedNs / 1e9;
        double liveSeconds = VenueUnprotectedNs / 1e9;
        int fills = circle.Venue.Oracle.FillCount;
        text.AppendLine(culture, $"SIMULATED Kraken, seed {options.Venue.Seed}: {hours:0.##} virtual hours");
        text.AppendLine(culture, $"  {f.Frames:N0} frames, {f.Verified:N0} checksums verified, {f.Mismatches} wrong");
        text.AppendLine(culture, $"  {f.Signals:N0} signals, {f.Approved:N0} approved");
        text.AppendLine(culture, $"  {f.Entries:N0} entries, {f.Intents:N0} intents, {f.Orders:N0} orders of any role");
        text.AppendLine(culture, $"  {fills:N0} fills, {OpenPositions} positions open at the end");
        text.AppendLine(culture, $"  longest time without a proven stop: {provenSeconds:0.000} s (worker's own count)");
        text.AppendLine(culture, $"  longest time without a live stop:   {liveSeconds:0.000} s (the venue's)");
        text.AppendLine(culture, $"  {f.Unknowns} unknown outcomes, {f.Lives} starts, {f.Adopted} positions adopted");
        text.AppendLine(culture, $"  somebody else on the account: {circle.Venue.Others.Count} acts");
        text.AppendLine(culture, $"  habits of this venue: {options.Venue.Habits}");
        text.AppendLine(culture, $"  trace {TraceHash}{(MoneyIsConserved ? "" : "; MONEY IS NOT CONSERVED")}");
        text.AppendLine(culture, $"  commands {f.CommandHash:x16}, state {f.State}");
        double times = options.Duration.TotalMilliseconds / Math.Max(elapsed.TotalMilliseconds, 1);
        text.AppendLine(culture, $"  {elapsed.TotalMilliseconds:N0} ms, {times:N0} times as fast as real time");
        return text.ToString();
    }
}
