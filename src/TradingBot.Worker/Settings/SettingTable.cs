using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Values;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Settings;

/// <summary>Every key the configuration knows, in the order of the shipped file.</summary>
internal static partial class SettingTable
{
    /// <summary>A feed of this many books is what one socket of each kind carries without care.</summary>
    private const int SymbolsMax = 100;

    private const string ModeAllowed = "paper, dry-run or live";
    private const string LaneAllowed = "unified, or legacy, whose interface Kraken ends on 2027-03-01";
    private const string ListenAllowed = "an address of this machine and a port, as 127.0.0.1:8080; "
        + "to reach the page from elsewhere use an SSH tunnel or a reverse proxy that asks who is there";
    private const string StorageAllowed =
        "a folder's path, file:FOLDER, sqlite:FILE, postgresql://user:password@host:5432/database?sslmode=require, or "
        + "Host=…;Username=…;Password=…;Database=…";
    private const string UniverseAllowed =
        "different symbols, at most 100: spot as BTC/USD (BTC and DOGE, not XBT and XDG), perpetuals as PF_XBTUSD";

    private const string AccountAllowed = "auto, or 1 to 80 letters, digits, dots, underscores and hyphens";

    private const string SpotIdle = "only 'live --rehearse --lane spot' opens it: a run places no spot orders";
    private const string LegacyIdle = "only the doctor asks there while venue.derivatives.lane is unified, which signs "
        + "in with venue.spot.api_key_file";

    /// <summary>Who is spoken to.</summary>
    private static readonly ImmutableArray<SettingKey> VenueKeys =
    [
        new("mode", "paper", ModeAllowed, ReadMode, s => s.ModeText),
        new("venue.kind", "simulated", "simulated or kraken", ReadKind, s => s.Venue.KindText),
        SettingKey.Address("venue.spot.rest_url", isSocket: false, VenueSettings.Kraken.Rest,
            (s, v) => s with { Venue = s.Venue with { SpotRest = v } }, s => s.Venue.SpotRest),
        SettingKey.Address("venue.spot.ws_public_url", isSocket: true, VenueSettings.Kraken.SpotPublic,
            (s, v) => s with { Venue = s.Venue with { SpotPublic = v } }, s => s.Venue.SpotPublic),
        SettingKey.Address("venue.spot.ws_private_url", isSocket: true, VenueSettings.KrakenSpotPrivate,
            (s, v) => s with { Venue = s.Venue with { SpotPrivate = v } }, s => s.Venue.SpotPrivate) with
            { Idle = SpotIdle },
        SettingKey.File("venue.spot.api_key_file",
            (s, v) => s with { Venue = s.Venue with { KeyFile = v } }, s => s.Venue.KeyFile, s => s.Venue.Key),
        SettingKey.File("venue.spot.api_secret_file",
            (s, v) => s with { Venue = s.Venue with { SecretFile = v } }, s => s.Venue.SecretFile,
            s => s.Venue.Secret),
        new("venue.spot.tier", "starter", "starter, intermediate or pro", ReadTier, s => TierText(s.Venue.Tier)),
        SettingKey.Address("venue.unified.public_url", isSocket: true, VenueSettings.Kraken.UnifiedPublic,
            (s, v) => s with { Venue = s.Venue with { UnifiedPublic = v } }, s => s.Venue.UnifiedPublic),
        SettingKey.Address("venue.unified.private_url", isSocket: true, VenueSettings.Kraken.UnifiedPrivate,
            (s, v) => s with { Venue = s.Venue with { UnifiedPrivate = v } }, s => s.Venue.UnifiedPrivate),
        new("venue.unified.inspector", "true", "true or false",
            (s, text) => text is "true" or "false"
                ? s with { Venue = s.Venue with { Inspector = text == "true" } } : null,
            s => s.Venue.Inspector ? "true" : "false"),
        new("venue.derivatives.lane", "unified", LaneAllowed, ReadLane,
            s => s.Venue.Lane == DerivativesLane.Legacy ? "legacy" : "unified"),
        SettingKey.Address("venue.derivatives.rest_url", isSocket: false, VenueSettings.KrakenDerivativesRest,
            (s, v) => s with { Venue = s.Venue with { DerivativesRest = v } }, s => s.Venue.DerivativesRest,
            hasPath: true) with
            { Idle = LegacyIdle, IdleWith = IsUnified },
        SettingKey.Address("venue.derivatives.ws_url", isSocket: true, VenueSettings.KrakenDerivativesPublic,
            (s, v) => s with { Venue = s.Venue with { DerivativesPublic = v } }, s => s.Venue.DerivativesPublic),
        SettingKey.File("venue.derivatives.api_key_file",
            (s, v) => s with { Venue = s.Venue with { DerivativesKeyFile = v } }, s => s.Venue.DerivativesKeyFile,
            s => s.Venue.DerivativesKey) with
            { Idle = LegacyIdle, IdleWith = IsUnified },
        SettingKey.File("venue.derivatives.api_secret_file",
            (s, v) => s with { Venue = s.Venue with { DerivativesSecretFile = v } },
            s => s.Venue.DerivativesSecretFile, s => s.Venue.DerivativesSecret) with
            { Idle = LegacyIdle, IdleWith = IsUnified },
        new("venue.status.poll_ms", "60000", "0 (never asked), or whole milliseconds from 5000 to 600000", ReadPoll,
            s => SettingKey.Text(s.Venue.Watch.PollNs / 1_000_000)),
        SettingKey.Milliseconds("venue.status.notice_lead_ms", 0, 86_400_000,
            (s, v) => s with { Venue = s.Venue with { Watch = s.Venue.Watch with { NoticeLeadNs = v } } },
            s => s.Venue.Watch.NoticeLeadNs),
        new("venue.clock.skew_max_ms", "auto", "auto, 0 (entries never stop for it), or whole milliseconds from 100 to "
                + "60000",
            ReadSkew, s => SettingKey.Text(s.Venue.EffectiveClock.SkewMaxNs / 1_000_000)),
        SettingKey.Milliseconds("venue.clock.skew_warn_ms", 10, 60_000,
            (s, v) => s with { Venue = s.Venue with { Clock = s.Venue.Clock with { SkewWarnNs = v } } },
            s => s.Venue.Clock.SkewWarnNs),
        new("venue.simulated.seed", "1", "a whole number from 0 to 18446744073709551615", ReadSeed,
            s => s.Venue.Seed.ToString(CultureInfo.InvariantCulture)),
        SettingKey.Whole("venue.simulated.activity", "", 1, 1_000,
            (s, v) => s with { Venue = s.Venue with { Activity = v } }, s => s.Venue.Activity),
        SettingKey.Whole("venue.simulated.level_dollars", " of dollars", 10, 1_000_000,
            (s, v) => s with { Venue = s.Venue with { LevelDollars = v } }, s => s.Venue.LevelDollars),
        SettingKey.Milliseconds("venue.simulated.maintenance_after_ms", 0, 86_400_000,
            (s, v) => s with { Venue = s.Venue with { MaintenanceAfterNs = v } }, s => s.Venue.MaintenanceAfterNs),
        SettingKey.Milliseconds("venue.simulated.clock_ahead_ms", 0, 3_600_000,
            (s, v) => s with { Venue = s.Venue with { ClockAheadNs = v } }, s => s.Venue.ClockAheadNs),
    ];

