using System;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>
/// One perpetual, the spot market that follows its fair price at a basis, and the index made of that.
/// </summary>
internal sealed class PerpetualMarket
{
    /// <summary>The perpetual trades this much above spot, in hundredths of a percent.</summary>
    private const int BasisPoints = 3;

    private readonly long _indexDivisor;

    /// <param name="index">Position of the perpetual in the list.</param>
    /// <param name="seed">Seed of the market.</param>
    /// <param name="activity">How many times as busy as listed.</param>
    public PerpetualMarket(int index, ulong seed, int activity = 1)
    {
        SyntheticInstrument perpetual = VenueInstruments.Perpetuals[index];
        SyntheticInstrument spot = VenueInstruments.Spot[index];
        perpetual = perpetual with { IntervalUs = perpetual.IntervalUs / activity };
        spot = spot with { IntervalUs = spot.IntervalUs / activity };
        Perpetual = new SyntheticMarket(index, perpetual, seed);
        Spot = new SyntheticMarket(VenueInstruments.Perpetuals.Length + index, spot, seed);
        int decimals = Spot.Instrument.PriceDecimals - Perpetual.Instrument.PriceDecimals;
        _indexDivisor = Money.Pow10(decimals);
        NotionalUnit = Money.Pow10(
            Money.Decimals - Perpetual.Instrument.PriceDecimals - Perpetual.Instrument.QuantityDecimals);
    }

    public SyntheticMarket Perpetual { get; }

    public SyntheticMarket Spot { get; }

    public string Symbol => Perpetual.Instrument.Symbol;

    /// <summary>Money per tick and lot.</summary>
    public long NotionalUnit { get; }

    public long LastPrice => Perpetual.LastPrice;

    /// <summary>Mid of the spot book in ticks of the perpetual, rounded down.</summary>
    public long IndexPrice => Spot.MidPrice / _indexDivisor;

    /// <summary>Time of the next step of either, µs of market time.</summary>
    public long NextStepUs => Math.Min(Perpetual.NextStepUs, Spot.NextStepUs);

    /// <summary>Whether the next step is the perpetual's; ties are its own.</summary>
    public bool PerpetualIsNext => Perpetual.NextStepUs <= Spot.NextStepUs;

    public void StepSpot() =>
        Spot.Step(forcedPressure: null, Perpetual.Fair256 * _indexDivisor * (10_000 - BasisPoints) / 10_000);

    public long Notional(long price, long lots) => checked((long)((Int128)price * lots * NotionalUnit));
}
