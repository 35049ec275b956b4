using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;
using TradingBot.Trading.Risk;

namespace TradingBot.Worker.Replay;

/// <summary>What a replay found, as one JSON object on one line.</summary>
internal static class ReplayReport
{
    /// <summary>Names of the gate's reasons in reports and metrics.</summary>
    public static string NameOf(Refusal refusal) => refusal switch
    {
        Refusal.BookNotInSync => "book_not_in_sync",
        Refusal.StaleData => "stale_data",
        Refusal.WarmingUp => "warming_up",
        Refusal.PriceCollar => "price_collar",
        Refusal.BelowMinimum => "below_minimum",
        Refusal.PositionCap => "position_cap",
        Refusal.NotionalCap => "notional_cap",
        Refusal.OrderRate => "order_rate",
        Refusal.Halted => "halted",
        Refusal.OffStep => "off_step",
        Refusal.SignalsOff => "signals_off",
        Refusal.History => "history",
        Refusal.VenueNotOnline => "venue_not_online",
        Refusal.VenueNotice => "venue_notice",
        Refusal.ClockSkew => "clock_skew",
        _ => "none",
    };

    public static void WriteJson(ReplayRun run, ReplayOptions options, Stream output)
    {
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("mode", "replay");
        json.WriteString("topology", options.Topology.ToString().ToLowerInvariant());
        json.WriteNumber("frames", run.Frames);
        json.WriteNumber("bytes", run.Counters.Bytes);
        WriteChannels(json, run.Counters);
        json.WriteNumber("parse_errors", run.Counters.Errors);
        json.WriteNumber("fallbacks", run.Counters.Fallbacks);
        WriteFallbacks(json, run.Counters, everyShape: false);
        WriteUnknown(json, run.Counters);
        json.WriteNumber("symbols_refused", run.Symbols.Overflows);
        json.WriteNumber("trades", run.Trades);
        WriteBooks(json, run);
        WriteBars(json, run);
        json.WriteNumber("signals", run.Engine.Signals.Log.Next);
        json.WriteNumber("approved", run.Engine.Gate.Orders.Next);
        WriteRefusals(json, run);
        json.WriteString("state_hash", run.StateHashText);
        json.WriteString("market_hash", run.MarketHashText);
        WriteFault(json, run.Fault);
        json.WriteBoolean("interrupted", run.Interrupted);
        double elapsedMs = run.Elapsed.TotalMilliseconds;
        json.WriteNumber("elapsed_ms", Math.Round(elapsedMs, 3));
        json.WriteNumber("warm_up_ms", Math.Round(WarmUp.Taken.TotalMilliseconds, 3));
        json.WriteNumber("decoding_ms", Math.Round(run.Decoding.TotalMilliseconds, 3));
        json.WriteNumber("frames_per_second", elapsedMs > 0 ? Math.Round(run.Frames * 1_000 / elapsedMs) : 0);
        WriteAllocation(json, run);
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
        output.Flush();
    }

    private static void WriteChannels(Utf8JsonWriter json, WireCounters counters)
    {
        json.WriteStartObject("by_channel");
        foreach (Channel channel in Enum.GetValues<Channel>())
        {
            long count = counters.ChannelOf(channel);
            if (count == 0) continue;
            json.WriteNumber(channel == Channel.None ? "unread" : channel.ToString().ToLowerInvariant(), count);
        }

        json.WriteEndObject();
    }

