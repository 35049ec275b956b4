// In:     nothing; the reader makes it from defaults, file, environment and options.
// Out:    what the worker is told to be, typed.   Thread: any; it never changes.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Net;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Signals;
using TradingBot.Trading;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.History;

namespace TradingBot.Worker.Settings;

/// <summary>What becomes of a decided order.</summary>
internal enum TradingMode : byte
{
    /// <summary>Sent, to a venue that holds no money.</summary>
    Paper = 0,

    /// <summary>Decided and logged, never sent.</summary>
    DryRun = 1,

    /// <summary>Sent, for money; against addresses of this machine it is a rehearsal.</summary>
    Live = 2,
}

/// <summary>Who answers on the wire.</summary>
internal enum VenueKind : byte
{
    Simulated = 0,
    Kraken = 1,
}

/// <summary>Everything the configuration says; the values of a new one are the defaults.</summary>
internal sealed record WorkerSettings
{
    // The simulated venue is there to be looked at: within a minute its worker is to enter, to be filled in parts, to
    // be stopped and to take profit. Its own defaults are an eager strategy on a lively, thin market, no more.

    /// <summary>Stops 0.05 % away, some seconds of its market.</summary>
    public const int StopDistancePpmSimulated = 500;

    /// <summary>How far beyond its trigger a stop may fill: the venue protects market orders so far.</summary>
    private const int StopSlippagePpm = 10_000;

    /// <summary>A quarter of the default order's size in one UTC day; the simulated market has no limit.</summary>
    public static readonly Notional DayLossMaxKraken = Notional.Of(25, 0, 1, 0);

    /// <summary>An entry that is not filled within 3 s has missed its market.</summary>
    public const long OrderTimeToLiveNsSimulated = 3_000_000_000;

    /// <summary>Percent of five-level imbalance.</summary>
    public const int ImbalanceTriggerPercentSimulated = 40;

    /// <summary>Percent of trade flow.</summary>
    public const int FlowMinPercentSimulated = 10;

    /// <summary>What the verbs <c>universe</c> and <c>backfill</c> remember of the venue's lists.</summary>
    public const string UniverseName = "universe.json";

    public TradingMode Mode { get; init; } = TradingMode.Paper;

    public VenueSettings Venue { get; init; } = new();

    /// <summary>
    /// Names the account in the intent log, so that no log is used for another; null = by the venue's kind.
    /// </summary>
    public string? AccountId { get; init; }

    public string EffectiveAccountId => AccountId ?? Venue.KindText;

    /// <summary>Prices are Kraken's and the account is this machine's: no order leaves.</summary>
    public bool FillsOnPaper => Venue.Kind == VenueKind.Kraken && Mode != TradingMode.Live;

    public WatchdogSettings Watchdog { get; init; } = new();

    public StorageAddress Storage { get; init; } = new("data", null);

    /// <summary>How public subscriptions are spread over sockets.</summary>
    public FeedSockets Sockets { get; init; } = new();

    /// <summary>Folder in which the public feed is recorded; empty = it is not.</summary>
    public string CaptureFolder { get; init; } = "";

    /// <summary>Where page, health and metrics are served: an address of this machine.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>Symbols to subscribe; empty = the default universe.</summary>
    public ImmutableArray<string> Universe { get; init; } = [];

    /// <summary>What is wanted of all that is listed; its allow list is <see cref="Universe"/>.</summary>
    public UniverseOptions Listing { get; init; } = new();

    /// <summary>auto, none, or the path of the file that the verb <c>universe</c> remembers.</summary>
    public string UniverseFileText { get; init; } = "auto";

    /// <summary>That file; null: symbols come from the configuration alone.</summary>
    public string? UniversePath => UniverseFileText switch
    {
        "none" => null,
        // Kraken's list says nothing of a simulated Kraken, which has five instruments.
        "auto" => IsSimulated ? null : Path.Combine(Storage.Folder, UniverseName),
        _ => UniverseFileText,
    };

    /// <summary>Most symbols of a kind, spot or perpetual, that are taken from it: the busiest.</summary>
    public int UniverseSymbolsMax { get; init; } = 50;

    /// <summary>How often a run asks for the lists anew; 0: never.</summary>
    public int UniverseRefreshMinutes { get; init; } = 60;

    /// <summary>Closed bars go into the store of candles; null = by the venue's kind.</summary>
    public bool? OwnBars { get; init; }

    /// <summary>Bars of a made-up market have no business among Kraken's.</summary>
    public bool KeepsOwnBars => OwnBars ?? !IsSimulated;

    /// <summary>How old history may be, and which timeframes it must have.</summary>
    public FreshnessRules Freshness { get; init; } = new();

    /// <summary>The gate's bounds but for the time to live, which <see cref="EffectiveLimits"/> adds.</summary>
    public RiskLimits Limits { get; init; } = new();

