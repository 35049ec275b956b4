using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Values;
using TradingBot.Trading;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Settings;

/// <summary>What no key tells alone: limits that contradict each other, modes that lack something, secrets.</summary>
internal sealed class SettingChecks
{
    private const string RestKey = "venue.spot.rest_url";
    private const string SpotKey = "venue.spot.ws_public_url";
    private const string PublicKey = "venue.unified.public_url";
    private const string PrivateKey = "venue.unified.private_url";
    private const string KeyFileKey = "venue.spot.api_key_file";
    private const string SecretFileKey = "venue.spot.api_secret_file";
    private const string DerivativesKeyFileKey = "venue.derivatives.api_key_file";
    private const string DerivativesSecretFileKey = "venue.derivatives.api_secret_file";
    private const string LaneKey = "venue.derivatives.lane";
    private const string RestUrlKey = "venue.derivatives.rest_url";
    private const string SocketUrlKey = "venue.derivatives.ws_url";

    private readonly WorkerSettings _settings;
    private readonly IReadOnlyDictionary<string, SettingSource> _sources;
    private readonly List<SettingFault> _faults;
    private readonly HashSet<string> _broken;

    private SettingChecks(
        WorkerSettings settings, IReadOnlyDictionary<string, SettingSource> sources, List<SettingFault> faults)
    {
        _settings = settings;
        _sources = sources;
        _faults = faults;
        // A key that is wrong by itself has its fault: nothing is concluded from what stands in its place.
        _broken = [.. faults.Select(fault => fault.Key)];
    }

    /// <summary>The settings with their secrets read; faults are added.</summary>
    public static WorkerSettings Check(
        WorkerSettings settings, IReadOnlyDictionary<string, SettingSource> sources, List<SettingFault> faults)
    {
        SettingChecks checks = new(settings, sources, faults);
        checks.Limits();
        checks.Protection();
        checks.Addresses();
        checks.FirstSocket();
        checks.SimulatedMarket();
        checks.Lane();
        checks.Live();
        return checks.Secrets();
    }

    private void Limits()
    {
        RiskLimits limits = _settings.EffectiveLimits;
        const string Order = "risk.order_notional";
        const string Position = "risk.position_notional_max";
        const string Total = "risk.total_notional_max";
        if (Sound(Order, Position) && limits.OrderNotional > limits.PositionNotionalMax)
        {
            Fault(Position, $"it is less than {Order}: every order would be refused; raise it, or lower {Order}");
        }

        if (Sound(Position, Total) && limits.PositionNotionalMax > limits.TotalNotionalMax)
        {
            Fault(Total, $"it is less than {Position}, which no position could reach; raise it, or lower {Position}");
        }

        const string Day = "risk.day_loss_max";
        ProtectionOptions protection = _settings.EffectiveProtection;
        // What one stop at its planned place loses, fees of both sides included.
        Int128 ppm = protection.StopDistancePpm + (2 * protection.TakerFeePpm);
        bool once = protection.DayLossMax > Notional.Zero
            && limits.OrderBudget.Units * ppm / 1_000_000 >= protection.DayLossMax.Units;
        if (once && Sound(Day, Order, "protection.stop_distance_ppm"))
        {
            Fault(Day, $"one stop of {Order} at protection.stop_distance_ppm already loses as much; raise it, or lower "
                + "one of those");
        }

        const string Rate = "risk.orders_per_window_max";
        bool known = Sound(Rate, "risk.order_window_ms", "risk.order_time_to_live_ms");
        if (!known || limits.OrdersAlive <= Exposure.OrdersMax) return;
        string most = Exposure.OrdersMax.ToString(CultureInfo.InvariantCulture);
        Fault(Rate, $"with risk.order_window_ms and risk.order_time_to_live_ms it admits {limits.OrdersAlive} orders "
            + $"alive at once, and the gate holds {most}: lower it or the time to live, or widen the window");
    }

