using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>
/// What nobody knows of the venue for certain (docs/sim-assumptions.md, "guessed"): one way by default, and drawn
/// either way for each seed where a worker is tried, so that it cannot lean on our guess.
/// </summary>
public sealed record VenueHabits
{
    private const ulong Salt = 0x6A81_7501_0000_0021;
    private const int Percent = 100;
    private const long SecondNs = 1_000_000_000;

    /// <summary>A spot buy that does not say so pays its fee in what it bought (seen; documented otherwise).</summary>
    public bool BuysPayInBase { get; init; } = true;

    /// <summary>A stop already beyond its price is cancelled, not triggered: the venue's pages disagree.</summary>
    public bool CancelsLateStops { get; init; }

    /// <summary>Reports after the first carry the venue's order id and not ours.</summary>
    public bool SparseReports { get; init; }

    /// <summary>Positions carry <c>instrument</c>, signed <c>qty</c> and <c>avg_price</c>.</summary>
    public bool PositionAliases { get; init; }

    /// <summary>The trigger of a derivatives order cannot be amended.</summary>
    public bool RefusesTriggerAmends { get; init; }

    /// <summary>A reduce-only order of more than the position is refused, not trimmed; triggers are not
    /// asked.</summary>
    public bool RefusesReduceOnlyExcess { get; init; }

    /// <summary>When a position shrinks, resting reduce-only orders beyond it end, the least aggressive
    /// first.</summary>
    public bool ShrinkEndsReduceOnly { get; init; }

    /// <summary>A triggered order without a limit goes as far as it takes, not 1 % from the best price.</summary>
    public bool TriggeredUnprotected { get; init; }

    /// <summary>The report that an order is filled does not come: its last trade is all there is.</summary>
    public bool OmitsFilled { get; init; }

    /// <summary>Orders under way on one socket may overtake each other, not amendments and cancels alone.</summary>
    public bool OrdersOvertake { get; init; }

    /// <summary>A liquidation closes all of a position at once, not a quarter.</summary>
    public bool LiquidatesWhole { get; init; }

    /// <summary>Its order does not say that it is one.</summary>
    public bool LiquidatesSilently { get; init; }

    /// <summary>The mark follows the last price, not the middle of the book.</summary>
    public bool MarksLast { get; init; }

    /// <summary>The whole mean premium is paid an hour, not an eighth of it.</summary>
    public bool FundsWholePremium { get; init; }

    /// <summary>Editing over the derivatives' own REST gives the order another id (seen; documented
    /// otherwise).</summary>
    public bool EditGivesNewId { get; init; }

    /// <summary>The dead man's timer leaves stops that have not triggered.</summary>
    public bool TimerSparesStops { get; init; }

    /// <summary>The derivatives' own REST triggers by mark where it is not said, not by last.</summary>
    public bool TriggersByMark { get; init; }

    /// <summary>The index of a spot market is its last price, not the middle of its book.</summary>
    public bool SpotIndexIsLast { get; init; }

    /// <summary>A spot market order goes 5 % from the best price, not 1 %.</summary>
    public bool SpotProtectionIsWide { get; init; }

    /// <summary>How far REST may lag behind the streams: 0 to 60 s (seen: kraken-infinity-grid#82).</summary>
    public long RestLagNsMax { get; init; }

    /// <summary>The habits of a seed: each either way.</summary>
    public static VenueHabits Of(ulong seed)
    {
        SplitMix64 random = new(seed ^ Salt);
        return new VenueHabits
        {
            BuysPayInBase = random.Chance(Percent / 2),
            CancelsLateStops = random.Chance(Percent / 2),
            SparseReports = random.Chance(Percent / 2),
            PositionAliases = random.Chance(Percent / 2),
            RefusesTriggerAmends = random.Chance(Percent / 2),
            RefusesReduceOnlyExcess = random.Chance(Percent / 2),
            ShrinkEndsReduceOnly = random.Chance(Percent / 2),
            TriggeredUnprotected = random.Chance(Percent / 2),
            OmitsFilled = random.Chance(Percent / 4),
            OrdersOvertake = random.Chance(Percent / 2),
            LiquidatesWhole = random.Chance(Percent / 2),
            LiquidatesSilently = random.Chance(Percent / 2),
            MarksLast = random.Chance(Percent / 2),
            FundsWholePremium = random.Chance(Percent / 2),
            EditGivesNewId = random.Chance(Percent / 2),
            TimerSparesStops = random.Chance(Percent / 2),
            TriggersByMark = random.Chance(Percent / 2),
            SpotIndexIsLast = random.Chance(Percent / 2),
            SpotProtectionIsWide = random.Chance(Percent / 2),
            RestLagNsMax = random.Below(61) * SecondNs,
        };
    }

