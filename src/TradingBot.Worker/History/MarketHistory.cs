// In:     the worker between two steps.   Out: its closed bars to the store, verdicts on history to its gate, and how
//         both and the universe stand.
// Thread: Step on the worker's; Write on whoever publishes.
// Keeps:  verdicts are inputs like any other: numbered, journalled, replayed; one that is not renewed runs out.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.History;

/// <summary>A run's side of the universe and of history.</summary>
internal sealed class MarketHistory : IDisposable
{
    /// <summary>A verdict outlives three looks that did not come.</summary>
    private static readonly long HoldsNs = 4 * HistoryWatch.Every.Ticks * 100;

    /// <summary>Symbols that the venue has not named yet are looked for again after so long.</summary>
    private const long AgainNs = 1_000_000_000;

    /// <summary>In the standing, which is made four times a second.</summary>
    private const int RowsMax = 60;

    private readonly RunUniverse _universe;
    private readonly UniverseWatch? _listing;
    private readonly HistoryWatch _watch;
    private readonly OwnBars? _bars;
    private readonly bool _gates;
    private readonly Dictionary<string, string> _symbols;
    private readonly Queue<SymbolStanding> _pending = new();
    private RunUniverse _shown;
    private JsonEncodedText[] _leftOut;
    private long _round;
    private long _dueNs;

    /// <param name="settings">Where history lies, and whether the gate asks for it.</param>
    /// <param name="universe">What is watched.</param>
    /// <param name="told">Told in words of what changes, on another thread.</param>
    /// <param name="every">How often history is looked at; null: as ever.</param>
    /// <param name="listing">Looks at the universe while it runs, and is ended with this; null: nobody does.</param>
    public MarketHistory(
        WorkerSettings settings, RunUniverse universe, Action<string> told, TimeSpan? every = null,
        UniverseWatch? listing = null)
    {
        _universe = universe;
        _listing = listing;
        _gates = settings.Limits.HistoryRequired;
        _symbols = universe.All.DistinctBy(one => one.Id).ToDictionary(one => one.Id, one => one.Symbol);
        bool isKraken = settings.Venue.Addresses is { Rest.IsLoopback: false };
        string origin = isKraken ? HistoryPlace.OfKraken : HistoryPlace.OfStandIn;
        if (settings.KeepsOwnBars) _bars = new OwnBars(settings.Storage.History, origin, universe);
        _watch = new HistoryWatch(settings, universe, told, every);
        _shown = universe;
        _leftOut = LeftOutOf(universe);
    }

    /// <summary>What is watched, with what the newest list says of the rest.</summary>
    public RunUniverse Universe => _listing?.Universe ?? _universe;

    /// <summary>Hands over what closed and what was found out.</summary>
    public void Step(CircleWorker worker, long nowNs)
    {
        _bars?.Take(worker.Engine.Bars, worker.Symbols);
        if (!_gates || nowNs < _dueNs) return;
        HistoryView view = _watch.View;
        if (view.Round != _round)
        {
            _round = view.Round;
            _pending.Clear();
            foreach (SymbolStanding standing in view.Standings) _pending.Enqueue(standing);
        }

        _dueNs = nowNs + AgainNs;
        for (int left = _pending.Count; left > 0; left--)
        {
            SymbolStanding standing = _pending.Dequeue();
            int id = worker.IdOf(_symbols[standing.Symbol]);
            if (id < 0) _pending.Enqueue(standing);
            else Tell(worker, id, standing, nowNs);
        }
    }

    /// <summary>The members <c>universe</c> and <c>history</c> of the standing.</summary>
    public void Write(Utf8JsonWriter json)
    {
        RunUniverse universe = Universe;
        if (!ReferenceEquals(universe, _shown)) _leftOut = LeftOutOf(_shown = universe);
        json.WriteStartObject("universe");
        json.WriteString("file", universe.File.Length > 0 ? universe.File : null);
        if (universe.ListedNs > 0) json.WriteNumber("listed_ms", universe.ListedNs / 1_000_000);
        else json.WriteNull("listed_ms");
        json.WriteString("listing_fault", _listing is { Fault.Length: > 0 } ? _listing.Fault : null);
        json.WriteNumber("spot", universe.Spot.Length);
        json.WriteNumber("perpetuals", universe.Perpetuals.Length);
        WriteTexts(json, "held", universe.Held);
        WriteTexts(json, "warnings", universe.Warnings);
        json.WriteNumber("left_out_count", universe.LeftOut.Length);
        json.WriteStartArray("left_out");
        for (int i = 0; i < _leftOut.Length; i += 2)
        {
            json.WriteStartObject();
            json.WriteString("symbol", _leftOut[i]);
            json.WriteString("why", _leftOut[i + 1]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        WriteHistory(json, _watch.View);
    }

    public void Dispose()
    {
        _listing?.Dispose();
        _watch.Dispose();
        _bars?.Dispose();
    }

    private static JsonEncodedText[] LeftOutOf(RunUniverse universe) =>
        [.. universe.LeftOut.Take(RowsMax).SelectMany(one => (string[])[one.Symbol, one.Why])
            .Select(text => JsonEncodedText.Encode(text))];

    private static void Tell(CircleWorker worker, int id, SymbolStanding standing, long nowNs)
    {
        AccountRecord verdict = new()
        {
            Kind = AccountEventKind.History,
            InstrumentId = id,
            Quantity = standing.MayBeAnalysed ? 0 : (long)standing.Faults,
            TriggerPrice = nowNs + HoldsNs,
        };
        worker.Operate(in verdict, nowNs);
    }

    private void WriteHistory(Utf8JsonWriter json, HistoryView view)
    {
        json.WriteStartObject("history");
        json.WriteBoolean("required", _gates);
        json.WriteString("fault", view.Fault.Length > 0 ? view.Fault : null);
        json.WriteNumber("looks", view.Round);
        json.WriteNumber("may_be_analysed", view.Standings.Count(one => one.MayBeAnalysed));
        json.WriteBoolean("own_bars", _bars is not null);
        json.WriteNumber("own_bars_written", _bars?.Written ?? 0);
        json.WriteNumber("own_bars_lost", _bars?.Lost ?? 0);
        json.WriteString("own_bars_fault", _bars is { Fault.Length: > 0 } ? _bars.Fault : null);
        json.WriteStartArray("symbols");
        foreach (SymbolStanding one in view.Standings.Take(RowsMax))
        {
            json.WriteStartObject();
            json.WriteString("symbol", one.Symbol);
            json.WriteBoolean("may_be_analysed", one.MayBeAnalysed);
            json.WriteNumber("faults", (int)one.Faults);
            json.WriteString("why", one.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
