using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>rebuild</c>: own bars from kept trades or finer bars, tied out against the venue's.</summary>
internal static class RebuildCommand
{
    /// <summary>Differences that are listed; all of them are counted.</summary>
    private const int ListedMax = 20;

    private static readonly Option<string?> Db = StoreOptions.Db();
    private static readonly Option<string> Symbol = StoreOptions.Symbol(required: true);
    private static readonly Option<bool> Json = StoreOptions.Json();

    private static readonly Option<string> Length = new("--timeframe")
    {
        Description = "What to build, as 1d; from trades several at once, as 1m,1h,1d.",
        Required = true,
    };

    private static readonly Option<string> From = new("--from")
    {
        Description = "What to build it from: trades, or a finer timeframe, as 1h.",
        DefaultValueFactory = _ => SeriesKey.Trades,
    };

    private static readonly Option<string> Source = new("--source")
    {
        Description = "Whose trades or finer bars: import, spot-rest, perp-rest or own.",
        DefaultValueFactory = _ => "import",
    };

    private static readonly Option<string> Silence = new("--silence")
    {
        Description = "With --from trades: a longer time without a trade is a gap in the ledger, as 24h.",
        DefaultValueFactory = _ => "24h",
    };

    public static Command Build()
    {
        Source.AcceptOnlyFromAmong(BarSourceText.All);
        Command command = new("rebuild", "Build bars from trades or finer bars, and compare them with the venue's.")
        {
            Symbol, Length, From, Source, Silence, Db, Json,
        };
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult parsed)
    {
        StorePlace? place = StoreOptions.Place(parsed.GetValue(Db), history: true, out string error);
        List<Timeframe>? wanted = place is null ? null : StoreOptions.Timeframes(parsed.GetValue(Length)!, out error);
        SeriesKey? from = wanted is null ? null : KeyOf(parsed, wanted, out error);
        if (from is null || !RunCommand.TryReadDuration(parsed.GetValue(Silence), out TimeSpan silence))
        {
            Console.Error.WriteLine($"rebuild: {(error.Length > 0 ? error : "--silence is a time, as 24h.")}");
            return ExitCode.Usage;
        }

        if (place!.File is { } path && !File.Exists(path))
        {
            Console.Error.WriteLine($"rebuild: {path} is not there: import or backfill first, or name another --db.");
            return ExitCode.Unreachable;
        }

        CandleOpening opening = CandleStore.Open(place, TimeProvider.System);
        if (opening.Fault is { } fault)
        {
            Console.Error.WriteLine($"rebuild: {fault.Text}");
            return StoreOptions.ExitCodeOf(fault);
        }

        using CandleStore store = opening.Store!;
        using Interruption interruption = new();
        return Rebuild(store, from, wanted!, silence.Ticks * 100, parsed.GetValue(Json), interruption.Token);
    }

    private static SeriesKey? KeyOf(ParseResult parsed, List<Timeframe> wanted, out string error)
    {
        error = "";
        string text = parsed.GetValue(From)!;
        string symbol = parsed.GetValue(Symbol)!;
        if (!BarSourceText.TryParse(parsed.GetValue(Source)!, out BarSource source)) return null;
        if (text == SeriesKey.Trades) return SeriesKey.OfTrades(symbol, source);
        bool isPart = Timeframe.TryParse(text, out Timeframe fine);
        foreach (Timeframe one in wanted) isPart &= fine.LengthNs < one.LengthNs && one.LengthNs % fine.LengthNs == 0;
        if (isPart) return new SeriesKey(symbol, source, fine);
        error = $"--from '{text}' is neither trades nor a timeframe that --timeframe is made of.";
        return null;
    }

    private static int Rebuild(
        CandleStore store, SeriesKey from, List<Timeframe> wanted, long silenceNs, bool json, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        BarRebuild rebuild = new(store);
        List<RebuiltSeries>? built = [];
        if (from.Timeframe is null)
        {
            VerbProgress.Run($"trades of {from.Symbol}", 0, tell =>
                built = rebuild.FromTrades(from, wanted, silenceNs, tell, stop));
        }
        else
        {
            foreach (Timeframe one in wanted)
            {
                RebuiltSeries? rolled = stop.IsCancellationRequested ? null : rebuild.FromBars(from, one);
                if (rolled is null) built = null;
                else built?.Add(rolled);
            }
        }

        if (rebuild.Fault is { } fault)
        {
            Console.Error.WriteLine($"rebuild: {fault.Text}");
            return StoreOptions.ExitCodeOf(fault);
        }

        if (built is null) return ExitCode.Interrupted;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (json) WriteJson(store, from, rebuild, built, seconds);
        else Show(from, rebuild, built, seconds);
        bool differs = built.Exists(one => HasDifferences(one));
        if (rebuild.Read > 0) return differs ? ExitCode.CheckFailed : ExitCode.Ok;
        Console.Error.WriteLine($"rebuild: {store.Place} has nothing of {from}: import or backfill it first.");
        return ExitCode.CheckFailed;
    }

