using System;

namespace TradingBot.Simulation.Synthetic;

/// <summary>The window of one side that a subscriber was last shown.</summary>
internal sealed class ShownSide
{
    private readonly PublicSide _side;
    private readonly long[] _price;
    private readonly long[] _lots;

    public ShownSide(PublicSide side, int depth)
    {
        _side = side;
        _price = new long[depth];
        _lots = new long[depth];
    }

    public int Count { get; private set; }

    public PublicSide Side => _side;

    /// <summary>Levels the subscriber should see now.</summary>
    public int WindowCount => Math.Min(_side.Count, _price.Length);

    public long PriceAt(int index) => _price[index];

    /// <summary>Whether a level shown before is gone from the book, not merely pushed out of the window.</summary>
    public bool WasDeleted(int index) => _side.Find(_price[index]) < 0;

    /// <summary>Whether a level of the window must be told: it entered, or its quantity changed.</summary>
    public bool HasNews(int index)
    {
        long price = _side.PriceAt(index);
        for (int i = 0; i < Count; i++)
        {
            if (_price[i] == price) return _lots[i] != _side.LotsAt(index);
        }

        return true;
    }

    /// <summary>Whether anything in the window differs from what was shown.</summary>
    public bool HasAnyNews()
    {
        for (int i = 0; i < Count; i++)
        {
            if (WasDeleted(i)) return true;
        }

        for (int i = 0; i < WindowCount; i++)
        {
            if (HasNews(i)) return true;
        }

        return false;
    }

    /// <summary>The window counts as shown from here on.</summary>
    public void MarkShown()
    {
        Count = WindowCount;
        for (int i = 0; i < Count; i++)
        {
            _price[i] = _side.PriceAt(i);
            _lots[i] = _side.LotsAt(i);
        }
    }
}

/// <summary>What a subscriber was last shown of a market's book.</summary>
internal sealed class ShownBook
{
    public ShownBook(SyntheticMarket market, int depth)
    {
        Market = market;
        Depth = depth;
        Bids = new ShownSide(market.PublicBids, depth);
        Asks = new ShownSide(market.PublicAsks, depth);
    }

    public SyntheticMarket Market { get; }

    public int Depth { get; }

    public ShownSide Bids { get; }

    public ShownSide Asks { get; }

    public bool HasAnyNews() => Bids.HasAnyNews() || Asks.HasAnyNews();

    public void MarkShown()
    {
        Bids.MarkShown();
        Asks.MarkShown();
    }
}
