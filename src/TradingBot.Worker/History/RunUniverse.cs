// In:     settings, universe.json where there is one, symbols with an open position.   Out: what a run watches, the
//         last good steps of it, and why the rest is left out.
// Thread: the starting one; asks nobody and never fails a start.
// Keeps:  an open position's instrument is watched whatever the rules say; protection knows its steps before the venue
//         lists them; a file that cannot be used leaves the allow list and what is held.
// Budget: a thousand instruments in some milliseconds, once.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Universe;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.History;

/// <summary>One symbol that is watched.</summary>
/// <param name="Symbol">As its socket calls it.</param>
/// <param name="Id">As history is kept under: it survives renames.</param>
internal sealed record WatchedSymbol(string Symbol, string Id);

/// <summary>What a run watches.</summary>
internal sealed record RunUniverse
{
    /// <summary>What is watched where neither file nor configuration names anything.</summary>
    public static readonly ImmutableArray<string> SpotDefault =
        ["BTC/USD", "ETH/USD", "SOL/USD", "DOGE/USD", "ADA/USD"];

    public static readonly ImmutableArray<string> PerpetualsDefault =
        ["PF_XBTUSD", "PF_ETHUSD", "PF_SOLUSD", "PF_DOGEUSD", "PF_ADAUSD"];

    /// <summary>A list older than a week is told to be old: Kraken lists and delists every few days.</summary>
    private const long ListAgeNs = 7L * 24 * 3_600_000_000_000;

    /// <summary>In the order of subscription.</summary>
    public ImmutableArray<WatchedSymbol> Spot { get; init; } = [];

    public ImmutableArray<WatchedSymbol> Perpetuals { get; init; } = [];

    /// <summary>Watched only because a position is open in it.</summary>
    public ImmutableArray<string> Held { get; init; } = [];

    /// <summary>Of the perpetuals, which are what is traded.</summary>
    public ImmutableArray<KnownSteps> Steps { get; init; } = [];

    /// <summary>What is of the wanted class, currency and kind and still not watched, with the reason.</summary>
    public ImmutableArray<(string Symbol, string Why)> LeftOut { get; init; } = [];

    /// <summary>Instruments the venue lists.</summary>
    public int Listed { get; init; }

    /// <summary>When it did, Unix ns; 0: never.</summary>
    public long ListedNs { get; init; }

    /// <summary>The file; empty: the configuration alone.</summary>
    public string File { get; init; } = "";

    /// <summary>What a person must know: a file that could not be used, names that mean nothing.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    public IEnumerable<WatchedSymbol> All => Spot.Concat(Perpetuals);

