// In:     settings, an open data folder.  Out: the worker, its page and, where it starts one, the simulated Kraken.
// Thread: the starting one builds and ends them; each then runs on threads of its own.
// Keeps:  the one place where the venue's kind decides who answers on the wire.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Paper;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Capture;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Dashboard;
using TradingBot.Worker.Health;
using TradingBot.Worker.History;
using TradingBot.Worker.Operator;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Circle;

/// <summary>What <c>run</c> is built of.</summary>
internal sealed class RunComposition : IAsyncDisposable
{
    /// <summary>Where bars are kept or a strategy wants them: also those that history is judged by.</summary>
    public const string TimeframesKept = "1s,1m,5m,15m,1h,4h,1d";

    private readonly LoopbackKraken? _venue;
    private readonly SocketWire _wire;
    private readonly StatusServer _server;
    private readonly OperatorSocket? _operator;

    private RunComposition(
        LoopbackKraken? venue, SocketWire wire, LiveRun run, StatusServer server, OperatorSocket? operatorSocket)
    {
        _operator = operatorSocket;
        _venue = venue;
        _wire = wire;
        _server = server;
        Run = run;
    }

    public LiveRun Run { get; }

    /// <summary>The journal of inputs; null when none is kept.</summary>
    public InputJournal? Journal => Run.Worker.Journal;

    public string? JournalPath { get; private init; }

    /// <summary>The recording of the feed; null when none is kept.</summary>
    public FeedCapture? Capture => Run.Tap?.Capture;

    /// <summary>Why halt and resume do not reach this run; empty when they do.</summary>
    public string OperatorFault { get; private init; } = "";

    /// <summary>Where the page is.</summary>
    public Uri Page => _server.Address;

    /// <summary>What the settings make of the worker, without any position open.</summary>
    public static CircleOptions OptionsOf(WorkerSettings settings) =>
        OptionsOf(settings, RunUniverse.Of(settings, [], UnixNs()));

    /// <summary>What the settings make of the worker.</summary>
    public static CircleOptions OptionsOf(WorkerSettings settings, RunUniverse universe)
    {
        VenueSettings venue = settings.Venue;
        VenueOptions simulated = new()
        {
            Seed = venue.Seed,
            Activity = venue.Activity,
            LevelDollars = venue.LevelDollars,
            Maintenance = MaintenanceOf(venue),
        };
        Secret key = venue.Key?.Value ?? new Secret(simulated.ApiKey);
        Secret secret = venue.Secret?.Value ?? new Secret(simulated.ApiSecret);
        Secret derivativesKey = venue.DerivativesKey?.Value ?? new Secret(simulated.DerivativesKey);
        Secret derivativesSecret = venue.DerivativesSecret?.Value ?? new Secret(simulated.DerivativesSecret);
        CircleOptions options = new()
        {
            // A simulated Kraken of our own believes the key that the worker signs with.
            Venue = venue.Addresses is null
                ? simulated with
                {
                    ApiKey = key.Reveal(),
                    ApiSecret = secret.Reveal(),
                    DerivativesKey = derivativesKey.Reveal(),
                    DerivativesSecret = derivativesSecret.Reveal(),
                }
                : simulated,
            ApiKey = key,
            ApiSecret = secret,
            Lane = venue.Lane,
            // On paper the account is this process: its stream never has to stop for a look.
            Inspector = venue.Inspector && !settings.FillsOnPaper,
            DerivativesKey = derivativesKey,
            DerivativesSecret = derivativesSecret,
            Tier = venue.Tier,
            Strategy = settings.EffectiveStrategy,
            Limits = settings.EffectiveLimits,
            Protection = settings.EffectiveProtection,
            VenueWatch = venue.Watch with { MustSpeak = venue.Addresses is not { AreLoopback: true } },
            Clock = venue.EffectiveClock,
            Sockets = settings.Sockets,
            Mark = settings.Mark,
            DryRun = settings.Mode == TradingMode.DryRun,
            StartsMax = settings.StartsMax,
        };
        string timeframe = settings.StrategyTimeframe.ToString();
        bool isShort = options.Timeframes.Split(',').Contains(timeframe) && !settings.KeepsOwnBars;
        string timeframes = isShort ? options.Timeframes : TimeframesKept;
        int series = Array.IndexOf(timeframes.Split(','), timeframe);
        return options with
        {
            Strategy = options.Strategy with { BarSeries = series },
            Protection = options.Protection with { TrailSeries = series },
            Spot = [.. universe.Spot.Select(one => one.Symbol)],
            Perpetuals = [.. universe.Perpetuals.Select(one => one.Symbol)],
            Steps = universe.Steps,
            Timeframes = timeframes,
        };
    }

