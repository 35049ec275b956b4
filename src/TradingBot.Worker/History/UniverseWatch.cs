// In:     the venue's lists, again and again while a run lasts.   Out: a newer universe.json, and in words what
//         changed.
// Thread: a task of its own; what it found is published whole.
// Keeps:  a list that was not had changes nothing; a much smaller universe waits for its second look; who rests is
//         asked again when his time has come. What the run watches stays as it is until the next start.
// Budget: five requests an hour, and one per symbol that is due.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.History;

/// <summary>Looks at the universe while the worker runs.</summary>
internal sealed class UniverseWatch : IDisposable
{
    /// <summary>After a list that was not had, or one that must be seen twice: a minute and some.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(5);

    /// <summary>Resting symbols asked in one look; the others are due in the next.</summary>
    private const int RestingMax = 20;

    private readonly WorkerSettings _settings;
    private readonly UniverseOptions _wishes;
    private readonly IReadOnlyCollection<string> _held;
    private readonly Action<string> _told;
    private readonly PublicRest _rest;
    private readonly OhlcFetch _fetch;
    private readonly TimeSpan _every;
    private readonly TimeSpan _again;
    private readonly HashSet<string> _watched;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _task;
    private HashSet<string> _wanted;
    private RunUniverse _universe;
    private string _fault = "";