    /// <summary>Chooses what a run watches.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="held">Symbols in which the intent log has an open position.</param>
    /// <param name="nowNs">Unix ns.</param>
    public static RunUniverse Of(WorkerSettings settings, IReadOnlyCollection<string> held, long nowNs)
    {
        if (settings.UniversePath is not { } path) return OfSettings(settings, held, []);
        bool isAuto = settings.UniverseFileText == "auto";
        if (!System.IO.File.Exists(path))
        {
            return OfSettings(settings, held, isAuto ? [] : [$"universe.file {path} is not there: "
                + "make it with the verb universe, or set universe.file to none"]);
        }

        try
        {
            UniverseState state = UniverseFile.Load(path, out string warning);
            if (warning.Length > 0) return OfSettings(settings, held, [warning]);
            Discovery recalled =
                new UniverseDiscovery(HistoryOptions.UniverseOf(settings), held).Recall(state, nowNs);
            return recalled.View is { } view
                ? OfView(settings, path, state, view, held, nowNs)
                : OfSettings(settings, held, [$"{path}: {recalled.Fault}"]);
        }
        // Two perpetuals on one base are a fault of the list, not of the program.
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return OfSettings(settings, held, [$"{path} cannot be used: {fault.Message}"]);
        }
    }

    /// <summary>One line for the person who starts it; empty without a file.</summary>
    public string Line => File.Length == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"Universe of {File}, listed {UniverseSelection.Time(ListedNs)}: {Spot.Length} spot and {Perpetuals.Length} "
        + $"perpetuals of {Listed}{(Held.IsEmpty ? "" : $", {string.Join(", ", Held)} for an open position alone")}. "
        + $"Why not the others: tradingbot universe --all --offline");

    /// <summary>What the configuration wants counts at once, however the last universe was chosen.</summary>
    private const ExclusionReasons ByWish = ExclusionReasons.Class | ExclusionReasons.Quote | ExclusionReasons.Kind
        | ExclusionReasons.NotAllowed | ExclusionReasons.Blocked;

    private static bool IsSpot(string symbol) => symbol.Contains('/', StringComparison.Ordinal);

    private static RunUniverse OfSettings(
        WorkerSettings settings, IReadOnlyCollection<string> held, ImmutableArray<string> warnings)
    {
        ImmutableArray<string> allowed = settings.Universe;
        ImmutableArray<string> blocked = settings.Listing.Block;
        // Whoever named a file did not mean our five: without it nothing is entered, and what is held is protected.
        IEnumerable<string> unnamed = warnings.IsEmpty ? SpotDefault.Concat(PerpetualsDefault) : [];
        IEnumerable<string> wanted = allowed.IsEmpty ? unnamed : allowed;
        List<string> symbols = [.. wanted.Where(symbol => !blocked.Contains(symbol))];
        string[] added = [.. held.Where(symbol => !symbols.Contains(symbol)).Order(StringComparer.Ordinal)];
        symbols.AddRange(added);
        return new RunUniverse
        {
            Spot = [.. symbols.Where(IsSpot).Select(symbol => new WatchedSymbol(symbol, symbol))],
            Perpetuals =
                [.. symbols.Where(symbol => !IsSpot(symbol)).Select(symbol => new WatchedSymbol(symbol, symbol))],
            Held = [.. added],
            LeftOut = [.. wanted.Where(blocked.Contains).Select(symbol => (symbol, "on the block list"))],
            Warnings = warnings,
        };
    }

    private static RunUniverse OfView(
        WorkerSettings settings, string path, UniverseState state, UniverseView view, IReadOnlyCollection<string> held,
        long nowNs)
    {
        Dictionary<string, UniverseRow> rows = view.Rows.ToDictionary(row => row.Spec.Id, StringComparer.Ordinal);
        List<UniverseRow> believed = [.. view.Ids.Where(rows.ContainsKey).Select(id => rows[id])
            .Where(row => (row.Reasons & ByWish) == ExclusionReasons.None && SymbolOf(row.Spec) is not null)
            .OrderByDescending(row => Volume(row.Spec.Id))
            .ThenBy(row => row.Spec.Id, StringComparer.Ordinal)];
        int most = settings.UniverseSymbolsMax;
        List<UniverseRow> perpetuals = [.. believed.Where(row => !row.Spec.IsSpot).Take(most)];
        HashSet<string> traded = [.. perpetuals.Select(row => row.Spec.Id)];
        // The spot market of what is traded first: a paper perpetual's index is its price.
        List<UniverseRow> spot = [.. believed.Where(row => row.Spec.IsSpot)
            .OrderByDescending(row => row.PerpetualId is { } id && traded.Contains(id)).Take(most)];
        HashSet<string> watched = [.. spot.Concat(perpetuals).Select(row => row.Spec.Id)];
        List<UniverseRow> kept = [.. view.Rows.Where(row => row.IsHeld && watched.Add(row.Spec.Id))];
        spot.AddRange(kept.Where(row => row.Spec.IsSpot));
        perpetuals.AddRange(kept.Where(row => !row.Spec.IsSpot));
        InstrumentNames names = InstrumentNames.Build(state.Specs, out _)!;
        // A position in something that was never listed is managed all the same.
        string[] strangers = [.. held.Where(symbol => names.Find(symbol) is null).Order(StringComparer.Ordinal)];
        return new RunUniverse
        {
            Spot = [.. spot.Select(Watched), .. strangers.Where(IsSpot).Select(one => new WatchedSymbol(one, one))],
            Perpetuals =
            [
                .. perpetuals.Select(Watched),
                .. strangers.Where(one => !IsSpot(one)).Select(one => new WatchedSymbol(one, one)),
            ],
            Held = [.. kept.Select(row => row.Spec.Id), .. strangers],
            Steps = [.. perpetuals.Select(row => StepsOf(row.Spec)).OfType<KnownSteps>()],
            LeftOut = [.. LeftOutOf(view, watched, most)],
            Listed = state.Specs.Length,
            ListedNs = Math.Min(state.SpotListedNs, state.DerivativesListedNs),
            File = path,
            Warnings =
            [
                .. view.Unknown,
                .. believed.Exists(row => !row.IsIncluded) ? [view.ShrinkText] : (string[])[],
                .. WhyOld(Math.Min(state.SpotListedNs, state.DerivativesListedNs), nowNs),
            ],
        };

        decimal Volume(string id) => state.Volumes.GetValueOrDefault(id);
    }

    private static IEnumerable<string> WhyOld(long listedNs, long nowNs)
    {
        if (nowNs - listedNs < ListAgeNs) yield break;
        string when = listedNs > 0 ? "is of " + UniverseSelection.Time(listedNs) : "was never whole";
        yield return $"The list of instruments {when}: statuses may have changed; ask again with the verb universe";
    }

    /// <summary>Of another class, currency or kind there are hundreds, and nobody asked for them.</summary>
    private static IEnumerable<(string Symbol, string Why)> LeftOutOf(
        UniverseView view, HashSet<string> watched, int most)
    {
        foreach (UniverseRow row in view.Rows)
        {
            if (watched.Contains(row.Spec.Id) || (row.Reasons & ByWish & ~ExclusionReasons.Blocked) != 0) continue;
            string why = row.Reasons != ExclusionReasons.None ? row.ReasonText
                : SymbolOf(row.Spec) is null ? "it has no name on the socket"
                : view.Ids.Contains(row.Spec.Id)
                    ? string.Create(CultureInfo.InvariantCulture, $"beyond the {most} busiest (universe.symbols_max)")
                    : "not in the universe when it was last chosen: run the verb universe";
            yield return (row.Spec.Id, why);
        }
    }

    private static WatchedSymbol Watched(UniverseRow row) => new(SymbolOf(row.Spec) ?? row.Spec.Id, row.Spec.Id);

    private static string? SymbolOf(InstrumentSpec spec) =>
        spec.NameIn(spec.IsSpot ? NameDialect.SpotV2 : NameDialect.Derivatives);

    private static KnownSteps? StepsOf(InstrumentSpec spec) =>
        spec is { PriceStep: Amount price, QuantityStep: Amount quantity } && SymbolOf(spec) is { } symbol
            ? new KnownSteps(
                symbol, price.Mantissa, (byte)price.Decimals, quantity.Mantissa, (byte)quantity.Decimals)
            : null;
}