    /// <summary>How long an entry may wait for its fill; null = by the venue's kind.</summary>
    public long? OrderTimeToLiveNs { get; init; }

    public RiskLimits EffectiveLimits => Limits with
    {
        OrderTimeToLiveNs = OrderTimeToLiveNs
            ?? (IsSimulated ? OrderTimeToLiveNsSimulated : new RiskLimits().OrderTimeToLiveNs),
        StopLossPpm = EffectiveProtection.StopDistancePpm + (2 * Protection.TakerFeePpm) + StopSlippagePpm,
    };

    /// <summary>Length of the bars whose averages may cross.</summary>
    public Timeframe StrategyTimeframe { get; init; } = Seconds;

    private static Timeframe Seconds => Timeframe.TryParse("1s", out Timeframe second) ? second : default;

    /// <summary>Percent of imbalance that makes a signal; null = by the venue's kind.</summary>
    public int? ImbalanceTriggerPercent { get; init; }

    /// <summary>Percent of trade flow that confirms it; null = by the venue's kind.</summary>
    public int? FlowMinPercent { get; init; }

    public FlowMomentumOptions EffectiveStrategy
    {
        get
        {
            FlowMomentumOptions strategy = new();
            int? trigger = ImbalanceTriggerPercent ?? (IsSimulated ? ImbalanceTriggerPercentSimulated : null);
            int? flow = FlowMinPercent ?? (IsSimulated ? FlowMinPercentSimulated : null);
            if (flow is int percent) strategy = strategy with { FlowMin = percent / 100.0 };
            if (trigger is not int lean) return strategy;
            // A side is armed again a fifth of the scale below its trigger, as the strategy's own defaults have it.
            int rearm = Math.Max(lean - 20, lean / 2);
            return strategy with { ImbalanceTrigger = lean / 100.0, ImbalanceRearm = rearm / 100.0 };
        }
    }

    /// <summary>Parts per million; null = by the venue's kind.</summary>
    public int? StopDistancePpm { get; init; }

    /// <summary>Protection but for the stop's distance, which <see cref="EffectiveProtection"/> adds.</summary>
    public ProtectionOptions Protection { get; init; } = new();

    public ProtectionOptions EffectiveProtection => Protection with
    {
        StopDistancePpm = StopDistancePpm
            ?? (IsSimulated ? StopDistancePpmSimulated : new ProtectionOptions().StopDistancePpm),
        DayLossMax = DayLossMax ?? (IsSimulated ? Notional.Zero : DayLossMaxKraken),
    };

    /// <summary>Greatest loss of a UTC day; null = by the venue's kind, zero = no limit.</summary>
    public Notional? DayLossMax { get; init; }

    /// <summary>Starts within ten minutes that may trade; a further one only protects. 0 = any number.</summary>
    public int StartsMax { get; init; } = 3;

    /// <summary>How long the account stays owned without being renewed.</summary>
    public long LeaseNs { get; init; } = 30_000_000_000;

    private bool IsSimulated => Venue.Kind == VenueKind.Simulated;

    /// <summary>Whose intent log it is: mode and account.</summary>
    public string Mark => $"{ModeText}:{EffectiveAccountId}";

    public string ModeText => Mode switch
    {
        TradingMode.DryRun => "dry-run",
        TradingMode.Live => "live",
        _ => "paper",
    };
}

/// <summary>The second process that takes back the entries of a worker that died.</summary>
internal sealed record WatchdogSettings
{
    /// <summary>Where its own key lies; only the watchdog reads it.</summary>
    public string KeyFile { get; init; } = "";

    public string SecretFile { get; init; } = "";

    /// <summary>A worker that says nothing for so long is dead.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>The venue's part of the configuration; addresses are null for <c>auto</c>.</summary>
internal sealed record VenueSettings
{
    /// <summary>Kraken's own addresses: docs.kraken.com, spot REST, WebSocket v2 and Unified.</summary>
    public static readonly VenueAddresses Kraken = new(
        new Uri("https://api.kraken.com"), new Uri("wss://ws.kraken.com/v2"),
        new Uri("wss://uws.kraken.com/v2/public"), new Uri("wss://uws.kraken.com/v2/private"));

    /// <summary>The same of interfaces that only some lanes use: spot WebSocket v2, and derivatives' older
    /// ones.</summary>
    public static readonly Uri KrakenSpotPrivate = new("wss://ws-auth.kraken.com/v2");
    public static readonly Uri KrakenDerivativesRest = new("https://futures.kraken.com/derivatives/api/v3");
    public static readonly Uri KrakenDerivativesPublic = new("wss://futures.kraken.com/ws/v1");

    public VenueKind Kind { get; init; } = VenueKind.Simulated;

    public Uri? SpotRest { get; init; }

