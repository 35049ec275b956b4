// In:     trades in time order.   Out: bars of one timeframe, closed by a later trade or by the end.
// Thread: the caller's; sans-I/O.
// Keeps:  intervals follow each other without a hole from the first trade on; an interval without trades is a bar of
//         the close before, with no volume; exact integers.
// Budget: a few dozen ns per trade.
using System;
using System.Collections.Generic;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>Builds bars out of paged trades.</summary>
/// <param name="timeframe">Of the bars.</param>
/// <param name="fromNs">Beginning of the first interval that counts; earlier trades are dropped.</param>
/// <param name="before">The last bar before, for intervals without trades; null: such intervals are left out.</param>
internal sealed class WalkBars(Timeframe timeframe, long fromNs, BarRow? before)
{
    private readonly List<BarRow> _closed = [];
    private BarRow? _last = before;
    private BarRow _open;
    private bool _hasOpen;

    /// <summary>Beginning of the first interval that is not closed yet, Unix ns.</summary>
    public long NextOpenNs { get; private set; } = fromNs;

    /// <summary>Adds trades; closes what they prove to be over.</summary>
    public void Add(ReadOnlySpan<TradePrint> trades)
    {
        foreach (ref readonly TradePrint trade in trades)
        {
            long openNs = timeframe.OpenTimeOf(trade.TimeNs);
            if (openNs < NextOpenNs) continue;
            if (openNs > NextOpenNs) CloseUntil(openNs);
            AddToOpen(in trade, openNs);
        }
    }

    /// <summary>Closes every interval before a time that is known to be past, with all its trades seen.</summary>
    public void CloseUntil(long untilNs)
    {
        while (NextOpenNs < untilNs && timeframe.CloseTimeOf(NextOpenNs) <= untilNs)
        {
            if (_hasOpen)
            {
                _last = _open with { Complete = true };
                _closed.Add(_last.Value);
            }
            else if (_last is { } last)
            {
                _last = Empty(last, NextOpenNs);
                _closed.Add(_last.Value);
            }

            _hasOpen = false;
            // Without any trade yet there is nothing to fill with: the empty beginning is skipped at once.
            NextOpenNs = _last is null ? timeframe.OpenTimeOf(untilNs) : timeframe.CloseTimeOf(NextOpenNs);
        }
    }

    /// <summary>The bars closed since the last call, oldest first.</summary>
    public BarRow[] TakeClosed()
    {
        BarRow[] taken = [.. _closed];
        _closed.Clear();
        return taken;
    }

    private static BarRow Empty(in BarRow last, long openNs) => last with
    {
        OpenTimeNs = openNs,
        Open = last.Close,
        High = last.Close,
        Low = last.Close,
        Volume = 0,
        Count = 0,
        Complete = true,
    };

    private void AddToOpen(ref readonly TradePrint trade, long openNs)
    {
        if (!_hasOpen)
        {
            _hasOpen = true;
            _open = new BarRow
            {
                OpenTimeNs = openNs,
                Open = trade.Price,
                High = trade.Price,
                Low = trade.Price,
                Close = trade.Price,
                PriceDecimals = trade.PriceDecimals,
                Volume = trade.Quantity,
                VolumeDecimals = trade.QuantityDecimals,
                Count = 1,
            };
            return;
        }

        byte priceDecimals = Math.Max(_open.PriceDecimals, trade.PriceDecimals);
        byte volumeDecimals = Math.Max(_open.VolumeDecimals, trade.QuantityDecimals);
        long scale = Pow10.Of(priceDecimals - _open.PriceDecimals);
        long price = checked(trade.Price * Pow10.Of(priceDecimals - trade.PriceDecimals));
        checked
        {
            _open = _open with
            {
                Open = _open.Open * scale,
                High = Math.Max(_open.High * scale, price),
                Low = Math.Min(_open.Low * scale, price),
                Close = price,
                PriceDecimals = priceDecimals,
                Volume = (_open.Volume * Pow10.Of(volumeDecimals - _open.VolumeDecimals))
                    + ((Int128)trade.Quantity * Pow10.Of(volumeDecimals - trade.QuantityDecimals)),
                VolumeDecimals = volumeDecimals,
                Count = _open.Count + 1,
            };
        }
    }
}
