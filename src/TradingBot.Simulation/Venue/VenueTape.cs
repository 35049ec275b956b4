// In:     trades of one market as they happen.   Out: all its trades since thirty days before the venue's first
//         instant.
// Thread: the venue's.
// Keeps:  same seed, same past; ids and times ascend, and the past ends below the first live trade's id.
// Budget: a past trade is made when it is asked for: some dozens of ns each.
using System;
using System.Collections.Generic;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>What a market traded: a made-up past, then what really happened here.</summary>
internal sealed class VenueTape
{
    private const int PastHours = 30 * 24;
    private const int MinutesPerHour = 60;
    private const long MinuteUs = 60_000_000;

    /// <summary>Of one minute of the past: none to three, about as many as a quiet market has.</summary>
    private const int TradesPerMinuteMax = 3;

    /// <summary>Live trades held: half a day of a market twelve times as busy as the calm one.</summary>
    private const int LiveMax = 100_000;

    /// <summary>Of all markets together: at 64 bytes each some 64 MB.</summary>
    private const int LiveMaxOfAll = 1_000_000;

    private readonly SyntheticMarket _market;
    private readonly ulong _seed;
    private readonly long[] _hourPrice = new long[PastHours + 1];
    private readonly long _pastEndMinute;
    private readonly long _firstLiveId;
    private readonly int _liveMax;
    private readonly Queue<SyntheticTrade> _live = [];

    /// <param name="market">Whose tape it is; nothing has been traded in it yet.</param>
    /// <param name="seed">The venue's.</param>
    /// <param name="startNs">The venue's first instant, Unix ns.</param>
    /// <param name="liveMax">Live trades held.</param>
    public VenueTape(SyntheticMarket market, ulong seed, long startNs, int liveMax)
    {
        _liveMax = liveMax;
        _market = market;
        _seed = seed ^ ((ulong)(market.Index + 1) * 0xA24B_AED4_963E_E407);
        _pastEndMinute = startNs / (MinuteUs * 1_000);
        _firstLiveId = market.NextTradeId;
        SplitMix64 random = new(_seed);
        long price = market.OpenPrice;
        // Backwards from the price the market opens at, half a percent an hour at most.
        for (int i = PastHours; i >= 0; i--)
        {
            _hourPrice[i] = price;
            price = Math.Max(market.OpenPrice / 4, price + random.Bell((int)(price / 200)));
        }
    }

    /// <summary>Live trades held of each of so many markets.</summary>
    public static int LiveMaxOf(int markets) => Math.Clamp(LiveMaxOfAll / Math.Max(markets, 1), 500, LiveMax);

    public void Add(in SyntheticTrade trade)
    {
        if (_live.Count == _liveMax) _live.Dequeue();
        _live.Enqueue(trade);
    }

    /// <summary>Trades later than a time, oldest first.</summary>
    public IEnumerable<SyntheticTrade> After(long timeNs)
    {
        long afterUs = timeNs / 1_000;
        long first = Math.Max(_pastEndMinute - (PastHours * MinutesPerHour), afterUs / MinuteUs);
        for (long minute = first; minute < _pastEndMinute; minute++)
        {
            int count = CountIn(minute);
            for (int i = 0; i < count; i++)
            {
                SyntheticTrade trade = Past(minute, i, count);
                if (trade.TimeUs * 1_000 > timeNs) yield return trade;
            }
        }

        foreach (SyntheticTrade trade in _live)
        {
            if (trade.TimeUs * 1_000 > timeNs) yield return trade;
        }
    }

    private SplitMix64 Of(long minute) => new(_seed ^ ((ulong)minute * 0x9FB2_1C65_1E98_DF25));

    private int CountIn(long minute) => Of(minute).Below(TradesPerMinuteMax + 1);

    private SyntheticTrade Past(long minute, int index, int count)
    {
        SplitMix64 random = Of(minute);
        random.Below(1);
        for (int i = 0; i < index; i++) random.Next();
        int back = (int)(_pastEndMinute - minute);
        int hour = PastHours - ((back + MinutesPerHour - 1) / MinutesPerHour);
        int within = MinutesPerHour - 1 - ((back - 1) % MinutesPerHour);
        long step = _hourPrice[hour + 1] - _hourPrice[hour];
        int jitter = random.Between(-_market.Instrument.GapTicks, _market.Instrument.GapTicks);
        long price = Math.Max(1, _hourPrice[hour] + (step * within / MinutesPerHour) + jitter);
        long lots = Math.Max(1, _market.Instrument.LevelLots / 50 * (1 + random.Below(40)));
        long timeUs = (minute * MinuteUs) + (MinuteUs / (count + 1) * (index + 1));
        long id = _firstLiveId - 2 - ((long)back * (TradesPerMinuteMax + 1)) + index;
        bool takerBuys = random.Below(2) == 0;
        return new SyntheticTrade(_market.Instrument, takerBuys, price, lots, true, id, timeUs);
    }
}