    /// <summary>Where things lie, and what is watched.</summary>
    private static readonly ImmutableArray<SettingKey> PlaceKeys =
    [
        new("account.id", "auto", AccountAllowed, ReadAccount, s => s.EffectiveAccountId),
        SettingKey.File("watchdog.api_key_file",
            (s, v) => s with { Watchdog = s.Watchdog with { KeyFile = v } }, s => s.Watchdog.KeyFile, _ => null),
        SettingKey.File("watchdog.api_secret_file",
            (s, v) => s with { Watchdog = s.Watchdog with { SecretFile = v } }, s => s.Watchdog.SecretFile,
            _ => null),
        SettingKey.Whole("watchdog.after_seconds", " of seconds", 2, 60,
            (s, v) => s with { Watchdog = s.Watchdog with { After = TimeSpan.FromSeconds(v) } },
            s => (int)s.Watchdog.After.TotalSeconds),
        new("storage.url", "data", StorageAllowed,
            (s, text) => StorageAddress.Read(text, s.Storage.Folder) is { } address
                ? s with { Storage = address } : null,
            s => s.Storage.Text),
        SettingKey.Milliseconds("storage.lease_ms", 3_000, 600_000,
            (s, v) => s with { LeaseNs = v }, s => s.LeaseNs),
        new("feed.redundant", "false", "true or false",
            (s, text) => text is "true" or "false"
                ? s with { Sockets = s.Sockets with { Redundant = text == "true" } } : null,
            s => s.Sockets.Redundant ? "true" : "false"),
        new("feed.derivatives", "unified", $"unified, legacy (until 2027-03-01) or {LegacyFeed.BeyondItsEnd}",
            ReadDerivatives, s => DerivativesText(s.Sockets)),
        SettingKey.Whole("feed.symbols_per_socket", "", 5, 100,
            (s, v) => s with { Sockets = s.Sockets with { SymbolsPerSocket = v } }, s => s.Sockets.SymbolsPerSocket),
        new("capture.folder", "", "the path of a folder, or nothing",
            (s, text) => s with { CaptureFolder = text.Trim() }, s => s.CaptureFolder),
        new("admin.listen", "127.0.0.1:8080", ListenAllowed,
            (s, text) => SettingKey.Listen(text) is { } endpoint ? s with { Listen = endpoint } : null,
            s => s.Listen.ToString()),
        new("universe.allow", "", UniverseAllowed, ReadUniverse, s => string.Join(',', s.Universe)) { IsList = true },
        .. HistoryKeys(),
    ];