    private static bool HasDifferences(RebuiltSeries series)
    {
        foreach ((SeriesKey _, BarTieOut result) in series.TieOuts)
        {
            if (result.Differences.Count > 0) return true;
        }

        return false;
    }

    private static void Show(SeriesKey from, BarRebuild rebuild, List<RebuiltSeries> built, double seconds)
    {
        Console.WriteLine(FormattableString.Invariant($"{from}: {rebuild.Read:N0} read in {seconds:0.0} s"));
        foreach (RebuiltSeries one in built)
        {
            Console.WriteLine(FormattableString.Invariant($"{one.Key}: {one.Bars:N0} bars, {one.Written:N0} written"));
            foreach ((SeriesKey other, BarTieOut result) in one.TieOuts)
            {
                long compared = result.Equal + result.Differences.Count;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  against {other}: {result.Equal:N0} of {compared:N0} equal ({result.Rounded:N0} of them in "
                    + $"volume up to the error of binary floats), {result.NotCompared} at the ends not compared, "
                    + $"{result.OnlyOwn} only here, {result.OnlyOther} only there"));
                for (int i = 0; i < Math.Min(ListedMax, result.Differences.Count); i++)
                {
                    BarDifference difference = result.Differences[i];
                    Console.WriteLine($"    own   {Text(difference.Own)}\n    other {Text(difference.Other)}");
                }
            }
        }

        foreach (GapState state in (GapState[])[GapState.Detected, GapState.Repaired, GapState.Proven])
        {
            List<BarGap> gaps = rebuild.Ledger.FindAll(gap => gap.State == state);
            if (gaps.Count == 0) continue;
            gaps.Sort((left, right) => (right.ToNs - right.FromNs).CompareTo(left.ToNs - left.FromNs));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{state} gaps of {from}: {gaps.Count:N0}, the longest {Hours(gaps[0]):0.0} h "
                + $"from {Moment(gaps[0].FromNs)}"));
        }
    }

    private static void WriteJson(
        CandleStore store, SeriesKey from, BarRebuild rebuild, List<RebuiltSeries> built, double seconds)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("db", store.Place);
        json.WriteString("from", from.ToString());
        json.WriteNumber("read", rebuild.Read);
        json.WriteNumber("seconds", Math.Round(seconds, 3));
        json.WriteStartArray("series");
        foreach (RebuiltSeries one in built) WriteSeries(json, one);
        json.WriteEndArray();
        json.WriteStartArray("gaps");
        foreach (BarGap gap in rebuild.Ledger)
        {
            json.WriteStartObject();
            json.WriteString("from", Moment(gap.FromNs));
            json.WriteString("to", Moment(gap.ToNs));
            json.WriteNumber("hours", Math.Round(Hours(gap), 3));
            json.WriteString("state", gap.State.ToString().ToUpperInvariant() switch
            {
                "DETECTED" => "detected",
                "REPAIRED" => "repaired",
                _ => "proven",
            });
            json.WriteString("reason", gap.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static void WriteSeries(Utf8JsonWriter json, RebuiltSeries one)
    {
        json.WriteStartObject();
        json.WriteString("symbol", one.Key.Symbol);
        json.WriteString("timeframe", one.Key.TimeframeText);
        json.WriteNumber("bars", one.Bars);
        json.WriteNumber("written", one.Written);
        json.WriteStartArray("tie_out");
        foreach ((SeriesKey other, BarTieOut result) in one.TieOuts)
        {
            json.WriteStartObject();
            json.WriteString("source", BarSourceText.Of(other.Source));
            json.WriteNumber("equal", result.Equal);
            json.WriteNumber("equal_but_for_float_error", result.Rounded);
            json.WriteNumber("different", result.Differences.Count);
            json.WriteNumber("not_compared", result.NotCompared);
            json.WriteNumber("only_own", result.OnlyOwn);
            json.WriteNumber("only_other", result.OnlyOther);
            json.WriteStartArray("differences");
            foreach (BarDifference difference in result.Differences)
            {
                json.WriteStartObject();
                json.WriteString("open_time", Moment(difference.Own.OpenTimeNs));
                json.WriteString("own", Text(difference.Own));
                json.WriteString("other", Text(difference.Other));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Text(BarRow bar) => FormattableString.Invariant(
        $"{Moment(bar.OpenTimeNs)} {Number(bar.Open, bar.PriceDecimals)} {Number(bar.High, bar.PriceDecimals)} ")
        + FormattableString.Invariant(
            $"{Number(bar.Low, bar.PriceDecimals)} {Number(bar.Close, bar.PriceDecimals)} volume ")
        + FormattableString.Invariant($"{Number(bar.Volume, bar.VolumeDecimals)} in {bar.Count} trades");

    private static string Number(Int128 mantissa, int decimals) => DecimalText.Of(mantissa, decimals, shortest: true);

    private static string Moment(long unixNs) =>
        DateTimeOffset.UnixEpoch.AddTicks(unixNs / 100)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static double Hours(BarGap gap) => (gap.ToNs - gap.FromNs) / 3.6e12;
}
