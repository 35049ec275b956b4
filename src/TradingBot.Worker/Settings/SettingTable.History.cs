using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Worker.Circle;
using TradingBot.Worker.History;

namespace TradingBot.Worker.Settings;

/// <summary>Keys of the universe and of history.</summary>
internal static partial class SettingTable
{
    private const int TimeframesMax = 10;
    private const long HourNs = 3_600_000_000_000;

    // A property: the table of keys may be made before any field of this part.
    private static ImmutableArray<InstrumentClass> Classes =>
    [
        InstrumentClass.Crypto, InstrumentClass.Stablecoin, InstrumentClass.Forex, InstrumentClass.TokenizedEquity,
        InstrumentClass.OtherVenue,
    ];

    private static string ClassesAllowed =>
        "one or more of " + string.Join(", ", Classes.Select(InstrumentSpec.TextOf));

    private const string AgesAllowed = "different timeframes, each with the age its newest bar may have counted from "
        + "its close, as 15m=30m, 1h=2h or 1d=48h";

    private static SettingKey[] HistoryKeys() =>
    [
        new("universe.file", "auto", "auto, none, or the path of a universe.json", ReadUniverseFile,
            s => s.UniverseFileText == "auto" ? s.UniversePath ?? "auto" : s.UniverseFileText),
        SettingKey.Whole("universe.symbols_max", " of symbols", 1, SymbolsMax,
            (s, v) => s with { UniverseSymbolsMax = v }, s => s.UniverseSymbolsMax),
        SettingKey.Whole("universe.refresh_minutes", " of minutes", 0, 7 * 24 * 60,
            (s, v) => s with { UniverseRefreshMinutes = v }, s => s.UniverseRefreshMinutes),
        new("universe.block", "2Z/USD\nANIME/USD", "different symbols, at most 100, by any name the venue uses",
            ReadBlock, s => string.Join(',', s.Listing.Block)) { IsList = true },
        new("universe.classes", "crypto", ClassesAllowed, ReadClasses,
            s => string.Join(',', s.Listing.Classes.Select(InstrumentSpec.TextOf))) { IsList = true },
        new("universe.quotes", "USD", "one or more currencies, as USD or EUR",
            ReadQuotes, s => string.Join(',', s.Listing.Quotes)) { IsList = true },
        SettingKey.Whole("universe.volume_min", " of quote currency a day", 0, int.MaxValue,
            (s, v) => s with { Listing = s.Listing with { VolumeMin = v } }, s => (int)s.Listing.VolumeMin),
        SettingKey.Whole("universe.spread_max_ppm", " of parts per million", 1, 1_000_000,
            (s, v) => s with { Listing = s.Listing with { SpreadMaxPpm = v } }, s => (int)s.Listing.SpreadMaxPpm),
        new("history.age_max", "15m=30m\n1h=2h\n4h=8h\n1d=48h", AgesAllowed, ReadAges,
            s => string.Join(',', s.Freshness.Limits.Select(limit => $"{limit.Timeframe}={AgeText(limit.AgeMaxNs)}")))
            { IsList = true },
        SettingKey.Whole("history.daily_lag_max_hours", " of hours", 0, 24 * 14,
            (s, v) => s with { Freshness = s.Freshness with { DailyLagMaxNs = v * HourNs } },
            s => (int)(s.Freshness.DailyLagMaxNs / HourNs)),
        SettingKey.Whole("history.bars_min", " of bars", 1, 100_000,
            (s, v) => s with { Freshness = s.Freshness with { BarsMin = v } }, s => s.Freshness.BarsMin),
        new("history.required", "false", "true or false", ReadHistoryRequired,
            s => s.Limits.HistoryRequired ? "true" : "false"),
        new("history.own_bars", "auto", "auto, true or false", ReadOwnBars, s => s.KeepsOwnBars ? "true" : "false"),
    ];

    /// <summary>A name in any dialect of the venue.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9/_.:-]{1,39}\z")]
    private static partial Regex NameForm();

    private static string[] Items(string text) =>
        text.Length == 0 ? [] : text.Split('\n', StringSplitOptions.TrimEntries);

