using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using TradingBot.Market.Bars;
using TradingBot.Storage.Database;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>What the verbs that read and write stores share: where, of which symbol, of when.</summary>
internal static class StoreOptions
{
    public static Option<string?> Db() => new("--db")
    {
        Description = "A SQLite file, a folder with candles.db and state.db, or postgresql://user:password@host/name."
            + " Without it storage.url of the configuration (file, TRADINGBOT__STORAGE__URL, DATABASE_URL).",
    };

    public static Option<string> Symbol(bool required) => new("--symbol")
    {
        Description = "As BTC/USD or PF_XBTUSD.",
        Required = required,
        DefaultValueFactory = _ => "",
    };

    public static Option<bool> Json() => new("--json") { Description = "One JSON object on standard output." };

    /// <summary>Where the store lies; null, with what is wrong, when the text names no place.</summary>
    /// <param name="text">Value of <c>--db</c>; null without it.</param>
    /// <param name="history">The store of candles, not of state.</param>
    /// <param name="error">What is wrong; never a password.</param>
    public static StorePlace? Place(string? text, bool history, out string error)
    {
        error = "";
        StorageAddress? address = null;
        if (text is null)
        {
            EffectiveSettings effective = SettingsOptions.OfEnvironment();
            if (effective.Faults.Count > 0)
            {
                error = effective.Faults[0].Text;
                return null;
            }

            address = effective.Settings.Storage;
        }
        else if (Directory.Exists(text))
        {
            address = new StorageAddress(text, null);
        }

        if (address is not null) return history ? address.History : address.State;
        StorePlace? place = StorePlace.Read(text!, out string wrong);
        if (place is null) error = $"--db {SettingFault.Printable(text!)}: {wrong}.";
        return place;
    }

    /// <summary>Timeframes separated by commas, shortest first, each once.</summary>
    public static List<Timeframe>? Timeframes(string text, out string error)
    {
        error = "";
        SortedSet<Timeframe> timeframes = [];
        foreach (string one in text.Split(','))
        {
            if (!Timeframe.TryParse(one.Trim(), out Timeframe timeframe) || !timeframes.Add(timeframe))
            {
                error = $"--timeframe '{one}': different ones, as 1m, 15m, 1h, 1d, separated by commas.";
                return null;
            }
        }

        return [.. timeframes];
    }

    /// <summary>A day or a moment in UTC as Unix ns; what is not given is the end of time that is meant.</summary>
    public static bool TryTime(string? text, long otherwise, out long unixNs)
    {
        unixNs = otherwise;
        if (text is null) return true;
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] forms =
        [
            "yyyy-MM-dd", "yyyyMMdd", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'",
            "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
        ];
        if (!DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, Styles, out DateTime time))
        {
            return false;
        }

        unixNs = (time - DateTime.UnixEpoch).Ticks * 100;
        return true;
    }

    /// <summary>What the process ends with when a store refuses.</summary>
    public static int ExitCodeOf(StoreFault fault) =>
        fault.Kind == StoreFaultKind.Unreachable ? ExitCode.Unreachable : ExitCode.CheckFailed;
}