    /// <summary>Bounds of protection that leave each other no room.</summary>
    private void Protection()
    {
        ProtectionOptions options = _settings.EffectiveProtection;
        const string Trail = "protection.trail_atr_percent";
        const string Targets = "protection.targets";
        bool closesAll = options.TakeProfit && options.Targets is [{ SharePercent: 100 }];
        if (options.TrailAtrPercent > 0 && closesAll && Sound(Trail, Targets))
        {
            Fault(Trail, $"it has no effect: the only target of {Targets} closes everything; leave a part to run, as "
                + "\"2R=60%\", or set protection.take_profit to false");
        }

        const string Grace = "protection.stop_grace_ms";
        const string Close = "protection.close_after_ms";
        if (Sound(Grace, Close) && options.CloseAfterNs <= options.StopGraceNs)
        {
            Fault(Close, $"it is not more than {Grace}: positions would be closed before the ladder has begun; raise "
                + $"it, or lower {Grace}");
        }

        const string Warn = "risk.drawdown_warn";
        const string Halt = "risk.drawdown_halt";
        const string Day = "risk.day_loss_max";
        bool limited = options.DrawdownHalt > Notional.Zero;
        if (limited && Sound(Warn, Halt) && !(options.DrawdownWarn < options.DrawdownHalt))
        {
            Fault(Halt, $"it is not more than {Warn}, which should come first; raise it, or lower {Warn}");
        }

        if (limited && Sound(Day, Halt) && options.DayLossMax > options.DrawdownHalt)
        {
            Fault(Halt, $"it is less than {Day}, which no day could reach; raise it, or lower {Day}");
        }

        const string Side = "risk.same_side_max";
        const string All = "risk.positions_max";
        if (Sound(Side, All) && options.PositionsMax > 0 && options.SameSideMax > options.PositionsMax)
        {
            Fault(Side, $"it is more than {All}, which is reached first: lower it, or raise {All}");
        }
    }

    /// <summary>The simulated venue lies on this machine, and either all of it stands elsewhere or none.</summary>
    private void Addresses()
    {
        if (_settings.Venue.Kind != VenueKind.Simulated || !Sound("venue.kind")) return;
        (string Key, Uri? Address)[] all =
        [
            (RestKey, _settings.Venue.SpotRest), (SpotKey, _settings.Venue.SpotPublic),
            (PublicKey, _settings.Venue.UnifiedPublic), (PrivateKey, _settings.Venue.UnifiedPrivate),
        ];
        (string Key, Uri? Address)[] idle =
        [
            ("venue.spot.ws_private_url", _settings.Venue.SpotPrivate),
            ("venue.derivatives.rest_url", _settings.Venue.DerivativesRest),
            ("venue.derivatives.ws_url", _settings.Venue.DerivativesPublic),
        ];
        foreach ((string key, Uri? address) in all.Concat(idle))
        {
            if (address is null || address.IsLoopback) continue;
            Fault(key, $"'{address}' is not of this machine, where the simulated venue is: give a loopback address or "
                + "auto, or set venue.kind to kraken");
        }

        string[] given = [.. all.Where(one => one.Address is not null).Select(one => one.Key)];
        string[] missing = [.. all.Where(one => one.Address is null && Sound(one.Key)).Select(one => one.Key)];
        if (given.Length == 0 || missing.Length == 0) return;
        Fault(given[0], "a simulated venue in another process needs all four addresses; missing: "
            + string.Join(", ", missing) + " (or set all of them to auto)");
    }

    /// <summary>Where everything else is of this machine, Kraken is not asked by default.</summary>
    private void FirstSocket()
    {
        const string Key = "feed.derivatives";
        bool isMissing = _settings.Sockets.Legacy && _settings.Venue.Addresses is { AreLoopback: true }
            && _settings.Venue.DerivativesPublic is null;
        if (!isMissing || !Sound(Key, "venue.derivatives.ws_url")) return;
        Fault(Key, "legacy needs venue.derivatives.ws_url where the other addresses are of this machine: give it, or "
            + "choose unified");
    }

    /// <summary>The legacy lane needs its own addresses and keys, and a venue that is none of paper.</summary>
    private void Lane()
    {
        VenueSettings venue = _settings.Venue;
        if (venue.Lane != DerivativesLane.Legacy || !Sound(LaneKey, "mode", "venue.kind")) return;
        if (_settings.FillsOnPaper)
        {
            Fault(LaneKey, "orders that stay on this machine go by no interface of Kraken's: set it to unified, or "
                + "venue.kind to simulated");
        }

        bool isElsewhere = venue is { Kind: VenueKind.Simulated, Addresses: not null };
        string[] missing =
        [
            .. venue.DerivativesRest is null ? [RestUrlKey] : Array.Empty<string>(),
            .. venue.DerivativesPublic is null ? [SocketUrlKey] : Array.Empty<string>(),
        ];
        if (isElsewhere && missing.Length > 0 && Sound(missing))
        {
            Fault(LaneKey, "a simulated venue in another process must say where its derivatives are; missing: "
                + string.Join(", ", missing));
        }

        if (venue.DerivativesRest is { } rest && rest.AbsolutePath != VenueSettings.KrakenDerivativesRest.AbsolutePath)
        {
            Fault(RestUrlKey, $"its path is not {VenueSettings.KrakenDerivativesRest.AbsolutePath}, which is part of "
                + "what is signed");
        }

        if (_settings.Mode != TradingMode.Live) return;
        foreach (string key in (string[])[DerivativesKeyFileKey, DerivativesSecretFileKey])
        {
            string path = key == DerivativesKeyFileKey ? venue.DerivativesKeyFile : venue.DerivativesSecretFile;
            if (path.Length == 0 && Sound(key)) Fault("mode", $"live by the legacy lane needs {key}");
        }
    }

