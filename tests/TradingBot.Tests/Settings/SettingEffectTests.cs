using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Universe;
using TradingBot.Trading;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>No key is read for nothing: each changes what <c>run</c> is built of.</summary>
public sealed class SettingEffectTests
{
    private static readonly Dictionary<string, (string Text, string With)> OfTheFeed = new()
    {
        ["venue.clock.skew_max_ms"] = ("5000", ""),
        ["venue.clock.skew_warn_ms"] = ("250", ""),
        ["venue.derivatives.ws_url"] = ("wss://test.kraken.com/d", "venue.kind=kraken"),
        ["venue.simulated.clock_ahead_ms"] = ("5000", ""),
        ["feed.derivatives"] = ("legacy", ""),
        ["feed.redundant"] = ("true", ""),
        ["feed.symbols_per_socket"] = ("5", ""),
        ["capture.folder"] = ("recordings", ""),
    };

    /// <summary>Per key another value, and what else must be said with it.</summary>
    private static readonly Dictionary<string, (string Text, string With)> PlaceSamples = new(OfTheFeed)
    {
        ["mode"] = ("dry-run", ""),
        ["venue.kind"] = ("kraken", ""),
        ["venue.spot.rest_url"] = ("https://test.kraken.com", "venue.kind=kraken"),
        ["venue.spot.ws_public_url"] = ("wss://test.kraken.com/a", "venue.kind=kraken"),
        ["venue.spot.api_key_file"] = ("KEY", "venue.spot.api_secret_file=SECRET"),
        ["venue.spot.api_secret_file"] = ("SECRET", "venue.spot.api_key_file=KEY"),
        ["venue.spot.tier"] = ("pro", ""),
        ["venue.unified.public_url"] = ("wss://test.kraken.com/b", "venue.kind=kraken"),
        ["venue.unified.private_url"] = ("wss://test.kraken.com/c", "venue.kind=kraken"),
        ["venue.derivatives.lane"] = ("legacy", ""),
        ["venue.unified.inspector"] = ("false", ""),
        ["venue.simulated.seed"] = ("18446744073709551615", ""),
        ["venue.simulated.activity"] = ("3", ""),
        ["venue.simulated.level_dollars"] = ("400", ""),
        ["venue.simulated.maintenance_after_ms"] = ("60000", ""),
        ["venue.status.poll_ms"] = ("5000", ""),
        ["venue.status.notice_lead_ms"] = ("1000", ""),
        ["account.id"] = ("main", ""),
        ["watchdog.api_key_file"] = ("KEY", ""),
        ["watchdog.api_secret_file"] = ("SECRET", ""),
        ["watchdog.after_seconds"] = ("3", ""),
        ["storage.url"] = ("file:///var/lib/tradingbot", ""),
        ["storage.lease_ms"] = ("5000", ""),
        ["admin.listen"] = ("[::1]:9", ""),
        ["universe.allow"] = ("BTC/EUR\nPF_ETHUSD", ""),
        ["strategy.imbalance_trigger_percent"] = ("55", ""),
        ["strategy.flow_min_percent"] = ("0", ""),
        ["strategy.timeframe"] = ("15m", ""),
        ["universe.block"] = ("PF_XBTUSD", ""),
        ["universe.classes"] = ("forex\ncrypto", ""),
        ["universe.quotes"] = ("EUR", ""),
        ["universe.volume_min"] = ("0", ""),
        ["universe.spread_max_ppm"] = ("1000", ""),
        ["universe.file"] = ("elsewhere/universe.json", ""),
        ["universe.symbols_max"] = ("7", ""),
        ["universe.refresh_minutes"] = ("0", ""),
        ["history.required"] = ("true", ""),
        ["history.own_bars"] = ("true", ""),
        ["history.age_max"] = ("15m=45m\n1d=36h", ""),
        ["history.daily_lag_max_hours"] = ("0", ""),
        ["history.bars_min"] = ("200", ""),
    };

    private static readonly Dictionary<string, (string Text, string With)> TradingSamples = new()
    {
        ["risk.order_notional"] = ("99.00000001", ""),
        ["risk.position_notional_max"] = ("250.5", ""),
        ["risk.total_notional_max"] = ("1000", ""),
        ["risk.risk_per_order"] = ("1.25", ""),
        ["risk.day_loss_max"] = ("12.5", ""),
        ["risk.drawdown_warn"] = ("40", ""),
        ["risk.drawdown_halt"] = ("80", ""),
        ["risk.stop_cooldown_ms"] = ("60000", ""),
        ["risk.positions_max"] = ("3", ""),
        ["risk.same_side_max"] = ("2", ""),
        ["risk.price_collar_ppm"] = ("5000", ""),
        ["risk.book_age_max_ms"] = ("1000", ""),
        ["risk.trade_age_max_ms"] = ("30000", ""),
        ["risk.exchange_lag_max_ms"] = ("500", ""),
        ["risk.orders_per_window_max"] = ("1", ""),
        ["risk.order_window_ms"] = ("5000", ""),
        ["risk.order_time_to_live_ms"] = ("10000", ""),
        ["protection.stop_distance_ppm"] = ("8000", ""),
        ["protection.adopted_stop_distance_ppm"] = ("9000", ""),
        ["protection.take_profit"] = ("false", ""),
        ["protection.targets"] = ("1R=40%\n2.5R=40%", ""),
        ["protection.trail_atr_percent"] = ("150", "protection.take_profit=false"),
        ["protection.break_even"] = ("false", ""),
        ["protection.stop_grace_ms"] = ("2000", ""),
        ["protection.stop_attempts_max"] = ("1", ""),
        ["protection.sweep_interval_ms"] = ("3000", ""),
        ["protection.liquidation_buffer_ppm"] = ("20000", ""),
        ["protection.close_after_ms"] = ("60000", ""),
        ["protection.starts_max"] = ("0", ""),
    };

