using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>The best prices of a spot market as they changed: what REST's Spread tells.</summary>
internal sealed class QuoteTape
{
    /// <summary>As many as the venue gives.</summary>
    private const int RowsMax = 200;

    private readonly Queue<(long TimeNs, long Bid, long Ask)> _rows = [];
    private (long Bid, long Ask) _last;

    /// <summary>Oldest first.</summary>
    public IReadOnlyCollection<(long TimeNs, long Bid, long Ask)> Rows => _rows;

    public void Look(SpotMarket market, long nowNs)
    {
        (long Bid, long Ask) best = (market.Background.PublicBids.BestPrice, market.Background.PublicAsks.BestPrice);
        if (best == _last) return;
        _last = best;
        if (_rows.Count == RowsMax) _rows.Dequeue();
        _rows.Enqueue((nowNs, best.Bid, best.Ask));
    }
}