    /// <summary>Every habit by name and as it is, in a fixed order.</summary>
    public IReadOnlyList<(string Name, bool Is)> Named() =>
    [
        ("buys_pay_in_base", BuysPayInBase), ("cancels_late_stops", CancelsLateStops),
        ("sparse_reports", SparseReports), ("position_aliases", PositionAliases),
        ("refuses_trigger_amends", RefusesTriggerAmends), ("refuses_reduce_only_excess", RefusesReduceOnlyExcess),
        ("shrink_ends_reduce_only", ShrinkEndsReduceOnly), ("triggered_unprotected", TriggeredUnprotected),
        ("omits_filled", OmitsFilled), ("orders_overtake", OrdersOvertake), ("liquidates_whole", LiquidatesWhole),
        ("liquidates_silently", LiquidatesSilently), ("marks_last", MarksLast),
        ("funds_whole_premium", FundsWholePremium), ("edit_gives_new_id", EditGivesNewId),
        ("timer_spares_stops", TimerSparesStops), ("triggers_by_mark", TriggersByMark),
        ("spot_index_is_last", SpotIndexIsLast), ("spot_protection_is_wide", SpotProtectionIsWide),
    ];

    /// <summary>The same but for one habit, by name; null when there is none of that name.</summary>
    public VenueHabits? Without(string name) => name switch
    {
        "buys_pay_in_base" => this with { BuysPayInBase = !BuysPayInBase },
        "cancels_late_stops" => this with { CancelsLateStops = !CancelsLateStops },
        "sparse_reports" => this with { SparseReports = !SparseReports },
        "position_aliases" => this with { PositionAliases = !PositionAliases },
        "refuses_trigger_amends" => this with { RefusesTriggerAmends = !RefusesTriggerAmends },
        "refuses_reduce_only_excess" => this with { RefusesReduceOnlyExcess = !RefusesReduceOnlyExcess },
        "shrink_ends_reduce_only" => this with { ShrinkEndsReduceOnly = !ShrinkEndsReduceOnly },
        "triggered_unprotected" => this with { TriggeredUnprotected = !TriggeredUnprotected },
        "omits_filled" => this with { OmitsFilled = !OmitsFilled },
        "orders_overtake" => this with { OrdersOvertake = !OrdersOvertake },
        "liquidates_whole" => this with { LiquidatesWhole = !LiquidatesWhole },
        "liquidates_silently" => this with { LiquidatesSilently = !LiquidatesSilently },
        "marks_last" => this with { MarksLast = !MarksLast },
        "funds_whole_premium" => this with { FundsWholePremium = !FundsWholePremium },
        "edit_gives_new_id" => this with { EditGivesNewId = !EditGivesNewId },
        "timer_spares_stops" => this with { TimerSparesStops = !TimerSparesStops },
        "triggers_by_mark" => this with { TriggersByMark = !TriggersByMark },
        "spot_index_is_last" => this with { SpotIndexIsLast = !SpotIndexIsLast },
        "spot_protection_is_wide" => this with { SpotProtectionIsWide = !SpotProtectionIsWide },
        _ => null,
    };

    /// <summary>The ways that are not the default, and the lag of REST; for a line of a report.</summary>
    public override string ToString()
    {
        VenueHabits usual = new();
        string[] others =
        [
            .. Named().Zip(usual.Named()).Where(pair => pair.First.Is != pair.Second.Is)
                .Select(pair => pair.First.Is ? pair.First.Name : "not " + pair.First.Name),
        ];
        string lag = string.Create(CultureInfo.InvariantCulture, $"REST up to {RestLagNsMax / SecondNs} s late");
        return string.Join(", ", [.. others, lag]);
    }
}