    /// <summary>A market that somebody else makes does not listen to our seed.</summary>
    private void SimulatedMarket()
    {
        VenueSettings standard = new();
        if (_settings.Venue.Addresses is null) return;
        const string Message = "it has no effect: only a simulated Kraken that the worker starts itself takes it; "
            + "remove it, or set the venue's addresses to auto";
        if (_settings.Venue.Seed != standard.Seed) Fault("venue.simulated.seed", Message);
        if (_settings.Venue.Activity != standard.Activity) Fault("venue.simulated.activity", Message);
        if (_settings.Venue.MaintenanceAfterNs != 0) Fault("venue.simulated.maintenance_after_ms", Message);
        if (_settings.Venue.ClockAheadNs != 0) Fault("venue.simulated.clock_ahead_ms", Message);
    }

    private void Live()
    {
        if (_settings.Mode != TradingMode.Live || !Sound("mode")) return;
        if (_settings.AccountId is null)
        {
            Fault("mode", "live needs account.id: the name of the account whose orders and log these are");
        }

        foreach (string key in (string[])[KeyFileKey, SecretFileKey])
        {
            string path = key == KeyFileKey ? _settings.Venue.KeyFile : _settings.Venue.SecretFile;
            if (path.Length == 0 && Sound(key)) Fault("mode", $"live needs {key}: the file of the account's key");
        }

        VenueAddresses? addresses = _settings.Venue.Addresses;
        if (addresses is null || addresses.AreLoopback) return;
        Fault("mode", "live trading at Kraken is refused, because this is missing: one conversation of the order lanes "
            + "with Kraken, from which 'tradingbot probe' would tell the real member names and 'tradingbot live "
            + "--rehearse' what becomes of orders (docs/limits.md); live is for rehearsals against "
            + "addresses of this machine, else set mode to paper");
    }

    private WorkerSettings Secrets()
    {
        VenueSettings venue = _settings.Venue;
        // Live asks for each of the spot keys itself.
        if (_settings.Mode != TradingMode.Live) Both(KeyFileKey, venue.KeyFile, SecretFileKey, venue.SecretFile);
        Both(DerivativesKeyFileKey, venue.DerivativesKeyFile, DerivativesSecretFileKey, venue.DerivativesSecretFile);
        return _settings with
        {
            Venue = venue with
            {
                Key = Secret(KeyFileKey, venue.KeyFile, isBase64: false),
                Secret = Secret(SecretFileKey, venue.SecretFile, isBase64: true),
                DerivativesKey = Secret(DerivativesKeyFileKey, venue.DerivativesKeyFile, isBase64: false),
                DerivativesSecret = Secret(DerivativesSecretFileKey, venue.DerivativesSecretFile, isBase64: true),
            },
        };
    }

    /// <summary>A key without its other half signs nothing.</summary>
    private void Both(string keyName, string keyFile, string secretName, string secretFile)
    {
        if (!Sound(keyName, secretName) || (keyFile.Length == 0) == (secretFile.Length == 0)) return;
        (string given, string missing) = keyFile.Length > 0 ? (keyName, secretName) : (secretName, keyName);
        Fault(given, $"it is of no use without {missing}: give both or none");
    }

    private SecretFile? Secret(string key, string path, bool isBase64)
    {
        if (path.Length == 0 || !Sound(key)) return null;
        SecretFile? read = SecretFile.Read(path, isBase64, out string fault);
        if (read is null) Fault(key, fault);
        return read;
    }

    private bool Sound(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (_broken.Contains(key)) return false;
        }

        return true;
    }

    private void Fault(string key, string message) => _faults.Add(new SettingFault(_sources[key], key, message));
}
