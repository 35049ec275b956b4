using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>A product's book as the derivatives' first WebSocket numbers it: one for all who listen.</summary>
internal sealed class FuturesV1Book(SyntheticMarket market)
{
    private readonly Dictionary<long, long> _bids = [];
    private readonly Dictionary<long, long> _asks = [];

    /// <summary>Of the last delta; a snapshot carries it, and the next delta is one more.</summary>
    public long Sequence { get; private set; } = 1;

    /// <summary>Best first.</summary>
    public IEnumerable<(long Price, long Lots)> Bids =>
        _bids.OrderByDescending(level => level.Key).Select(level => (level.Key, level.Value));

    public IEnumerable<(long Price, long Lots)> Asks =>
        _asks.OrderBy(level => level.Key).Select(level => (level.Key, level.Value));

    /// <summary>Brings the book to the present, a level at a time, each with its own sequence.</summary>
    /// <param name="isHeard">Somebody listens; otherwise the book only catches up.</param>
    public IEnumerable<(bool IsBid, long Price, long Lots)> Catch(bool isHeard)
    {
        foreach ((bool isBid, PublicSide side, Dictionary<long, long> shown) in new[]
        {
            (true, market.PublicBids, _bids), (false, market.PublicAsks, _asks),
        })
        {
            foreach (long price in shown.Keys.Where(price => side.Find(price) < 0).ToArray())
            {
                shown.Remove(price);
                Sequence++;
                if (isHeard) yield return (isBid, price, 0);
            }

            for (int i = 0; i < side.Count; i++)
            {
                (long price, long lots) = (side.PriceAt(i), side.LotsAt(i));
                if (shown.TryGetValue(price, out long before) && before == lots) continue;
                shown[price] = lots;
                Sequence++;
                if (isHeard) yield return (isBid, price, lots);
            }
        }
    }
}