    /// <summary>What makes a signal.</summary>
    private static readonly ImmutableArray<SettingKey> StrategyKeys =
    [
        new("strategy.imbalance_trigger_percent", "auto", "auto, or a whole number of percent from 5 to 95",
            (s, text) => ReadAuto(text, 5, 95, out long? v) ? s with { ImbalanceTriggerPercent = (int?)v } : null,
            s => Percent(s.EffectiveStrategy.ImbalanceTrigger)),
        new("strategy.flow_min_percent", "auto", "auto, or a whole number of percent from 0 to 95",
            (s, text) => ReadAuto(text, 0, 95, out long? v) ? s with { FlowMinPercent = (int?)v } : null,
            s => Percent(s.EffectiveStrategy.FlowMin)),
        new("strategy.timeframe", "1s", "one of 1s, 1m, 5m, 15m, 1h, 4h, 1d", ReadStrategyTimeframe,
            s => s.StrategyTimeframe.ToString()),
    ];

    /// <summary>What becomes of it: the gate.</summary>
    private static readonly ImmutableArray<SettingKey> TradingKeys =
    [
        SettingKey.Money("risk.order_notional",
            (s, v) => s with { Limits = s.Limits with { OrderNotional = v } }, s => s.Limits.OrderNotional),
        SettingKey.Money("risk.position_notional_max",
            (s, v) => s with { Limits = s.Limits with { PositionNotionalMax = v } },
            s => s.Limits.PositionNotionalMax),
        SettingKey.Money("risk.total_notional_max",
            (s, v) => s with { Limits = s.Limits with { TotalNotionalMax = v } }, s => s.Limits.TotalNotionalMax),
        new("risk.risk_per_order", "0", "an amount of money as 2 or 1.5; 0 = by risk.order_notional alone", ReadRisk,
            s => SettingKey.Text(s.Limits.RiskPerOrder)),
        new("risk.day_loss_max", "auto", "auto, or an amount of money as 25 or 12.5; 0 = no limit",
            ReadDayLoss, s => SettingKey.Text(s.EffectiveProtection.DayLossMax)),
        new("risk.drawdown_warn", "0", DrawdownAllowed,
            (s, text) => ReadDrawdown(text) is { } most
                ? s with { Protection = s.Protection with { DrawdownWarn = most } } : null,
            s => SettingKey.Text(s.Protection.DrawdownWarn)),
        new("risk.drawdown_halt", "0", DrawdownAllowed,
            (s, text) => ReadDrawdown(text) is { } most
                ? s with { Protection = s.Protection with { DrawdownHalt = most } } : null,
            s => SettingKey.Text(s.Protection.DrawdownHalt)),
        SettingKey.Milliseconds("risk.stop_cooldown_ms", 0, 86_400_000,
            (s, v) => s with { Protection = s.Protection with { StopCooldownNs = v } },
            s => s.Protection.StopCooldownNs),
        SettingKey.Whole("risk.positions_max", "", 0, 1_000,
            (s, v) => s with { Protection = s.Protection with { PositionsMax = v } }, s => s.Protection.PositionsMax),
        SettingKey.Whole("risk.same_side_max", "", 0, 1_000,
            (s, v) => s with { Protection = s.Protection with { SameSideMax = v } }, s => s.Protection.SameSideMax),
        SettingKey.Whole("risk.price_collar_ppm", " of parts per million", 1, 500_000,
            (s, v) => s with { Limits = s.Limits with { PriceCollarPpm = v } }, s => s.Limits.PriceCollarPpm),
        SettingKey.Milliseconds("risk.book_age_max_ms", 100, 600_000,
            (s, v) => s with { Limits = s.Limits with { BookAgeMaxNs = v } }, s => s.Limits.BookAgeMaxNs),
        SettingKey.Milliseconds("risk.trade_age_max_ms", 0, 3_600_000,
            (s, v) => s with { Limits = s.Limits with { TradeAgeMaxNs = v } }, s => s.Limits.TradeAgeMaxNs),
        SettingKey.Milliseconds("risk.exchange_lag_max_ms", 10, 60_000,
            (s, v) => s with { Limits = s.Limits with { ExchangeLagMaxNs = v } }, s => s.Limits.ExchangeLagMaxNs),
        SettingKey.Whole("risk.orders_per_window_max", "", 1, 100,
            (s, v) => s with { Limits = s.Limits with { OrdersPerWindowMax = v } }, s => s.Limits.OrdersPerWindowMax),
        SettingKey.Milliseconds("risk.order_window_ms", 100, 3_600_000,
            (s, v) => s with { Limits = s.Limits with { OrderWindowNs = v } }, s => s.Limits.OrderWindowNs),
        new("risk.order_time_to_live_ms", "auto", "auto, or whole milliseconds from 1000 to 3600000",
            (s, text) => ReadAuto(text, 1_000, 3_600_000, out long? v)
                ? s with { OrderTimeToLiveNs = v * 1_000_000 } : null,
            s => SettingKey.Text(s.EffectiveLimits.OrderTimeToLiveNs / 1_000_000)),
    ];

