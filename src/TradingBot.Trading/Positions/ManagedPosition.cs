// In:     fills and snapshots of one instrument.   Out: size, average price, state.
// Thread: the engine's.
// Keeps:  I7 (quantity = Σ fills, plus corrections two complete snapshots agreed on, which are counted apart).
// Budget: per order event, not per market event.
using System;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Stops;

namespace TradingBot.Trading.Positions;

/// <summary>The position of one instrument, its orders, and what is planned for it.</summary>
internal sealed class ManagedPosition
{
    /// <summary>Money that came in less what went out, and the sum of both, at the ledger's scale of price ×
    /// quantity.</summary>
    private Int128 _cash;
    private Int128 _turnover;

    public ManagedPosition(int instrumentId)
    {
        InstrumentId = instrumentId;
    }

    public int InstrumentId { get; }

    public OrderTable Orders { get; } = new();

    public ProtectionClock Clock { get; } = new();

    public PositionState State { get; private set; }

    /// <summary>Signed, at the ledger's scale.</summary>
    public Int128 Quantity { get; private set; }

    public Int128 AveragePrice { get; private set; }

    /// <summary>An illegal transition happened: no entries until the operator resumes; stops go on.</summary>
    public bool Quarantined { get; set; }

    public long IllegalInputs { get; private set; }

    /// <summary>
    /// One of our reduce-only orders was reported filled beyond what we know of: fills of the entry are still on their
    /// way,
    /// and nothing is done until they or a snapshot arrive.
    /// </summary>
    public bool AheadOfFills { get; private set; }

    /// <summary>Intent whose orders protect the position; -1 = none yet.</summary>
    public long Intent { get; set; } = -1;

    /// <summary>Next free revision per role of this intent.</summary>
    public int StopRevision { get; set; }

    public int ExitRevision { get; set; }

    public int TakeProfitRevision { get; set; }

    /// <summary>Side the plan below belongs to; None = no plan.</summary>
    public Side PlanSide { get; set; }

    public Int128 PlannedStop { get; set; }

    /// <summary>Take-profits of the plan.</summary>
    public TargetPlan Targets { get; } = new();

    public bool ExitWanted { get; set; }

    /// <summary>When a stop of it last filled; 0 = never.</summary>
    public long StopFilledNs { get; set; }

    public long ExitNotBeforeNs { get; set; }

    public long StopNotBeforeNs { get; set; }

    /// <summary>Since when the market is far beyond the stop; 0 = it is not.</summary>
    public long BeyondStopNs { get; set; }

    public int StopRefusals { get; set; }

    /// <summary>Stops refused for their form: each takes a digit from the next one's price, while the step is not
    /// known.</summary>
    public int StopCoarseness { get; set; }

    public long LadderNs { get; set; }

    /// <summary>Exit orders of this ladder so far: the next one's rung.</summary>
    public int ExitRung { get; set; }

    /// <summary>The venue does not take immediate limit orders here: rungs are market orders, under its own
    /// protection.</summary>
    public bool ExitsAtMarket { get; set; }

    /// <summary>Protective orders in a row that the venue refused for what it is, not for what they are.</summary>
    public int VenueRefusals { get; set; }

    /// <summary>End of the last pause the venue made us take.</summary>
    public long RefusedUntilNs { get; private set; }

    /// <summary>Of unprotected time, what passed while the venue took no orders.</summary>
    public ProtectionClock RefusedClock { get; } = new();

    /// <summary>Last middle of its book; 0 = never any.</summary>
    public Int128 Mark { get; set; }

    /// <summary>Price of liquidation as the venue told it last; 0 = not said.</summary>
    public Int128 Liquidation { get; set; }

    /// <summary>What the venue said in the round now running, and the difference it showed first, and when.</summary>
    public Int128 VenueQuantity { get; set; }

    public Int128 VenuePrice { get; set; }

    public Int128 VenueLiquidation { get; set; }

    public Int128 DisputedQuantity { get; set; }

    public long DisputedNs { get; set; }

    public byte PriceDecimals { get; set; }

    public byte QuantityDecimals { get; set; }

    public Side Side => Quantity > 0 ? Side.Buy : Quantity < 0 ? Side.Sell : Side.None;

    /// <summary>Side of the orders that reduce it.</summary>
    public Side ClosingSide => Quantity > 0 ? Side.Sell : Quantity < 0 ? Side.Buy : Side.None;

    /// <summary>What needs protection; 0 while fills are outstanding.</summary>
    public Int128 Size => AheadOfFills ? 0 : Int128.Abs(Quantity);

    public bool IsQuiet => Quantity == 0 && DisputedNs == 0 && !Orders.AnyLive(foreign: true) && !Orders.MissesFills();