    public Uri? SpotPublic { get; init; }

    public Uri? UnifiedPublic { get; init; }

    public Uri? UnifiedPrivate { get; init; }

    /// <summary>Private spot socket, for spot orders.</summary>
    public Uri? SpotPrivate { get; init; }

    /// <summary>Which interface takes orders of derivatives.</summary>
    public DerivativesLane Lane { get; init; }

    /// <summary>Whether looks at the account have a connection of their own.</summary>
    public bool Inspector { get; init; } = true;

    /// <summary>Base of the legacy derivatives REST interface; its lane uses it, and the three below.</summary>
    public Uri? DerivativesRest { get; init; }

    /// <summary>The derivatives' first WebSocket, opened where <c>feed.derivatives</c> asks for it.</summary>
    public Uri? DerivativesPublic { get; init; }

    public string DerivativesKeyFile { get; init; } = "";

    public string DerivativesSecretFile { get; init; } = "";

    /// <summary>Their content, read and checked.</summary>
    public SecretFile? DerivativesKey { get; init; }

    public SecretFile? DerivativesSecret { get; init; }

    /// <summary>File of the spot API key; empty = the simulated venue's own key.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>File of its private key.</summary>
    public string SecretFile { get; init; } = "";

    /// <summary>The keys, once their files were read; null without files.</summary>
    public SecretFile? Key { get; init; }

    public SecretFile? Secret { get; init; }

    /// <summary>All keys that were read.</summary>
    public IEnumerable<SecretFile> Keys
    {
        get
        {
            if (Key is not null) yield return Key;
            if (Secret is not null) yield return Secret;
            if (DerivativesKey is not null) yield return DerivativesKey;
            if (DerivativesSecret is not null) yield return DerivativesSecret;
        }
    }

    /// <summary>Whose limits the worker keeps to.</summary>
    public AccountTier Tier { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Busy enough that indicators are warm within some seconds.</summary>
    public int Activity { get; init; } = 30;

    /// <summary>Thin enough that an order of the default size is filled in parts now and then.</summary>
    public int LevelDollars { get; init; } = 250;

    /// <summary>A maintenance of the simulated Kraken, so long after its start; 0 = none.</summary>
    public long MaintenanceAfterNs { get; init; }

    /// <summary>The clock of the simulated Kraken is so far ahead of ours; 0 = it is ours.</summary>
    public long ClockAheadNs { get; init; }

    /// <summary>How the venue's own state is watched.</summary>
    public VenueWatchOptions Watch { get; init; } = new();

    /// <summary>How far clocks may be apart, but for the bound that <see cref="EffectiveClock"/> adds.</summary>
    public ClockWatchOptions Clock { get; init; } = new();

    /// <summary>Beyond it entries stop, 0 = never; null = by the venue.</summary>
    public long? SkewMaxNs { get; init; }

    /// <summary>A stand-in on this machine may play a recording, whose times are of another day.</summary>
    public ClockWatchOptions EffectiveClock => Clock with
    {
        PollNs = Watch.PollNs,
        SkewMaxNs = SkewMaxNs ?? (Addresses is { AreLoopback: true } ? 0 : Clock.SkewMaxNs),
    };

    public string KindText => Kind == VenueKind.Kraken ? "kraken" : "simulated";

    /// <summary>The venue's addresses; null when the worker starts a simulated Kraken of its own.</summary>
    public VenueAddresses? Addresses
    {
        get
        {
            if (Kind == VenueKind.Kraken)
            {
                VenueAddresses four = new(
                    SpotRest ?? Kraken.Rest, SpotPublic ?? Kraken.SpotPublic,
                    UnifiedPublic ?? Kraken.UnifiedPublic, UnifiedPrivate ?? Kraken.UnifiedPrivate);
                // Where everything else is of this machine, Kraken is not asked by default.
                bool isKraken = !four.AreLoopback;
                return four with
                {
                    DerivativesPublic = DerivativesPublic,
                    DerivativesRest = DerivativesRest ?? (isKraken ? KrakenDerivativesRest : null),
                    FuturesPrivate = DerivativesPublic ?? (isKraken ? KrakenDerivativesPublic : null),
                    SpotPrivate = SpotPrivate ?? (isKraken ? KrakenSpotPrivate : null),
                };
            }

            bool elsewhere = SpotRest is not null && SpotPublic is not null && UnifiedPublic is not null
                && UnifiedPrivate is not null;
            return elsewhere ? new VenueAddresses(SpotRest!, SpotPublic!, UnifiedPublic!, UnifiedPrivate!)
            {
                DerivativesRest = DerivativesRest,
                DerivativesPublic = DerivativesPublic,
                FuturesPrivate = DerivativesPublic,
                SpotPrivate = SpotPrivate,
            } : null;
        }
    }
}
