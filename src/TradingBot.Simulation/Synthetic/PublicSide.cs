using System;
using System.Collections.Generic;

namespace TradingBot.Simulation.Synthetic;

/// <summary>One side of a book as the public sees it: the background's levels, and our own resting orders.</summary>
/// <remarks>Without own orders it is the background's side itself, and nothing is copied.</remarks>
internal sealed class PublicSide(SyntheticBookSide background)
{
    private readonly List<(long Price, long Lots)> _levels = [];
    private bool _hasOwn;

    public int Count => _hasOwn ? _levels.Count : background.Count;

    /// <summary>Levels of the usual window now.</summary>
    public int WindowCount => Math.Min(Count, SyntheticBookSide.Depth);

    public long BestPrice => PriceAt(0);

    public long BestLots => LotsAt(0);

    /// <summary>Whether own orders were shown when the side was last drawn.</summary>
    public bool HasOwn => _hasOwn;

    public long PriceAt(int index) => _hasOwn ? _levels[index].Price : background.PriceAt(index);

    public long LotsAt(int index) => _hasOwn ? _levels[index].Lots : background.LotsAt(index);

    /// <summary>Position of a price; negative where there is none.</summary>
    public int Find(long price) =>
        _hasOwn ? _levels.FindIndex(level => level.Price == price) : background.Find(price);

    /// <summary>Draws the side anew from the background as it is now and own quantities by price.</summary>
    /// <param name="own">Each price once; in any order.</param>
    /// <param name="otherBest">Best price of the background's other side: an own order beyond it is about to fill and
    /// is not shown, since a published book is never crossed.</param>
    public void Draw(IReadOnlyList<(long Price, long Lots)> own, long otherBest)
    {
        _levels.Clear();
        _hasOwn = own.Count > 0;
        if (!_hasOwn) return;
        for (int i = 0; i < background.Count; i++) _levels.Add((background.PriceAt(i), background.LotsAt(i)));
        foreach ((long price, long lots) in own)
        {
            if ((price - otherBest) * background.Away <= 0) continue;
            int index = 0;
            while (index < _levels.Count && background.IsBetter(_levels[index].Price, price)) index++;
            bool isThere = index < _levels.Count && _levels[index].Price == price;
            if (isThere) _levels[index] = (price, _levels[index].Lots + lots);
            else _levels.Insert(index, (price, lots));
        }
    }
}