    private static WorkerSettings? ReadUniverseFile(WorkerSettings settings, string text)
    {
        string path = text.Trim();
        bool usable = path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal);
        return usable ? settings with { UniverseFileText = path } : null;
    }

    private static WorkerSettings? ReadStrategyTimeframe(WorkerSettings settings, string text)
    {
        bool isBuilt = RunComposition.TimeframesKept.Split(',').Contains(text);
        return isBuilt && Timeframe.TryParse(text, out Timeframe timeframe)
            ? settings with { StrategyTimeframe = timeframe }
            : null;
    }

    private static WorkerSettings? ReadHistoryRequired(WorkerSettings settings, string text) =>
        text is "true" or "false"
            ? settings with { Limits = settings.Limits with { HistoryRequired = text == "true" } }
            : null;

    private static WorkerSettings? ReadOwnBars(WorkerSettings settings, string text) => text switch
    {
        "auto" => settings with { OwnBars = null },
        "true" or "false" => settings with { OwnBars = text == "true" },
        _ => null,
    };

    private static WorkerSettings? ReadBlock(WorkerSettings settings, string text)
    {
        string[] symbols = Items(text);
        bool usable = symbols.Length <= SymbolsMax && symbols.Distinct().Count() == symbols.Length
            && symbols.All(symbol => NameForm().IsMatch(symbol));
        return usable ? settings with { Listing = settings.Listing with { Block = [.. symbols] } } : null;
    }

    private static WorkerSettings? ReadClasses(WorkerSettings settings, string text)
    {
        List<InstrumentClass> classes = [];
        foreach (string item in Items(text))
        {
            InstrumentClass named = Classes.FirstOrDefault(one => InstrumentSpec.TextOf(one) == item);
            if (named == InstrumentClass.Unknown || classes.Contains(named)) return null;
            classes.Add(named);
        }

        return classes.Count == 0 ? null : settings with { Listing = settings.Listing with { Classes = [.. classes] } };
    }

    private static WorkerSettings? ReadQuotes(WorkerSettings settings, string text)
    {
        string[] quotes = Items(text);
        bool usable = quotes.Length > 0 && quotes.Distinct().Count() == quotes.Length
            && quotes.All(quote => quote.Length is >= 2 and <= 10 && quote.All(char.IsAsciiLetterOrDigit));
        return usable ? settings with { Listing = settings.Listing with { Quotes = [.. quotes] } } : null;
    }

    private static WorkerSettings? ReadAges(WorkerSettings settings, string text)
    {
        List<FreshnessLimit> limits = [];
        foreach (string item in Items(text))
        {
            string[] sides = item.Split('=');
            bool isRead = Timeframe.TryParse(sides[0], out Timeframe timeframe) & TryAge(sides[^1], out long ageNs);
            bool isNew = !limits.Exists(limit => limit.Timeframe == timeframe);
            if (sides.Length != 2 || !isRead || !isNew || ageNs < timeframe.LengthNs) return null;
            limits.Add(new FreshnessLimit(timeframe, ageNs));
        }

        bool usable = limits.Count is > 0 and <= TimeframesMax;
        return usable ? settings with { Freshness = settings.Freshness with { Limits = [.. limits] } } : null;
    }

    /// <summary>Whole minutes, hours or days.</summary>
    private static bool TryAge(string text, out long ageNs)
    {
        char unit = text.Length < 2 ? ' ' : text[^1];
        long unitNs = unit switch { 'm' => HourNs / 60, 'h' => HourNs, 'd' => 24 * HourNs, _ => 0 };
        bool isNumber = SettingKey.TryWhole(text[..Math.Max(0, text.Length - 1)], 1, 10_000, out long count);
        ageNs = count * unitNs;
        return isNumber && unitNs > 0;
    }

    private static string AgeText(long ageNs) => ageNs % HourNs == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{ageNs / HourNs}h")
        : string.Create(CultureInfo.InvariantCulture, $"{ageNs / (HourNs / 60)}m");
}
