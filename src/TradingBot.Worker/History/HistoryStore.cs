// In:     rows of several fetches at once.   Out: the same rows in the store, one transaction after the other.
// Thread: any; one at a time has the store.
// Keeps:  the first fault of the store ends all work on it and is told once.
using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;

namespace TradingBot.Worker.History;

/// <summary>The store of candles as the fetches share it.</summary>
internal sealed class HistoryStore(CandleStore store) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _broken = new();
    private StoreFault? _fault;

    /// <summary>Why the store takes no more; null while it does.</summary>
    public StoreFault? Fault => Volatile.Read(ref _fault);

    /// <summary>Cancelled with the first fault.</summary>
    public CancellationToken Broken => _broken.Token;

    /// <summary>Writes bars, and how far a task came with them; false after a fault.</summary>
    public bool TryWrite(SeriesKey key, ReadOnlySpan<BarRow> bars, TaskProgress? progress, out long written)
    {
        lock (_gate)
        {
            written = 0;
            return _fault is null && Holds(store.Upsert(key, bars, progress, out written));
        }
    }

    /// <summary>Keeps a note of a task without any row.</summary>
    public bool TryMark(SeriesKey trades, TaskProgress note)
    {
        lock (_gate) return _fault is null && Holds(store.AppendTrades(trades, [], note, out _));
    }

    public bool TryRead(SeriesKey key, long fromNs, long toNs, List<BarRow> bars)
    {
        lock (_gate) return _fault is null && Holds(store.Read(key, fromNs, toNs, bars));
    }

    public bool TryReadLast(SeriesKey key, out BarRow? last)
    {
        lock (_gate)
        {
            last = null;
            return _fault is null && Holds(store.ReadLast(key, out last));
        }
    }

    public bool TryReadSpans(List<SeriesSpan> spans)
    {
        lock (_gate) return _fault is null && Holds(store.ReadSpans(spans));
    }

    public bool TryReadProgress(string task, out TaskProgress? progress)
    {
        lock (_gate)
        {
            progress = null;
            return _fault is null && Holds(store.ReadProgress(task, out progress));
        }
    }

    public bool TrySettleGaps(SeriesKey key, string reason, out List<BarGap> ledger)
    {
        lock (_gate)
        {
            ledger = [];
            return _fault is null && Holds(store.SettleGaps(key, reason, out ledger));
        }
    }

    public bool TryReadGaps(SeriesKey key, List<BarGap> gaps)
    {
        lock (_gate) return _fault is null && Holds(store.ReadGaps(key, gaps));
    }

    /// <summary>
    /// Marks a new store with who its rows are of; why it is not, where it is another's or cannot be marked.
    /// </summary>
    /// <param name="origin">Kraken, or a stand-in: one store holds rows of one.</param>
    public string? WhyNotOf(string origin)
    {
        const string Task = "origin";
        if (!TryReadProgress(Task, out TaskProgress? known)) return Fault!.Text;
        if (known is not null)
        {
            return known.Note == origin ? null : $"holds rows of {known.Note}, and this would add rows of {origin}: "
                + "choose another store with --db or storage.url.";
        }

        // The mark is kept with a series of its own, which never has rows.
        SeriesKey mark = SeriesKey.OfTrades("origin", BarSource.Own);
        return TryMark(mark, new TaskProgress(Task, 1, origin)) ? null : Fault!.Text;
    }

    public void Dispose() => _broken.Dispose();

    private bool Holds(StoreFault? fault)
    {
        if (fault is null) return true;
        Volatile.Write(ref _fault, fault);
        _broken.Cancel();
        return false;
    }
}