    /// <summary>Which frames have left their templates: <c>"spotv2 book": 3</c>.</summary>
    /// <param name="json">Gets a member <c>fallbacks_by_shape</c>.</param>
    /// <param name="counters">Of the parsers.</param>
    /// <param name="everyShape">Also the shapes of subscribed channels that none has left yet.</param>
    public static void WriteFallbacks(Utf8JsonWriter json, WireCounters counters, bool everyShape)
    {
        json.WriteStartObject("fallbacks_by_shape");
        foreach (Dialect dialect in Enum.GetValues<Dialect>())
        {
            foreach (Channel channel in Enum.GetValues<Channel>())
            {
                long count = counters.FallbacksOf(dialect, channel);
                bool isSubscribed = dialect is Dialect.SpotV2 or Dialect.Unified
                    && channel is >= Channel.Book and <= Channel.Ohlc;
                if (count == 0 && !(everyShape && isSubscribed)) continue;
                json.WriteNumber($"{dialect} {channel}".ToLowerInvariant(), count);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteUnknown(Utf8JsonWriter json, WireCounters counters)
    {
        json.WriteStartObject("unknown");
        WriteNames(json, "channel", counters.UnknownChannels);
        WriteNames(json, "event", counters.UnknownEvents);
        WriteNames(json, "key", counters.UnknownKeys);
        WriteNames(json, "word", counters.UnknownEnums);
        json.WriteEndObject();
        json.WriteStartObject("notices");
        WriteNames(json, "", counters.Notices);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string category, NameCounter names)
    {
        string prefix = category.Length == 0 ? "" : category + ":";
        for (int i = 0; i < names.Names; i++)
        {
            json.WriteNumber(prefix + Encoding.UTF8.GetString(names.NameOf(i)), names.CountOf(i));
        }

        if (names.Other > 0) json.WriteNumber(prefix + NameCounter.OtherName, names.Other);
    }

    private static void WriteBooks(Utf8JsonWriter json, ReplayRun run)
    {
        json.WriteStartArray("books");
        for (int id = 0; id < run.Symbols.Count; id++)
        {
            if (run.Engine.Books.BookOf(id) is not { } state) continue;
            if (state.Snapshots + state.Updates + state.UpdatesIgnored == 0) continue;
            json.WriteStartObject();
            json.WriteString("symbol", run.Symbols.TextOf(id));
            json.WriteString("dialect", DialectNames.Of(run.Symbols.DialectOf(id)));
            json.WriteString("state", StateName(state.State));
            json.WriteNumber("depth", state.Book?.Depth ?? 0);
            json.WriteNumber("snapshots", state.Snapshots);
            json.WriteNumber("updates", state.Updates);
            json.WriteNumber("updates_ignored", state.UpdatesIgnored);
            json.WriteNumber("checksums_verified", state.ChecksumsVerified);
            json.WriteNumber("checksum_mismatches", state.ChecksumMismatches);
            json.WriteNumber("sequence_gaps", state.SequenceGaps);
            json.WriteNumber("crossed", state.Crossed);
            json.WriteNumber("stale_intervals", state.StaleIntervals);
            json.WriteNumber("resyncs_asked", state.ResyncsAsked);
            ref readonly InstrumentScale scale = ref run.Engine.Books.Scales.Of(id);
            WriteBest(json, "best_bid", state.Book?.Bids, state.State, scale.PriceDecimals);
            WriteBest(json, "best_ask", state.Book?.Asks, state.State, scale.PriceDecimals);
            json.WriteNumber("price_decimals", scale.PriceDecimals);
            json.WriteNumber("quantity_decimals", scale.QuantityDecimals);
            json.WriteBoolean("scale_inferred", !scale.Confirmed);
            json.WriteNumber("scale_epoch", scale.Epoch);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Only a book in sync has a best price to show.</summary>
    private static void WriteBest(Utf8JsonWriter json, string name, BookSide? side, BookState state, int decimals)
    {
        if (side is not { Count: > 0 } || state != BookState.InSync) json.WriteNull(name);
        else json.WriteString(name, DecimalText.Of(side.PriceAt(0), decimals));
    }

    private static void WriteBars(Utf8JsonWriter json, ReplayRun run)
    {
        json.WriteStartArray("bars");
        for (int id = 0; id < run.Symbols.Count; id++)
        {
            for (int series = 0; series < run.Engine.Bars.Plan.SeriesCount; series++)
            {
                long count = run.Engine.Bars.ClosedCount(id, series);
                if (count == 0) continue;
                json.WriteStartObject();
                json.WriteString("symbol", run.Symbols.TextOf(id));
                json.WriteString("timeframe", BarCsv.SeriesName(run.Engine.Bars.Plan, series));
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteRefusals(Utf8JsonWriter json, ReplayRun run)
    {
        json.WriteStartObject("refused");
        foreach ((string name, long count) in Refusals(run)) json.WriteNumber(name, count);
        json.WriteEndObject();
    }

    /// <summary>Refused signals by reason, over all instruments; reasons that did not occur are left out.</summary>
    public static IEnumerable<(string Name, long Count)> Refusals(ReplayRun run)
    {
        for (Refusal reason = Refusal.BookNotInSync; reason <= Refusal.NotionalCap; reason++)
        {
            long count = 0;
            for (int id = 0; id < run.Symbols.Count; id++) count += run.Engine.Gate.CountOf(id, reason);
            if (count > 0) yield return (NameOf(reason), count);
        }
    }

    private static void WriteFault(Utf8JsonWriter json, CaptureFault? fault)
    {
        if (fault is null)
        {
            json.WriteNull("fault");
            return;
        }

        json.WriteStartObject("fault");
        json.WriteString("kind", fault.Kind.ToString());
        json.WriteString("file", fault.FileName);
        json.WriteNumber("line", fault.Line);
        json.WriteNumber("offset", fault.Offset);
        if (fault.CompressedOffset is { } offset) json.WriteNumber("compressed_offset", offset);
        else json.WriteNull("compressed_offset");
        json.WriteString("message", fault.Message);
        json.WriteEndObject();
    }

    private static void WriteAllocation(Utf8JsonWriter json, ReplayRun run)
    {
        (double? process, double? thread) = run.AllocatedPerFrame;
        WriteNumberOrNull(json, "allocated_bytes_per_frame", process);
        WriteNumberOrNull(json, "allocated_bytes_per_frame_feed_thread", thread);
        json.WriteStartObject("allocated_bytes_by_thread");
        foreach ((string name, long bytes) in run.ThreadBytes) json.WriteNumber(name, bytes);
        json.WriteEndObject();
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, Math.Round(number, 3));
        else json.WriteNull(name);
    }

    private static string StateName(BookState state) => state switch
    {
        BookState.InSync => "in_sync",
        BookState.Stale => "stale",
        BookState.Overflowed => "overflowed",
        _ => "none",
    };
}
