// In:     nothing; the reader makes it from defaults, file, environment and options.
// Out:    what the worker is told to be, typed.   Thread: any; it never changes.
using System;
using System.Collections.Immutable;
using System.Net;
using TradingBot.Kraken.Feed;
using TradingBot.Trading;
using TradingBot.Trading.Risk;

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
    /// <summary>Stops of the simulated venue: 0.1 %; its market is calm, and stops are to be seen firing.</summary>
    public const int StopDistancePpmSimulated = 1_000;

    public TradingMode Mode { get; init; } = TradingMode.Paper;

    public VenueSettings Venue { get; init; } = new();

    /// <summary>
    /// Names the account in the intent log, so that no log is used for another; null = by the venue's kind.
    /// </summary>
    public string? AccountId { get; init; }

    public string EffectiveAccountId => AccountId ?? Venue.KindText;

    /// <summary>Prices are Kraken's and the account is this machine's: no order leaves.</summary>
    public bool FillsOnPaper => Venue.Kind == VenueKind.Kraken && Mode != TradingMode.Live;

    public StorageAddress Storage { get; init; } = new("data", null);

    /// <summary>Folder in which the public feed is recorded; empty = it is not.</summary>
    public string CaptureFolder { get; init; } = "";

    /// <summary>Where page, health and metrics are served: an address of this machine.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>Symbols to subscribe; empty = the default universe.</summary>
    public ImmutableArray<string> Universe { get; init; } = [];

    public RiskLimits Limits { get; init; } = new();

    /// <summary>Parts per million; null = by the venue's kind.</summary>
    public int? StopDistancePpm { get; init; }

    /// <summary>Protection but for the stop's distance, which <see cref="EffectiveProtection"/> adds.</summary>
    public ProtectionOptions Protection { get; init; } = new();

    public ProtectionOptions EffectiveProtection => Protection with
    {
        StopDistancePpm = StopDistancePpm
            ?? (Venue.Kind == VenueKind.Simulated ? StopDistancePpmSimulated : new ProtectionOptions().StopDistancePpm),
    };

    /// <summary>Whose intent log it is: mode and account.</summary>
    public string Mark => $"{ModeText}:{EffectiveAccountId}";

    public string ModeText => Mode switch
    {
        TradingMode.DryRun => "dry-run",
        TradingMode.Live => "live",
        _ => "paper",
    };
}

/// <summary>The venue's part of the configuration; addresses are null for <c>auto</c>.</summary>
internal sealed record VenueSettings
{
    /// <summary>Kraken's own addresses: docs.kraken.com, spot REST, WebSocket v2 and Unified.</summary>
    public static readonly VenueAddresses Kraken = new(
        new Uri("https://api.kraken.com"), new Uri("wss://ws.kraken.com/v2"),
        new Uri("wss://uws.kraken.com/v2/public"), new Uri("wss://uws.kraken.com/v2/private"));

    public VenueKind Kind { get; init; } = VenueKind.Simulated;

    public Uri? SpotRest { get; init; }

    public Uri? SpotPublic { get; init; }

    public Uri? UnifiedPublic { get; init; }

    public Uri? UnifiedPrivate { get; init; }

    /// <summary>File of the spot API key; empty = the simulated venue's own key.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>File of its private key.</summary>
    public string SecretFile { get; init; } = "";

    /// <summary>The keys, once their files were read; null without files.</summary>
    public SecretFile? Key { get; init; }

    public SecretFile? Secret { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Busy enough that indicators are warm within a minute.</summary>
    public int Activity { get; init; } = 12;

    public string KindText => Kind == VenueKind.Kraken ? "kraken" : "simulated";

    /// <summary>The venue's addresses; null when the worker starts a simulated Kraken of its own.</summary>
    public VenueAddresses? Addresses
    {
        get
        {
            if (Kind == VenueKind.Kraken)
            {
                return new VenueAddresses(
                    SpotRest ?? Kraken.Rest, SpotPublic ?? Kraken.SpotPublic,
                    UnifiedPublic ?? Kraken.UnifiedPublic, UnifiedPrivate ?? Kraken.UnifiedPrivate);
            }

            bool elsewhere = SpotRest is not null && SpotPublic is not null && UnifiedPublic is not null
                && UnifiedPrivate is not null;
            return elsewhere ? new VenueAddresses(SpotRest!, SpotPublic!, UnifiedPublic!, UnifiedPrivate!) : null;
        }
    }
}
