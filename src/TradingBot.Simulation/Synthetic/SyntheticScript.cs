namespace TradingBot.Simulation.Synthetic;

/// <summary>When what goes wrong: microseconds of market time since the first frame.</summary>
/// <remarks>
/// Each fault is there to make one refusal of the risk gate happen. Where a refusal needs a strategy that wants to
/// trade at that moment, the flow leans hard to one side around it.
/// </remarks>
public static class SyntheticScript
{
    /// <summary>All of the capture: 20 minutes.</summary>
    public const long DurationUs = 1_200 * Second;

    /// <summary>From the first frame flow is strong everywhere, before any indicator can be warm.</summary>
    public const long OpeningRushEndUs = 12 * Second;

    /// <summary>ADA has trades from the start and no book until its subscription comes through here.</summary>
    public const long LateBookUs = 300 * Second;

    /// <summary>Until <see cref="StaleEndUs"/> frames of SOL are <see cref="StaleAgeUs"/> old when sent.</summary>
    /// <remarks>SOL is silent for the eight seconds before; at the end what was held back comes at once.</remarks>
    public const long StaleBeginUs = 390 * Second;

    public const long StaleEndUs = 400 * Second;

    public const long StaleAgeUs = 8 * Second;

    /// <summary>One book update of ETH is lost: the checksum of the next one does not match.</summary>
    public const long LostUpdateUs = 480 * Second;

    /// <summary>ETH is unsubscribed here, and subscribed with a new snapshot 150 ms later.</summary>
    public const long ResubscribeUs = 483 * Second;

    public const long ResubscribedUs = ResubscribeUs + (150 * Millisecond);

    /// <summary>The last trade of BTC is sent a second time, with its id.</summary>
    public const long RepeatedTradeUs = 560 * Second;

    /// <summary>Until <see cref="LullEndUs"/> only heartbeats are sent.</summary>
    public const long LullBeginUs = 600 * Second;

    public const long LullEndUs = 606 * Second;

    /// <summary>A trade of DOGE arrives whose time lies <see cref="LateTradeAgeUs"/> back.</summary>
    public const long LateTradeUs = 640 * Second;

    public const long LateTradeAgeUs = 90 * Second;

    /// <summary>Until <see cref="SurgeEndUs"/> everybody buys everything: order rate and notional caps.</summary>
    public const long SurgeBeginUs = 720 * Second;

    public const long SurgeEndUs = 722 * Second;

    /// <summary>
    /// A flash in DOGE: one trade prints 8 % below the mid, one second later one prints 8 % above it.
    /// </summary>
    /// <remarks>Both at the end of a second, so that a one-second bar closes there and averages cross far from the
    /// mid.</remarks>
    public const long PriceDipUs = PriceSpikeUs - Second;

    public const long PriceSpikeUs = (840 * Second) - Millisecond;

    public const int PriceSpikePercent = 8;

    /// <summary>How long flow leans to one side before and after the price spike.</summary>
    public const long PriceSpikeFlowUs = 5 * Second;

    internal const long Second = 1_000_000;

    internal const long Millisecond = 1_000;

    /// <summary>Positions in <see cref="SyntheticInstrument.All"/>.</summary>
    internal const int Btc = 0, Eth = 1, Sol = 2, Doge = 3, Ada = 4;

    /// <summary>When a frame of a market time is sent: at that time, save for SOL's stale spell.</summary>
    internal static long SentUs(int instrument, long timeUs)
    {
        if (instrument != Sol || timeUs < StaleBeginUs - StaleAgeUs || timeUs >= StaleEndUs) return timeUs;
        return timeUs < StaleEndUs - StaleAgeUs ? timeUs + StaleAgeUs : StaleEndUs;
    }

    /// <summary>How hard flow leans, -1000..1000, when the script says so; null leaves it to the market.</summary>
    internal static int? ForcedPressure(int instrument, long timeUs)
    {
        if (timeUs < OpeningRushEndUs) return instrument % 2 == 0 ? 900 : -900;
        if (timeUs is >= SurgeBeginUs and < SurgeEndUs) return 1_000;
        if (instrument == Sol && timeUs is >= StaleBeginUs - StaleAgeUs and < StaleEndUs - StaleAgeUs) return 900;
        bool nearSpike = timeUs is >= PriceSpikeUs - PriceSpikeFlowUs and < PriceSpikeUs + PriceSpikeFlowUs;
        return instrument == Doge && nearSpike ? 900 : null;
    }
}