    /// <summary>All of them, in the order of the shipped file.</summary>
    public static readonly ImmutableArray<SettingKey> Keys =
        [.. VenueKeys, .. PlaceKeys, .. StrategyKeys, .. TradingKeys, .. ProtectionKeys()];

    private static readonly ImmutableDictionary<string, SettingKey> ByName =
        Keys.ToImmutableDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>Every prefix of a key that ends before a dot.</summary>
    private static readonly ImmutableHashSet<string> Sections =
        [.. Keys.Select(key => key.Name).SelectMany(Prefixes)];

    public static IEnumerable<string> Names => Keys.Select(key => key.Name);

    public static SettingKey? Find(string name) => ByName.GetValueOrDefault(name);

    public static bool IsSection(string name) => Sections.Contains(name);

    /// <summary>Why the name cannot be used, with what to do; it is neither key nor section.</summary>
    public static string WhyUnknown(string name)
    {
        string last = name[(name.LastIndexOf('.') + 1)..].ToUpperInvariant();
        if (last is "API_KEY" or "API_SECRET" or "KEY" or "SECRET" or "PASSWORD")
        {
            return "secrets come from files alone: write it into a file of mode 400 and name that file in "
                + "venue.spot.api_key_file or venue.spot.api_secret_file (and make a new key if this text was shared)";
        }

        return "unknown key; the nearest valid name is " + NearestName.Of(name, Names.Concat(Sections.Order()));
    }

