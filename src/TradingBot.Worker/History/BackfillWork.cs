// In:     what was asked and what came of it.   Out: how many requests are left: what the pace, and so the time, is of.
// Thread: one at a time; the backfill's lock.
// Keeps:  a walk through trades is not one piece of work among others: it is as many pages as were traded.
using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Worker.History;

/// <summary>What is left of a backfill.</summary>
/// <param name="symbols">To be asked.</param>
/// <param name="timeframes">Answers of OHLC or charts of each.</param>
/// <param name="isDeep">Older history of spot is wanted, from trades.</param>
internal sealed class BackfillWork(int symbols, int timeframes, bool isDeep)
{
    public const int TradesPerPage = 1_000;

    /// <summary>So many pages say more of a walk than what was traded lately.</summary>
    private const int PagesThatTell = 5;

    private readonly Dictionary<string, (double Expected, double Left)> _walks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _decided = new(StringComparer.Ordinal);
    private int _series = symbols * timeframes;

    /// <summary>Requests that are left, as far as is known.</summary>
    public double Left
    {
        get
        {
            double left = _series + _walks.Values.Sum(walk => walk.Left);
            // Who was not asked yet is likely to be as the others are.
            if (!isDeep || _decided.Count == 0) return left;
            double usual = _walks.Values.Sum(walk => walk.Expected) / _decided.Count;
            return left + ((symbols - _decided.Count) * usual);
        }
    }

    /// <summary>An answer of OHLC or a chart came.</summary>
    public void SeriesDone(string id)
    {
        _asked[id] = _asked.GetValueOrDefault(id) + 1;
        _series--;
    }

    /// <summary>Nothing more is asked of a symbol: all came, or it failed.</summary>
    public void SymbolDone(string id)
    {
        Decide(id, 0);
        _series -= timeframes - _asked.GetValueOrDefault(id);
        _asked[id] = timeframes;
        if (_walks.TryGetValue(id, out (double Expected, double Left) walk)) _walks[id] = (walk.Expected, 0);
    }

    /// <summary>A symbol's newest rows are there: it is known whether, and through how much, it is walked.</summary>
    /// <param name="id">Of the symbol.</param>
    /// <param name="trades">Trades between both ends, by what was traded lately; 0: no walk.</param>
    public void Decide(string id, double trades)
    {
        if (!_decided.Add(id)) return;
        double pages = Math.Ceiling(trades / TradesPerPage);
        if (pages > 0) _walks[id] = (pages, pages);
    }

    /// <summary>A page of a walk came.</summary>
    /// <param name="id">Of the symbol.</param>
    /// <param name="pages">Pages of this run.</param>
    /// <param name="share">Of the time to walk in this run, 0 to 1.</param>
    public void WalkAt(string id, long pages, double share)
    {
        if (!_walks.TryGetValue(id, out (double Expected, double Left) walk)) return;
        bool isKnown = pages >= PagesThatTell && share > 0;
        double left = isKnown ? pages * (1 - share) / share : Math.Max(1, walk.Expected - pages);
        _walks[id] = (walk.Expected, share >= 1 ? 0 : left);
    }
}
