using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>The gate's bounds. The defaults suit a small account and are what replay runs with.</summary>
public sealed record RiskLimits
{
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Quote currency spent by one order: 100.</summary>
    public Notional OrderNotional { get; init; } = Whole(100);

    /// <summary>Most that one order may lose at its stop; zero = the order's size alone is the measure.</summary>
    public Notional RiskPerOrder { get; init; } = Notional.Zero;

    /// <summary>
    /// What a stop loses of the notional, in parts per million: its distance (1.5 %), the fees of both sides (0.05 %
    /// each) and how far beyond its trigger a stop may fill (1 %, the venue's own protection).
    /// </summary>
    public int StopLossPpm { get; init; } = 26_000;

    /// <summary>What one order may buy: its size, or less where the stop would lose more than may be lost.</summary>
    public Notional OrderBudget => RiskPerOrder == Notional.Zero ? OrderNotional
        : new Notional(Int128.Min(OrderNotional.Units, RiskPerOrder.Units * 1_000_000 / StopLossPpm));

    /// <summary>Greatest exposure in one instrument: 300 in its quote currency.</summary>
    public Notional PositionNotionalMax { get; init; } = Whole(300);

    /// <summary>Greatest exposure over all instruments of one quote currency: 500.</summary>
    public Notional TotalNotionalMax { get; init; } = Whole(500);

    /// <summary>Greatest distance of a limit price from the middle of the book, in parts per million: 2 %.</summary>
    public int PriceCollarPpm { get; init; } = 20_000;

    /// <summary>
    /// Age at which a book without update counts as old. Quiet pairs were seen silent for 26 s: 30 s.
    /// </summary>
    public long BookAgeMaxNs { get; init; } = 30 * NanosPerSecond;

    /// <summary>
    /// Age of an instrument's last trade at which its signals count as old; 0 = trades may be of any age: a quiet pair
    /// trades seldom.
    /// </summary>
    public long TradeAgeMaxNs { get; init; }

    /// <summary>
    /// Greatest lag of an event behind the fastest one seen (receive − exchange time, above its minimum): 2 s.
    /// </summary>
    public long ExchangeLagMaxNs { get; init; } = 2 * NanosPerSecond;

    /// <summary>Orders admitted within <see cref="OrderWindowNs"/>: 2.</summary>
    public int OrdersPerWindowMax { get; init; } = 2;

    /// <summary>1 s.</summary>
    public long OrderWindowNs { get; init; } = NanosPerSecond;

    /// <summary>
    /// How long an approved order may rest; its exposure is reserved until then: 30 s of engine time.
    /// </summary>
    public long OrderTimeToLiveNs { get; init; } = 30 * NanosPerSecond;

    /// <summary>Signals may become orders; else they are counted and refused, and only an operator's entries are
    /// decided.</summary>
    public bool SignalsTrade { get; init; } = true;

    /// <summary>A signal of an instrument becomes an order only while <c>AccountEventKind.History</c> says that it may
    /// be analysed; what was never said, or is over, is no.</summary>
    public bool HistoryRequired { get; init; }

    /// <summary>
    /// Until a status frame of its market was seen, how the venue stands is unknown. A replay has what was recorded.
    /// </summary>
    public bool VenueFrameRequired { get; init; }

    /// <summary>Likewise until the venue was asked by a call.</summary>
    public bool VenueRestRequired { get; init; }

    /// <summary>All signals of a side refused for so long, and at least so many, is told: 10 min, 20.</summary>
    public long SilenceNs { get; init; } = 600 * NanosPerSecond;

    public int SilenceSignals { get; init; } = 20;

    /// <summary>Orders that rate and time to live admit alive at once, open windows at both ends included.</summary>
    public long OrdersAlive => OrdersPerWindowMax * ((OrderTimeToLiveNs / OrderWindowNs) + 2);

    private static Notional Whole(long units) => Notional.Of(units, 0, 1, 0);
}
