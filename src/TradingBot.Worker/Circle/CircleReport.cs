using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Circle;

/// <summary>
/// What a run of the circle did, over all lives of the worker, beside what the venue knows to be true.
/// </summary>
internal sealed class CircleReport(CircleOptions options, VirtualCircle circle)
{
    private readonly long[] _refused = new long[(int)Refusal.NotionalCap + 1];
    private StableHash _commands;
    private long _frames;
    private long _errors;
    private long _verified;
    private long _mismatches;
    private long _bars;
    private long _signals;
    private long _approved;
    private long _intents;
    private long _orders;
    private long _unknowns;
    private long _adopted;
    private long _resyncs;
    private long _unprotectedNs;
    private int _lives;
    private string _state = "";

    /// <summary>
    /// The venue's own count of open time without a right-sized stop, the longest over all instruments.
    /// </summary>
    private long VenueUnprotectedNs
    {
        get
        {
            long longest = 0;
            foreach (string symbol in Symbols)
            {
                longest = Math.Max(longest, circle.Venue.Oracle.UnprotectedLongestNs(symbol));
            }

            return longest;
        }
    }

    private static string[] Symbols => ["PF_XBTUSD", "PF_ETHUSD", "PF_SOLUSD", "PF_DOGEUSD", "PF_ADAUSD"];

    private int OpenPositions
    {
        get
        {
            int open = 0;
            foreach (string symbol in Symbols) open += circle.Venue.Oracle.PositionLots(symbol) != 0 ? 1 : 0;
            return open;
        }
    }

    /// <summary>Every frame was understood.</summary>
    public bool Sound => _errors == 0;

    /// <summary>Adds the figures of one life of the worker, at its end.</summary>
    public void TakeIn(CircleWorker worker)
    {
        _lives++;
        _frames += worker.Wire.Frames;
        _errors += worker.Wire.Errors;
        _bars += worker.Engine.Bars.Log.Next;
        _signals += worker.Engine.Signals.Log.Next;
        _approved += worker.Engine.Gate.Orders.Next;
        _intents += worker.Intents;
        _orders += worker.Orders;
        _unknowns += worker.Protection.Counters.Unknowns;
        _adopted += worker.Protection.Counters.PositionsAdopted;
        _resyncs += worker.Resyncs;
        _unprotectedNs = Math.Max(_unprotectedNs, worker.Protection.UnprotectedNsMax);
        _commands.Add(worker.CommandHash);
        _state = StateHash.Of(worker.Engine);
        for (int id = 0; id < worker.Symbols.Count; id++)
        {
            if (worker.Engine.Books.BookOf(id) is { } book)
            {
                _verified += book.ChecksumsVerified;
                _mismatches += book.ChecksumMismatches;
            }

            for (int reason = 1; reason < _refused.Length; reason++)
            {
                _refused[reason] += worker.Engine.Gate.CountOf(id, (Refusal)reason);
            }
        }
    }

    public void WriteJson(Stream output, TimeSpan elapsed)
    {
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("mode", "paper");
        json.WriteString("venue", "simulated");
        json.WriteNumber("seed", options.Venue.Seed);
        json.WriteNumber("virtual_hours", options.Duration.TotalHours);
        json.WriteNumber("starts", _lives);
        json.WriteNumber("frames", _frames);
        json.WriteNumber("parse_errors", _errors);
        json.WriteNumber("checksums_verified", _verified);
        json.WriteNumber("checksum_mismatches", _mismatches);
        json.WriteNumber("resyncs", _resyncs);
        json.WriteNumber("bars", _bars);
        json.WriteNumber("signals", _signals);
        json.WriteNumber("approved", _approved);
        json.WriteStartObject("refused");
        for (int reason = 1; reason < _refused.Length; reason++)
        {
            if (_refused[reason] > 0) json.WriteNumber(ReplayReport.NameOf((Refusal)reason), _refused[reason]);
        }

        json.WriteEndObject();
        json.WriteNumber("intents", _intents);
        json.WriteNumber("orders", _orders);
        json.WriteNumber("fills", circle.Venue.Oracle.FillCount);
        json.WriteNumber("positions", OpenPositions);
        json.WriteNumber("positions_adopted", _adopted);
        json.WriteNumber("unprotected_seconds_max", Math.Round(_unprotectedNs / 1e9, 3));
        json.WriteNumber("venue_unprotected_seconds_max", Math.Round(VenueUnprotectedNs / 1e9, 3));
        json.WriteNumber("unknown_outcomes", _unknowns);
        json.WriteStartObject("faults");
        foreach (VenueFault fault in Enum.GetValues<VenueFault>())
        {
            json.WriteNumber(fault.ToString(), circle.Venue.Faults.CountOf(fault));
        }

        json.WriteEndObject();
        json.WriteString("command_hash", _commands.Value.ToString("x16", CultureInfo.InvariantCulture));
        json.WriteString("state_hash", _state);
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 3));
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    public string Text(TimeSpan elapsed)
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        double hours = options.Duration.TotalHours;
        double provenSeconds = _unprotectedNs / 1e9;
        double liveSeconds = VenueUnprotectedNs / 1e9;
        int fills = circle.Venue.Oracle.FillCount;
        text.AppendLine(culture, $"SIMULATED Kraken, seed {options.Venue.Seed}: {hours:0.##} virtual hours");
        text.AppendLine(culture, $"  {_frames:N0} frames, {_verified:N0} checksums verified, {_mismatches} mismatches");
        text.AppendLine(culture, $"  {_signals:N0} signals, {_approved:N0} approved");
        text.AppendLine(culture, $"  {_intents:N0} entries, {_orders:N0} orders of all kinds");
        text.AppendLine(culture, $"  {fills:N0} fills, {OpenPositions} positions open at the end");
        text.AppendLine(culture, $"  longest time without a proven stop: {provenSeconds:0.000} s (worker's own count)");
        text.AppendLine(culture, $"  longest time without a live stop:   {liveSeconds:0.000} s (the venue's)");
        text.AppendLine(culture, $"  {_unknowns} unknown outcomes, {_lives} starts, {_adopted} positions adopted");
        text.AppendLine(culture, $"  commands {_commands.Value:x16}, state {_state}");
        text.AppendLine(culture, $"  {elapsed.TotalMilliseconds:N0} ms");
        return text.ToString();
    }
}
