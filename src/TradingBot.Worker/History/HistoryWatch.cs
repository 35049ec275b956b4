// In:     the store of candles, the universe as remembered.   Out: what may be analysed, for the gate and for people.
// Thread: its own, "history watch"; the view is published whole.
// Keeps:  a store that fails is a reason, never an old answer: what was said holds for a while only.
// Budget: every half minute some reads of fifty rows per symbol and timeframe; nobody waits for it.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using TradingBot.Kraken.Universe;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.History;

/// <summary>What is known of the watched symbols' history.</summary>
/// <param name="Round">Counts the looks.</param>
/// <param name="Fault">Why nothing is known; empty when something is.</param>
/// <param name="Standings">Of the watched symbols by their ids, the worst first.</param>
internal sealed record HistoryView(long Round, string Fault, ImmutableArray<SymbolStanding> Standings)
{
    /// <summary>Before the first look.</summary>
    public static readonly HistoryView None = new(0, "not looked at yet", []);
}

/// <summary>Looks at the history of what is watched, again and again.</summary>
internal sealed class HistoryWatch : IDisposable
{
    /// <summary>Bars of a quarter of an hour are the shortest that are judged.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <summary>More than this are summed up.</summary>
    private const int LinesMax = 5;

    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(5);

    private readonly StorePlace _place;
    private readonly string _universePath;
    private readonly string[] _symbols;
    private readonly HistoryStandings _judge;
    private readonly Action<string> _told;
    private readonly bool _tellsFaults;
    private readonly Dictionary<string, bool> _known = [];
    private readonly TimeSpan _every;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private HistoryView _view = HistoryView.None;

    /// <param name="settings">Where the store lies, and the rules.</param>
    /// <param name="universe">What is watched.</param>
    /// <param name="told">Told in words of what changes; on the watch's thread.</param>
    /// <param name="every">How often; null: <see cref="Every"/>.</param>
    public HistoryWatch(WorkerSettings settings, RunUniverse universe, Action<string> told, TimeSpan? every = null)
    {
        _every = every ?? Every;
        _place = settings.Storage.History;
        _universePath = universe.File.Length > 0
            ? universe.File
            : Path.Combine(settings.Storage.Folder, WorkerSettings.UniverseName);
        _symbols = [.. universe.All.Select(one => one.Id)];
        _judge = new HistoryStandings(HistoryOptions.UniverseOf(settings), settings.Freshness);
        _told = told;
        _tellsFaults = settings.Limits.HistoryRequired || settings.Venue.Kind == VenueKind.Kraken;
        _thread = new Thread(Run) { Name = "history watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The newest look.</summary>
    public HistoryView View => Volatile.Read(ref _view);

    public void Dispose()
    {
        _stop.Set();
        if (_thread.Join(EndWithin)) _stop.Dispose();
    }

    private void Run()
    {
        do
        {
            HistoryView before = _view;
            HistoryView view = Look(before.Round + 1);
            Tell(before, view);
            Volatile.Write(ref _view, view);
        }
        while (!_stop.Wait(_every));
    }

    private HistoryView Look(long round)
    {
        if (_place.File is { } file && !File.Exists(file))
        {
            return new HistoryView(round, $"{file} is not there: fetch history with the verb backfill", []);
        }

        try
        {
            CandleOpening opening = CandleStore.Open(_place, TimeProvider.System);
            if (opening.Fault is { } fault) return new HistoryView(round, fault.Text, []);
            using CandleStore candles = opening.Store!;
            using HistoryStore store = new(candles);
            UniverseState state = File.Exists(_universePath)
                ? UniverseFile.Load(_universePath, out _)
                : new UniverseState();
            long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
            return _judge.Of(store, state, _symbols, nowNs) is { } standings
                ? new HistoryView(round, "", [.. standings])
                : new HistoryView(round, store.Fault!.Text, []);
        }
        // Two perpetuals on one base are a fault of the list, not of the program.
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return new HistoryView(round, fault.Message, []);
        }
    }

    /// <summary>What is new, in at most a few lines.</summary>
    private void Tell(HistoryView before, HistoryView now)
    {
        // Nobody fetches the history of a made-up market, unless the gate asks for it.
        bool isNew = _tellsFaults && now.Fault != before.Fault && (now.Fault.Length > 0 || before.Round > 0);
        if (isNew) _told(now.Fault.Length > 0 ? $"History: {now.Fault}" : "History: the store answers again");
        List<SymbolStanding> lost = [];
        List<SymbolStanding> back = [];
        foreach (SymbolStanding one in now.Standings)
        {
            // What was known before the store was away is no news afterwards.
            bool might = !_known.TryGetValue(one.Symbol, out bool was) || was;
            if (might && !one.MayBeAnalysed) lost.Add(one);
            if (!might && one.MayBeAnalysed) back.Add(one);
            _known[one.Symbol] = one.MayBeAnalysed;
        }

        foreach (SymbolStanding one in lost.Take(LinesMax))
        {
            _told($"History: {one.Symbol} may not be analysed: {one.Text}");
        }

        if (lost.Count > LinesMax)
        {
            _told(string.Create(CultureInfo.InvariantCulture,
                $"History: {lost.Count - LinesMax} more may not be analysed; see tradingbot data status"));
        }

        if (back.Count == 0) return;
        _told($"History: may be analysed again: {string.Join(", ", back.Select(one => one.Symbol))}");
    }
}