    private static readonly Dictionary<string, (string Text, string With)> Samples =
        new(PlaceSamples.Concat(TradingSamples));

    public static TheoryData<string> Names => [.. Samples.Keys];

    [Fact]
    public void Every_key_has_a_sample_but_those_that_say_they_have_no_effect()
    {
        IEnumerable<string> idle = SettingTable.Keys.Where(key => key.Idle.Length > 0).Select(key => key.Name);
        Assert.Equal(SettingTable.Names.Order(), Samples.Keys.Concat(idle).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_key_changes_what_is_run(string name)
    {
        using Configured configured = new();
        string key = configured.Write("key", Configured.ApiKey + "\n");
        string secret = configured.Write("secret", Configured.PrivateKey + "\n");
        (string text, string with) = Samples[name];
        // Without the key, the other one may not stand alone: then both are left out.
        bool isPart = with.StartsWith("venue.spot.api", StringComparison.Ordinal);
        GivenSetting[] before = with.Length == 0 || isPart ? [] : [Give(with.Split('=')[0], with.Split('=')[1])];
        GivenSetting[] also = with.Length == 0 ? [] : [Give(with.Split('=')[0], File(with.Split('=')[1]))];
        WorkerSettings plain = Configured.Sound(configured.Read(null, null, before));
        WorkerSettings changed = Configured.Sound(configured.Read(null, null, [.. also, Give(name, File(text))]));
        Assert.NotEqual(Describe(plain), Describe(changed));
        Assert.NotEqual(SettingTable.Find(name)!.Show(plain), SettingTable.Find(name)!.Show(changed));
        if (isPart) Assert.Equal(Configured.ApiKey, RunComposition.OptionsOf(changed).ApiKey.Reveal());
        if (isPart) Assert.Equal(Configured.PrivateKey, RunComposition.OptionsOf(changed).ApiSecret.Reveal());

        string File(string sample) => sample switch { "KEY" => key, "SECRET" => secret, _ => sample };
    }

    private static GivenSetting Give(string key, string text) =>
        new(key, text, IsList: false, new SettingSource(SettingOrigin.Option, "test"));

    /// <summary>Everything the composition takes from settings, as text.</summary>
    private static string Describe(WorkerSettings settings)
    {
        CircleOptions options = RunComposition.OptionsOf(settings);
        VenueAddresses? addresses = settings.Venue.Addresses;
        ProtectionOptions protection = options.Protection with { TradablePrefix = default };
        string symbols = string.Join(',', options.Spot) + "|" + string.Join(',', options.Perpetuals);
        return string.Join(
            '\n', options.Mark, options.DryRun, options.StartsMax, options.Venue.Seed, options.Venue.Activity,
            options.Venue.LevelDollars,
            options.Venue.ApiKey, options.Strategy, options.Limits, protection, symbols,
            options.ApiKey.Reveal(), options.Tier, options.Lane, options.Inspector,
            addresses, settings.Storage, settings.CaptureFolder, settings.Listen,
            RunComposition.Greeting(settings), settings.Watchdog,
            options.Venue.Maintenance, options.VenueWatch, options.Clock, settings.Venue.ClockAheadNs, options.Sockets,
            DescribeListing(HistoryOptions.UniverseOf(settings)), string.Join(',', settings.Freshness.Limits),
            settings.Freshness.DailyLagMaxNs, settings.Freshness.BarsMin, settings.UniversePath,
            settings.UniverseSymbolsMax, settings.UniverseRefreshMinutes, settings.KeepsOwnBars, settings.LeaseNs,
            string.Join(',', protection.Targets));
    }

    /// <summary>What the verbs universe, backfill and data status take from settings.</summary>
    private static string DescribeListing(UniverseOptions options) => string.Join(
        '|', string.Join(',', options.Allow), string.Join(',', options.Block), string.Join(',', options.Classes),
        string.Join(',', options.Quotes), options.VolumeMin, options.SpreadMaxPpm);
}
