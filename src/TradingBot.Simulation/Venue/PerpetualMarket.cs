using System;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>
/// One perpetual, the spot market that follows its fair price at a basis, and the index made of that.
/// </summary>
internal sealed class PerpetualMarket : IVenueMarket
{
    /// <summary>The perpetual trades this much above spot, in hundredths of a percent.</summary>
    private const int BasisPoints = 3;

    /// <summary>The mark's premium over the index is capped at 1 %.</summary>
    private const int PremiumDivisor = 100;

    private readonly long _indexDivisor;

    /// <param name="index">Position of the perpetual in the list.</param>
    /// <param name="seed">Seed of the market.</param>
    /// <param name="activity">How many times as busy as listed.</param>
    /// <param name="levelDollars">Usual size of a level of the perpetual; 0 = as listed.</param>
    public PerpetualMarket(int index, ulong seed, int activity = 1, int levelDollars = 0)
    {
        SyntheticInstrument perpetual = VenueInstruments.Perpetuals[index];
        if (levelDollars > 0) perpetual = Thinned(perpetual, levelDollars);
        SyntheticInstrument spot = VenueInstruments.Spot[index];
        perpetual = perpetual with { IntervalUs = perpetual.IntervalUs / activity };
        spot = spot with { IntervalUs = spot.IntervalUs / activity };
        Perpetual = new SyntheticMarket(index, perpetual, seed);
        Spot = new SyntheticMarket(VenueInstruments.Perpetuals.Length + index, spot, seed);
        int decimals = Spot.Instrument.PriceDecimals - Perpetual.Instrument.PriceDecimals;
        _indexDivisor = Money.Pow10(decimals);
    }

    public SyntheticMarket Perpetual { get; }

    public SyntheticMarket Spot { get; }

    public string Symbol => Perpetual.Instrument.Symbol;

    public int PriceDecimals => Perpetual.Instrument.PriceDecimals;

    public int QuantityDecimals => Perpetual.Instrument.QuantityDecimals;

    /// <summary>The listed instruments trade in single ticks and lots.</summary>
    public long PriceStep => 1;

    public long LotsStep => 1;

    public long LotsLeast => 1;

    public bool IsMatching => true;

    public IVenueSide Bids => Perpetual.Bids;

    public IVenueSide Asks => Perpetual.Asks;

    public long LastPrice => Perpetual.LastPrice;

    /// <summary>Mid of the spot book in ticks of the perpetual, rounded down.</summary>
    public long IndexPrice => Spot.MidPrice / _indexDivisor;

    /// <summary>The middle of the book, held to one percent around the index.</summary>
    public long MarkPrice => Math.Clamp(
        Perpetual.MidPrice, IndexPrice - (IndexPrice / PremiumDivisor), IndexPrice + (IndexPrice / PremiumDivisor));

    /// <summary>Time of the next step of either, µs of market time.</summary>
    public long NextStepUs => Math.Min(Perpetual.NextStepUs, Spot.NextStepUs);

    /// <summary>Whether the next step is the perpetual's; ties are its own.</summary>
    public bool PerpetualIsNext => Perpetual.NextStepUs <= Spot.NextStepUs;

    public void StepSpot() =>
        Spot.Step(forcedPressure: null, Perpetual.Fair256 * _indexDivisor * (10_000 - BasisPoints) / 10_000);

    public long PrintTrade(long price, long lots) => Perpetual.PrintTrade(price, lots);

    /// <summary>The instrument with levels of another size, and round quantities in the same measure.</summary>
    private static SyntheticInstrument Thinned(SyntheticInstrument listed, int levelDollars)
    {
        long lots = levelDollars * Money.Pow10(listed.PriceDecimals + listed.QuantityDecimals) / listed.Price;
        return listed with
        {
            LevelLots = Math.Max(lots, 1),
            RoundLots = (int)Math.Max(listed.RoundLots * lots / listed.LevelLots, 1),
        };
    }

    /// <summary>The background trades of the perpetual's last step, best price first.</summary>
    public FlowTrade[] Flow()
    {
        FlowTrade[] flow = new FlowTrade[Perpetual.TradeCount];
        for (int i = 0; i < flow.Length; i++)
        {
            flow[i] = new FlowTrade(Perpetual.TakerBuys, Perpetual.TradePriceAt(i), Perpetual.TradeLotsAt(i));
        }

        return flow;
    }
}
