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

    /// <summary>While the index's market is closed the collar is 4 %.</summary>
    private const int ClosedPremiumDivisor = 25;

    public const string Online = "online";
    public const string Suspended = "cancel_only";
    public const string Delisted = "delisted";

    private const long HoldUs = 1_000_000;

    private readonly long _indexDivisor;
    private readonly bool _marksLast;
    private PriceMove? _move;
    private long _heldIndex;

    /// <param name="place">Position of the perpetual in the list.</param>
    /// <param name="seed">Seed of the market.</param>
    public PerpetualMarket(int place, ulong seed)
        : this(
            place, VenueInstruments.Perpetuals[place], VenueInstruments.Spot[place], new VenueOptions { Seed = seed })
    {
    }

    /// <param name="place">Position of the pair in the list.</param>
    /// <param name="perpetual">The perpetual.</param>
    /// <param name="spot">Its spot market.</param>
    /// <param name="options">Seed, size of levels, habits.</param>
    public PerpetualMarket(
        int place, SyntheticInstrument perpetual, SyntheticInstrument spot, VenueOptions options)
    {
        _marksLast = options.Habits.MarksLast;
        if (options.LevelDollars > 0) perpetual = Thinned(perpetual, options.LevelDollars);
        // The five have the seeds they always had; those behind them, others.
        int listed = VenueInstruments.Perpetuals.Length;
        int index = place < listed ? place : 2 * place;
        Perpetual = new SyntheticMarket(index, perpetual, options.Seed);
        Spot = new SyntheticMarket(place < listed ? listed + place : index + 1, spot, options.Seed);
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

    public bool IsListed => Perpetual.Instrument.Status != Delisted;

    public bool IsMatching => Perpetual.Instrument.Status == Online;

    /// <summary>Sets how it stands, as the instrument channel says it: anything but online matches and triggers
    /// nothing.</summary>
    public void SetStatus(string status) => Perpetual.Relist(Symbol, status);

    /// <summary>How the index stands.</summary>
    public IndexState Index { get; private set; }

    public bool PaysFunding => Index != IndexState.Closed;

    public IVenueSide Bids => Perpetual.Bids;

    public IVenueSide Asks => Perpetual.Asks;

    public long LastPrice => Perpetual.LastPrice;

    /// <summary>
    /// Mid of the spot book in ticks of the perpetual, rounded down; while it is down the last price stands in for it,
    /// while its market is closed it stays what it was.
    /// </summary>
    public long IndexPrice => Index switch
    {
        IndexState.Down => LastPrice,
        IndexState.Closed => _heldIndex,
        _ => Spot.MidPrice / _indexDivisor,
    };

    /// <summary>The middle of the book, or the last price, held to a share of the index around it.</summary>
    public long MarkPrice
    {
        get
        {
            long index = IndexPrice;
            long most = index / (Index == IndexState.Closed ? ClosedPremiumDivisor : PremiumDivisor);
            return Math.Clamp(_marksLast ? LastPrice : Perpetual.MidPrice, index - most, index + most);
        }
    }

    /// <summary>Sets how the index stands from now on.</summary>
    public void SetIndex(IndexState state)
    {
        _heldIndex = IndexPrice;
        Index = state;
    }

    /// <summary>The market goes a way from where it is now; its own wandering goes on meanwhile.</summary>
    /// <param name="ppm">How far, in millionths of the price; negative is down.</param>
    /// <param name="fromUs">Market time of the begin.</param>
    /// <param name="lengthUs">How long it takes; 0: it jumps at once.</param>
    public void Move(int ppm, long fromUs, long lengthUs)
    {
        Advance(fromUs);
        long way256 = (long)((Int128)Perpetual.Fair256 * ppm / 1_000_000);
        _move = new PriceMove(way256, fromUs, lengthUs);
        Perpetual.WakeAt(fromUs);
        Spot.WakeAt(fromUs);
    }

    /// <summary>It does not trade now: nothing happens in it for a second, but that its fair price goes where it is
    /// sent.</summary>
    public void Hold()
    {
        long nowUs = Perpetual.NextStepUs;
        Advance(nowUs);
        Perpetual.PauseUntil(nowUs + HoldUs);
    }

    /// <summary>One step of the perpetual's market.</summary>
    public void StepPerpetual()
    {
        Advance(Perpetual.NextStepUs);
        Perpetual.Step(forcedPressure: null);
    }

    /// <summary>Time of the next step of either, µs of market time.</summary>
    public long NextStepUs => Math.Min(Perpetual.NextStepUs, Spot.NextStepUs);

    /// <summary>Whether the next step is the perpetual's; ties are its own.</summary>
    public bool PerpetualIsNext => Perpetual.NextStepUs <= Spot.NextStepUs;

    public void StepSpot() =>
        Spot.Step(forcedPressure: null, Perpetual.Fair256 * _indexDivisor * (10_000 - BasisPoints) / 10_000);

    public long PrintTrade(long price, long lots) => Perpetual.PrintTrade(price, lots);

    /// <summary>Takes the part of a move that is due by a time.</summary>
    private void Advance(long nowUs)
    {
        if (_move is not { } move) return;
        long due256 = move.DueAt(nowUs);
        Perpetual.Shift(due256 - move.Done256);
        _move = nowUs >= move.EndUs ? null : move with { Done256 = due256 };
    }

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

/// <summary>How the index of a perpetual stands.</summary>
public enum IndexState : byte
{
    Live = 0,

    /// <summary>It cannot be computed: triggers on it fall back to the last price.</summary>
    Down = 1,

    /// <summary>The market it is made of is closed, as forex and stocks are at night: it stands still, and nothing is
    /// paid for holding.</summary>
    Closed = 2,
}

/// <summary>A way that a script sends a market.</summary>
/// <param name="Way256">All of it, in 1/256 tick.</param>
/// <param name="FromUs">Market time of its begin.</param>
/// <param name="LengthUs">How long it takes.</param>
/// <param name="Done256">What was gone of it.</param>
internal sealed record PriceMove(long Way256, long FromUs, long LengthUs, long Done256 = 0)
{
    public long EndUs => FromUs + LengthUs;

    /// <summary>What shall have been gone by a time.</summary>
    public long DueAt(long nowUs) =>
        nowUs >= EndUs ? Way256 : (long)((Int128)Way256 * (nowUs - FromUs) / LengthUs);
}