    /// <summary>Builds it all; the worker stands still until its run is called.</summary>
    /// <exception cref="System.IO.IOException">A port is taken, or the intent log cannot be written.</exception>
    /// <exception cref="InvalidDataException">The paper account's file cannot be believed, or a feed is chosen that the
    /// venue has ended.</exception>
    public static async Task<RunComposition> StartAsync(
        WorkerSettings settings, DataFolder data, uint epoch, bool keepsJournal, CancellationToken stop,
        ScriptRun? script = null, Action<string>? told = null, LeaseKeeper? lease = null, TimeProvider? time = null)
    {
        CheckEnds(settings, time ?? TimeProvider.System, told);
        IReadOnlyCollection<string> held = HeldSymbols.Of(data.Recovered);
        RunUniverse universe = RunUniverse.Of(settings, held, UnixNs());
        CircleOptions options = OptionsOf(settings, universe) with
        {
            Bars = StartBars.Of(settings, universe, UnixNs(), out string note),
        };
        if (note.Length > 0) told?.Invoke($"The strategy warms up by itself: {note}");
        MarketHistory? history = null;
        bool onPaper = settings.FillsOnPaper;
        NonceSource nonces = NonceFile.Open(data.Path, options.ApiKey, out string fault)
            ?? throw new InvalidDataException(fault);
        LoopbackKraken? venue = settings.Venue.Addresses is null
            ? await LoopbackKraken.StartAsync(options.Venue, LoopbackOf(settings.Venue), stop).ConfigureAwait(false)
            : null;
        VenueAddresses addresses = AddressesOf(settings, venue);
        SocketWire wire = new(onPaper ? PaperKraken.PublicOnly(addresses) : addresses);
        try
        {
            if (settings.Mode == TradingMode.Live)
            {
                string refusal = await LiveStart.CheckAsync(data.Path, options, addresses, nonces, stop)
                    .ConfigureAwait(false);
                if (refusal.Length > 0) throw new InvalidDataException(refusal);
            }

            options = options with { Nonces = nonces, NonceAbove = nonces.Last };
            options = options with { ConnectionsEarnedNs = ConnectionFile.Read(data.Path, UnixNs()) };
            PaperWire? paper = onPaper ? PaperOver(wire, settings, options) : null;
            JournalFolder? journals = keepsJournal ? new JournalFolder(settings.Storage.Folder) : null;
            Action<string> tell = told ?? (_ => { });
            history = new MarketHistory(
                settings, universe, tell, listing: UniverseWatch.Of(settings, universe, held, tell));
            // On paper the venue is this process: nothing outlives it.
            EntryHandOver? handOver = onPaper ? null : new EntryHandOver(data.Path, epoch);
            LiveRun run = new(
                options, wire, data.Log, epoch, settings.ModeText, settings.Venue.KindText, paper, data.Store,
                startNs => data.LogFile.Journal = journals is null ? null
                    : WorkerJournal.Begin(journals.Create(epoch), options, data.Log, epoch, startNs, journals),
                HaltLatch.OfStart(data.Recovered, options.StartsMax, UnixNs()), script,
                startNs => TapOf(settings, addresses, startNs), data.Recovered, history, handOver, lease)
            {
                Connections = new ConnectionFile(data.Path, told ?? (_ => { })),
            };
            StatusServer server = await StatusServer.StartAsync(run, settings.Listen, stop).ConfigureAwait(false);
            OperatorSocket? operatorSocket =
                OperatorSocket.Listen(settings.Storage.Folder, run.Inbox, out string operatorFault);
            RunComposition built = new(venue, wire, run, server, operatorSocket)
            {
                JournalPath = journals?.Path,
                OperatorFault = operatorFault,
            };
            venue = null;
            wire = null!;
            history = null;
            return built;
        }
        finally
        {
            history?.Dispose();
            if (wire is not null) await wire.DisposeAsync().ConfigureAwait(false);
            if (venue is not null) await venue.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What the person who starts it must know first.</summary>
    public static string Greeting(WorkerSettings settings)
    {
        string venue = settings.Venue.Addresses is not { } elsewhere ? "SIMULATED KRAKEN"
            : settings.FillsOnPaper
                ? $"KRAKEN'S PUBLIC FEED at {elsewhere.SpotPublic.Host}, orders stay on this machine"
            : $"SIMULATED KRAKEN at {elsewhere.Rest}";
        string mode = settings.Mode switch
        {
            TradingMode.DryRun => "dry run: orders are decided and logged, none is sent",
            TradingMode.Live => "rehearsal of live trading",
            _ => "paper money",
        };
        return $"{venue}, {mode}.";
    }

    public async ValueTask DisposeAsync()
    {
        if (_operator is not null) await _operator.DisposeAsync().ConfigureAwait(false);
        Run.Worker.ForgetKey();
        Run.Worker.HandOver?.Dispose();
        await _server.DisposeAsync().ConfigureAwait(false);
        await _wire.DisposeAsync().ConfigureAwait(false);
        Journal?.Dispose();
        Capture?.Dispose();
        Run.MarketHistory?.Dispose();
        if (_venue is not null) await _venue.DisposeAsync().ConfigureAwait(false);
    }

    private static FeedTap? TapOf(WorkerSettings settings, VenueAddresses addresses, long startNs)
    {
        if (settings.CaptureFolder.Length == 0) return null;
        try
        {
            CaptureOptions options = new() { Build = WorkerJournal.Build };
            return new FeedTap(FeedCapture.Begin(settings.CaptureFolder, options, startNs), addresses);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"capture.folder (--capture) '{settings.CaptureFolder}': {fault.Message}", fault);
        }
    }

    private static PaperWire PaperOver(SocketWire wire, WorkerSettings settings, CircleOptions options) =>
        PaperKraken.Over(wire, settings.Storage.Folder, options, out string fault)
            ?? throw new InvalidDataException(fault);

    private static long UnixNs() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>Announced at once; short enough to be looked at.</summary>
    private static MaintenanceCycle? MaintenanceOf(VenueSettings venue) => venue.MaintenanceAfterNs == 0 ? null : new()
    {
        Begins = TimeSpan.FromTicks(venue.MaintenanceAfterNs / 100),
        Length = TimeSpan.FromSeconds(20),
        PostOnly = TimeSpan.FromSeconds(10),
        RestLag = TimeSpan.FromSeconds(2),
    };

    private static LoopbackOptions LoopbackOf(VenueSettings venue) =>
        new() { StartNs = venue.ClockAheadNs == 0 ? null : UnixNs() + venue.ClockAheadNs };

    /// <summary>Says when what the run goes by ends at the venue, and refuses it from then on.</summary>
    /// <exception cref="InvalidDataException">It has ended.</exception>
    private static void CheckEnds(WorkerSettings settings, TimeProvider time, Action<string>? told)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (settings.Sockets.Legacy)
        {
            string over = LegacyFeed.Refusal(now, settings.Sockets.LegacyBeyondItsEnd, "feed.derivatives");
            if (over.Length > 0) throw new InvalidDataException(over);
            told?.Invoke(LegacyFeed.Warning(now));
        }

        if (settings.Venue.Lane != DerivativesLane.Legacy) return;
        long nowNs = (now - DateTimeOffset.UnixEpoch).Ticks * 100;
        if (LaneEnd.RefusalAt(nowNs) is { } ended) throw new InvalidDataException(ended);
        told?.Invoke(LaneEnd.NoticeAt(nowNs));
    }

    /// <summary>Of the venue, the derivatives' first WebSocket where it is asked for alone.</summary>
    private static VenueAddresses AddressesOf(WorkerSettings settings, LoopbackKraken? own)
    {
        VenueAddresses addresses = settings.Venue.Addresses ?? AddressesOf(own!);
        Uri first = addresses.DerivativesPublic ?? VenueSettings.KrakenDerivativesPublic;
        return addresses with { DerivativesPublic = settings.Sockets.Legacy ? first : null };
    }

    public static VenueAddresses AddressesOf(LoopbackKraken venue) =>
        new(venue.RestUrl, venue.SpotPublicUrl, venue.UnifiedPublicUrl, venue.UnifiedPrivateUrl)
        {
            DerivativesPublic = venue.FuturesUrl,
            DerivativesRest = venue.RestUrl,
            FuturesPrivate = venue.FuturesUrl,
            SpotPrivate = venue.SpotPrivateUrl,
        };
}