    private static IEnumerable<string> Prefixes(string name)
    {
        for (int dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1)) yield return name[..dot];
    }

    private static WorkerSettings? ReadMode(WorkerSettings settings, string text) => text switch
    {
        "paper" => settings with { Mode = TradingMode.Paper },
        "dry-run" => settings with { Mode = TradingMode.DryRun },
        "live" => settings with { Mode = TradingMode.Live },
        _ => null,
    };

    private static WorkerSettings? ReadKind(WorkerSettings settings, string text) => text switch
    {
        "simulated" => settings with { Venue = settings.Venue with { Kind = VenueKind.Simulated } },
        "kraken" => settings with { Venue = settings.Venue with { Kind = VenueKind.Kraken } },
        _ => null,
    };

    private static WorkerSettings? ReadTier(WorkerSettings settings, string text)
    {
        foreach (AccountTier tier in Enum.GetValues<AccountTier>())
        {
            if (text == TierText(tier)) return settings with { Venue = settings.Venue with { Tier = tier } };
        }

        return null;
    }

    private static string TierText(AccountTier tier) => tier switch
    {
        AccountTier.Pro => "pro",
        AccountTier.Intermediate => "intermediate",
        _ => "starter",
    };

    private static WorkerSettings? ReadSeed(WorkerSettings settings, string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? settings with { Venue = settings.Venue with { Seed = seed } }
            : null;

    private static bool IsUnified(WorkerSettings settings) => settings.Venue.Lane == DerivativesLane.Unified;

    private static WorkerSettings? ReadLane(WorkerSettings settings, string text) => text switch
    {
        "unified" => settings with { Venue = settings.Venue with { Lane = DerivativesLane.Unified } },
        "legacy" => settings with { Venue = settings.Venue with { Lane = DerivativesLane.Legacy } },
        _ => null,
    };

    private static WorkerSettings? ReadPoll(WorkerSettings settings, string text)
    {
        bool usable = text == "0" | SettingKey.TryWhole(text, 5_000, 600_000, out long ms);
        VenueSettings venue = settings.Venue;
        return usable
            ? settings with { Venue = venue with { Watch = venue.Watch with { PollNs = ms * 1_000_000 } } } : null;
    }

    private static WorkerSettings? ReadDerivatives(WorkerSettings settings, string text)
    {
        if (text is not ("unified" or "legacy" or LegacyFeed.BeyondItsEnd)) return null;
        FeedSockets sockets = settings.Sockets with
        {
            Legacy = text != "unified",
            LegacyBeyondItsEnd = text == LegacyFeed.BeyondItsEnd,
        };
        return settings with { Sockets = sockets };
    }

    private static string DerivativesText(FeedSockets sockets) =>
        sockets.LegacyBeyondItsEnd ? LegacyFeed.BeyondItsEnd : sockets.Legacy ? "legacy" : "unified";

    private static WorkerSettings? ReadSkew(WorkerSettings settings, string text)
    {
        long? ms = null;
        if (text == "0") ms = 0;
        else if (!ReadAuto(text, 100, 60_000, out ms)) return null;
        return settings with { Venue = settings.Venue with { SkewMaxNs = ms * 1_000_000 } };
    }

    private static WorkerSettings? ReadAccount(WorkerSettings settings, string text)
    {
        if (text == "auto") return settings with { AccountId = null };
        return AccountForm().IsMatch(text) ? settings with { AccountId = text } : null;
    }

    private static WorkerSettings? ReadRisk(WorkerSettings settings, string text)
    {
        Notional most = Notional.Zero;
        if (text != "0" && !SettingKey.TryMoney(text, out most)) return null;
        return settings with { Limits = settings.Limits with { RiskPerOrder = most } };
    }

    private static WorkerSettings? ReadDayLoss(WorkerSettings settings, string text)
    {
        if (text == "auto") return settings with { DayLossMax = null };
        if (text == "0") return settings with { DayLossMax = Notional.Zero };
        return SettingKey.TryMoney(text, out Notional most) ? settings with { DayLossMax = most } : null;
    }

    private static WorkerSettings? ReadStopDistance(WorkerSettings settings, string text) =>
        ReadAuto(text, 100, 500_000, out long? ppm) ? settings with { StopDistancePpm = (int?)ppm } : null;

    /// <summary>A whole number, or null for <c>auto</c>; false when the text is neither.</summary>
    private static bool ReadAuto(string text, long least, long most, out long? value)
    {
        value = null;
        if (text == "auto") return true;
        if (!SettingKey.TryWhole(text, least, most, out long whole)) return false;
        value = whole;
        return true;
    }

    private static string Percent(double share) => SettingKey.Text((long)Math.Round(share * 100));

    private static WorkerSettings? ReadTakeProfit(WorkerSettings settings, string text) => text switch
    {
        "true" => settings with { Protection = settings.Protection with { TakeProfit = true } },
        "false" => settings with { Protection = settings.Protection with { TakeProfit = false } },
        _ => null,
    };

    /// <summary>Kraken's v2 name of a spot instrument or a linear perpetual.</summary>
    public static bool IsSymbol(string text) => SymbolForm().IsMatch(text);

    private static WorkerSettings? ReadUniverse(WorkerSettings settings, string text)
    {
        string[] symbols = text.Length == 0 ? [] : text.Split('\n', StringSplitOptions.TrimEntries);
        bool usable = symbols.Length <= SymbolsMax && symbols.Distinct().Count() == symbols.Length
            && symbols.All(symbol => SymbolForm().IsMatch(symbol));
        return usable ? settings with { Universe = [.. symbols] } : null;
    }

    /// <summary>Kraken's v2 names of spot, and of linear perpetuals; no character that JSON would mind.</summary>
    [GeneratedRegex(@"^((?!(XBT|XDG)/)[A-Za-z0-9]{1,15}/(?!XBT\z)[A-Z0-9]{2,10}|PF_[A-Za-z0-9]{4,20})\z")]
    private static partial Regex SymbolForm();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}\z")]
    private static partial Regex AccountForm();
}