    public void RaiseDecimals(byte price, byte quantity)
    {
        PriceDecimals = Math.Max(PriceDecimals, Math.Min(price, (byte)LedgerScale.PriceDecimals));
        QuantityDecimals = Math.Max(QuantityDecimals, Math.Min(quantity, (byte)LedgerScale.QuantityDecimals));
    }

    /// <summary>Takes an input; an illegal one quarantines, and the state becomes what the facts say.</summary>
    public void Fire(PositionInput input)
    {
        if (PositionTransitions.TryNext(State, input, out PositionState next))
        {
            State = next;
            return;
        }

        IllegalInputs++;
        Quarantined = true;
        State = Quantity != 0 ? PositionState.OpenUnprotected
            : Orders.LiveCount(OrderRole.Entry) > 0 ? PositionState.EntryPending : PositionState.Flat;
    }

    /// <summary>Adds one fill; <paramref name="signed"/> is negative for a sale.</summary>
    /// <param name="reduceOnly">It belongs to an order of ours that can only reduce.</param>
    public void Add(Int128 signed, Int128 price, bool reduceOnly)
    {
        Int128 before = Quantity;
        Quantity += signed;
        Book(signed, price);
        if (reduceOnly && Quantity != 0 && (Quantity > 0) == (signed > 0)) AheadOfFills = true;
        bool sameSide = before == 0 || (before > 0) == (signed > 0);
        if (sameSide)
        {
            Int128 size = Int128.Abs(before);
            Int128 added = Int128.Abs(signed);
            AveragePrice = checked((AveragePrice * size) + (price * added)) / (size + added);
        }
        else if (Quantity != 0 && (Quantity > 0) != (before > 0))
        {
            AveragePrice = price;
        }

        if (Quantity == 0) AveragePrice = 0;
        if (AheadOfFills)
        {
            bool caughtUp = Quantity == 0 || (!reduceOnly && (before > 0) != (Quantity > 0));
            if (!caughtUp)
            {
                if (before != 0 && State != PositionState.EntryPending && (before > 0) != (Quantity > 0))
                {
                    Fire(PositionInput.Emptied);
                }
                return;
            }

            AheadOfFills = false;
            before = 0;
        }

        Fire(InputOf(before, Quantity));
    }

    /// <summary>
    /// The venue refused a protective order for what the venue is: nothing is sent before the pause is over, and it
    /// does not count as a refusal of the order.
    /// </summary>
    public void Wait(long untilNs)
    {
        VenueRefusals++;
        RefusedUntilNs = untilNs;
        StopNotBeforeNs = Math.Max(StopNotBeforeNs, untilNs);
        ExitNotBeforeNs = Math.Max(ExitNotBeforeNs, untilNs);
        if (Size != 0) Fire(PositionInput.VenueRefused);
    }

    /// <summary>The venue takes orders again: what is due goes out at once.</summary>
    public void Proceed()
    {
        VenueRefusals = 0;
        StopNotBeforeNs = 0;
        ExitNotBeforeNs = 0;
    }

    /// <summary>Sets what two complete snapshots agreed on (I11); orders that ended owe no fills any more.</summary>
    public void Correct(Int128 quantity, Int128 price)
    {
        Int128 before = AheadOfFills ? 0 : Quantity;
        // What nobody told us of is booked at the market, not at the entry: else its loss would never have been.
        Book(quantity - Quantity, Mark > 0 ? Mark : price > 0 ? price : AveragePrice);
        AheadOfFills = false;
        Quantity = quantity;
        if (quantity == 0) AveragePrice = 0;
        else if (price > 0) AveragePrice = price;
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref TrackedOrder order = ref Orders[i];
            if (order.Cumulative > order.Filled) order.Filled = order.Cumulative;
        }

        DisputedNs = 0;
        if (before != quantity) Fire(InputOf(before, quantity));
    }

    /// <summary>What all of it came to: cash less fees, and what is open at the last price; at the ledger's scale of
    /// both.</summary>
    public Int128 Worth(int feePpm) => checked(
        _cash - (_turnover * feePpm / 1_000_000) + (Quantity * (Mark > 0 ? Mark : AveragePrice)));

    private void Book(Int128 signed, Int128 price)
    {
        Int128 product = checked(signed * price);
        _cash -= product;
        _turnover += Int128.Abs(product);
    }

    private static PositionInput InputOf(Int128 before, Int128 after)
    {
        if (after == 0) return PositionInput.Emptied;
        if (before == 0) return PositionInput.Opened;
        if ((before > 0) != (after > 0)) return PositionInput.Flipped;
        return Int128.Abs(after) > Int128.Abs(before) ? PositionInput.Grew : PositionInput.Shrank;
    }
}
