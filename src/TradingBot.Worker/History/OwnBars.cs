// In:     closed bars of the worker's engine.   Out: the same in the store of candles, as source own.
// Thread: taken on the worker's; written on its own, "own bars".
// Keeps:  the worker never waits: a full queue drops the newest bars and counts them, and the store's series shows the
//         hole. Only whole intervals are kept, of a minute and more. A store of another origin is not written to.
// Budget: a copy of 144 bytes per closed bar on the worker's thread; one transaction a second on the other.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Market.Ring;
using TradingBot.Market.Wire;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;

namespace TradingBot.Worker.History;

/// <summary>Keeps the bars that the worker itself built.</summary>
internal sealed class OwnBars : IDisposable
{
    /// <summary>Shorter ones are for the moment: a day of seconds would be 86,400 rows a symbol.</summary>
    public const long LengthMinNs = 60_000_000_000;

    /// <summary>A hundred symbols close seven timeframes at midnight; ten minutes of that, and some: 2.3 MiB.</summary>
    private const int Room = 16_384;

    private static readonly TimeSpan TurnEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(10);

    private readonly StorePlace _place;
    private readonly string _origin;
    private readonly Dictionary<string, string> _ids;
    private readonly RowQueue<Bar> _queue = new(Room);
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private SymbolTable? _symbols;
    private BarPlan? _plan;
    private long _next;
    private long _written;
    private string _fault = "";

    /// <param name="place">The store of candles.</param>
    /// <param name="origin">Who the bars are of, as backfill marks a store.</param>
    /// <param name="universe">The ids under which symbols are kept.</param>
    public OwnBars(StorePlace place, string origin, RunUniverse universe)
    {
        _place = place;
        _origin = origin;
        _ids = universe.All.DistinctBy(one => one.Symbol).ToDictionary(one => one.Symbol, one => one.Id);
        _thread = new Thread(Run) { Name = "own bars", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Bars that are in the store.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Bars that found no room, because the store was away or too slow.</summary>
    public long Lost => _queue.Lost;

    /// <summary>Why nothing is written now; empty while it is.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Takes the bars that closed since the last call; on the worker's thread.</summary>
    public void Take(BarStage bars, SymbolTable symbols)
    {
        RecordLog<Bar> log = bars.Log;
        if (_next == log.Next) return;
        _symbols ??= symbols;
        _plan ??= bars.Plan;
        for (; _next < log.Next; _next++)
        {
            ref readonly Bar bar = ref log[_next];
            bool isKept = bar.Complete && bar.SeriesIndex < bars.Plan.TimeframeCount
                && bars.Plan.TimeframeOf(bar.SeriesIndex).LengthNs >= LengthMinNs;
            if (isKept) _queue.Add(in bar);
        }
    }

    public void Dispose()
    {
        _stop.Set();
        // A store that hangs is left behind: its bars can be fetched again.
        if (_thread.Join(FinishWithin)) _stop.Dispose();
    }

    private void Run()
    {
        CandleStore? candles = null;
        try
        {
            bool isLast = false;
            while (!isLast)
            {
                isLast = _stop.Wait(Fault.Length > 0 ? RetryEvery : TurnEvery);
                if (_queue.Count == 0) continue;
                string? fault = candles is null ? Open(out candles) : null;
                fault ??= Write(candles!)?.Text;
                Volatile.Write(ref _fault, fault ?? "");
                if (fault is null) continue;
                candles?.Dispose();
                candles = null;
            }
        }
        finally
        {
            candles?.Dispose();
        }
    }

    private string? Open(out CandleStore? candles)
    {
        CandleOpening opening = CandleStore.Open(_place, TimeProvider.System);
        candles = opening.Store;
        if (opening.Fault is { } fault) return fault.Text;
        using HistoryStore store = new(candles!);
        if (store.WhyNotOf(_origin) is not { } other) return null;
        candles!.Dispose();
        candles = null;
        return $"{_place.Text} {other}";
    }

    /// <summary>Everything that waits, series by series; what was written is gone from the queue.</summary>
    private StoreFault? Write(CandleStore candles)
    {
        int count = _queue.Count;
        Dictionary<(int Id, int Series), List<BarRow>> batch = [];
        for (int i = 0; i < count; i++)
        {
            ref readonly Bar bar = ref _queue.At(i);
            (int, int) series = (bar.InstrumentId, bar.SeriesIndex);
            if (!batch.TryGetValue(series, out List<BarRow>? rows)) batch[series] = rows = [];
            rows.Add(RowOf(in bar));
        }

        foreach (((int id, int series), List<BarRow> rows) in batch)
        {
            string symbol = Encoding.ASCII.GetString(_symbols!.TextOf(id));
            SeriesKey key = new(
                _ids.GetValueOrDefault(symbol, symbol), BarSource.Own, _plan!.TimeframeOf(series));
            if (candles.Upsert(key, [.. rows], null, out long written) is { } fault) return fault;
            Interlocked.Add(ref _written, written);
        }

        _queue.Remove(count);
        return null;
    }

    private static BarRow RowOf(in Bar bar) => new()
    {
        OpenTimeNs = bar.OpenTimeNs,
        Open = bar.Open,
        High = bar.High,
        Low = bar.Low,
        Close = bar.Close,
        PriceDecimals = bar.PriceDecimals,
        Volume = bar.Volume,
        VolumeDecimals = bar.QuantityDecimals,
        Count = bar.Count,
        Complete = true,
    };
}