    /// <param name="settings">The file, the wishes, how often.</param>
    /// <param name="universe">What the run watches; it has a file.</param>
    /// <param name="held">Symbols with an open position.</param>
    /// <param name="options">Where lists are asked for.</param>
    /// <param name="told">Told in words of what changes; on the watch's task.</param>
    /// <param name="every">How often; null: as the settings say. After a fault no less often.</param>
    public UniverseWatch(
        WorkerSettings settings, RunUniverse universe, IReadOnlyCollection<string> held, PublicRestOptions options,
        Action<string> told, TimeSpan? every = null)
    {
        _settings = settings;
        _wishes = HistoryOptions.UniverseOf(settings);
        _universe = universe;
        _held = held;
        _told = told;
        _every = every ?? TimeSpan.FromMinutes(settings.UniverseRefreshMinutes);
        _again = _every < Again ? _every : Again;
        _watched = [.. universe.All.Select(one => one.Id)];
        _wanted = [.. _watched];
        FailureFile failures = new(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(universe.File))!,
            HistoryPlace.FailuresName));
        _rest = new PublicRest(options, TimeProvider.System, failures.Add);
        _fetch = new OhlcFetch(_rest);
        _task = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>What the run watches, with the newest list's reasons why not the rest.</summary>
    public RunUniverse Universe => Volatile.Read(ref _universe);

    /// <summary>Why the newest look gave no list; empty when it did.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Null when settings and universe leave nothing to look at.</summary>
    public static UniverseWatch? Of(
        WorkerSettings settings, RunUniverse universe, IReadOnlyCollection<string> held, Action<string> told)
    {
        bool isWanted = settings.UniverseRefreshMinutes > 0 && universe.File.Length > 0
            && settings.Venue.Addresses is not null;
        return isWanted
            ? new UniverseWatch(settings, universe, held, HistoryOptions.RestOf(settings.Venue), told)
            : null;
    }

    public void Dispose()
    {
        _stop.Cancel();
        // A request that hangs is left behind; it ends with its own time-out.
        if (!_task.Wait(EndWithin)) return;
        _rest.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            TimeSpan age = TimeSpan.FromTicks((_rest.NowNs - _universe.ListedNs) / 100);
            if (age < _every) await Task.Delay(_every - age, stop).ConfigureAwait(false);
            while (true)
            {
                bool isSure = await TryLookAsync(stop).ConfigureAwait(false);
                await Task.Delay(isSure ? _every : _again, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>False: look again soon.</summary>
    private async Task<bool> TryLookAsync(CancellationToken stop)
    {
        string fault;
        try
        {
            (fault, bool isSure) = await LookAsync(stop).ConfigureAwait(false);
            Tell(fault);
            return fault.Length == 0 && isSure;
        }
        // Two perpetuals on one base are a fault of the list, not of the program.
        catch (Exception thrown) when (
            thrown is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            Tell(thrown.Message);
            return false;
        }
    }

    private void Tell(string fault)
    {
        if (fault != _fault)
        {
            _told(fault.Length > 0 ? $"Universe: {fault}; the last list stands" : "Universe: it is listed again");
        }

        Volatile.Write(ref _fault, fault);
    }

    private async Task<(string Fault, bool IsSure)> LookAsync(CancellationToken stop)
    {
        UniverseState state = UniverseFile.Load(_universe.File, out string warning);
        if (warning.Length > 0) _told($"Universe: {warning}");
        (state, IReadOnlyList<string> released) = await AskRestingAsync(state, stop).ConfigureAwait(false);
        Discovery found = await new UniverseDiscovery(_wishes, _held).AskAsync(_rest, state, stop)
            .ConfigureAwait(false);
        UniverseFile.Save(_universe.File, found.State);
        foreach (string change in released.Concat(found.Changes)) _told($"Universe: {change}");
        Publish();
        string fault = found.Failures.Length > 0 ? found.Failures[0].ToString() : found.Fault;
        bool isPending = found.State.ShrunkSinceNs != 0 || !found.State.AbsentSinceNs.IsEmpty;
        return (fault, !isPending);
    }

    /// <summary>Asks the symbols whose rest is over for some rows: one answer brings each back.</summary>
    private async Task<(UniverseState State, IReadOnlyList<string> Changes)> AskRestingAsync(
        UniverseState state, CancellationToken stop)
    {
        if (InstrumentNames.Build(state.Specs, out _) is not { } names) return (state, []);
        Quarantine quarantine = new(state.Quarantine);
        Timeframe timeframe = _settings.Freshness.Limits[0].Timeframe;
        List<SymbolOutcome> round = [];
        foreach (QuarantineEntry entry in state.Quarantine.Where(entry => entry.IsOut))
        {
            bool isDue = !quarantine.IsResting(entry.Id, _rest.NowNs) && round.Count < RestingMax;
            if (!isDue || names.Find(entry.Id) is not { } spec) continue;
            round.Add(new SymbolOutcome(entry.Id, await AskAsync(spec, timeframe, stop).ConfigureAwait(false)));
        }

        if (round.Count == 0) return (state, []);
        IReadOnlyList<string> changes = quarantine.Settle(round, _rest.NowNs);
        return (state with { Quarantine = [.. quarantine.Entries] }, changes);
    }

    private async Task<RestFailure?> AskAsync(InstrumentSpec spec, Timeframe timeframe, CancellationToken stop)
    {
        if (spec.IsSpot)
        {
            RestResult<FetchedBars> answer = await _fetch.SpotAsync(spec, timeframe, stop).ConfigureAwait(false);
            return answer.Failure;
        }

        const int Bars = 10;
        (_, RestFailure? failure) = await _fetch.ChartAsync(
            spec.NameIn(NameDialect.Derivatives) ?? spec.Id, spec.Id, "trade", timeframe,
            _rest.NowNs - (Bars * timeframe.LengthNs), mayBeEmpty: false, _ => true, stop).ConfigureAwait(false);
        return failure;
    }

    /// <summary>What a start would watch now, beside what this one does.</summary>
    private void Publish()
    {
        RunUniverse newest = RunUniverse.Of(_settings, _held, _rest.NowNs);
        Dictionary<string, string> why = [];
        foreach ((string symbol, string reason) in newest.LeftOut) why.TryAdd(symbol, reason);
        HashSet<string> wanted = [.. newest.All.Select(one => one.Id)];
        foreach (string id in _wanted.Except(wanted).Order(StringComparer.Ordinal))
        {
            _told($"Universe: {id} left it ({why.GetValueOrDefault(id, "it is wanted no more")}); "
                + "what is watched stays so until the next start");
        }

        foreach (string id in wanted.Except(_wanted).Order(StringComparer.Ordinal))
        {
            string when = _watched.Contains(id) ? "it is watched" : "the next start watches it";
            _told($"Universe: {id} is in it now; {when}");
        }

        _wanted = wanted;
        string[] left = [.. _watched.Except(wanted).Order(StringComparer.Ordinal)];
        string[] next = [.. wanted.Except(_watched).Order(StringComparer.Ordinal)];
        Volatile.Write(ref _universe, _universe with
        {
            LeftOut =
            [
                .. newest.LeftOut.Where(one => !_watched.Contains(one.Symbol)),
                .. next.Select(id => (id, "it came while the worker ran: the next start watches it")),
            ],
            Listed = newest.Listed,
            ListedNs = newest.ListedNs,
            Warnings =
            [
                .. newest.Warnings,
                .. left.Select(id => $"{id} is watched and left the universe: "
                    + why.GetValueOrDefault(id, "it is wanted no more")),
            ],
        });
    }
}
