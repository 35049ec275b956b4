using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading.Positions;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Operator;

namespace TradingBot.Worker.Scenarios;

/// <summary>What must be true, judged by the venue's own truth where it has one.</summary>
internal static class ScenarioChecks
{
    private const long Dollar = 1_000_000_000;

    /// <summary>What of an expectation does not hold, in words; empty when all of it does.</summary>
    public static string Unmet(ScenarioStep step, VirtualCircle circle, ScenarioDiary diary)
    {
        List<string> unmet = [];
        foreach ((string key, string text) in step.Fields)
        {
            string? found = Found(key, step, circle, diary);
            bool holds = found is null || key switch
            {
                "naked_max" => circle.Venue.Oracle.UnprotectedLongestNs(step.Symbol) <= step.Ns(key),
                "naked_min" => circle.Venue.Oracle.UnprotectedLongestNs(step.Symbol) >= step.Ns(key),
                "cash_max" => circle.Venue.Oracle.Cash <= step.Dollars(key) * Dollar,
                "cash_min" => circle.Venue.Oracle.Cash >= step.Dollars(key) * Dollar,
                "struck" => circle.Venue.Faults.CountOf(FaultOf(text)) > 0,
                _ => found == text,
            };
            if (!holds) unmet.Add($"{key} is {found}, not {text}");
        }

        return string.Join("; ", unmet);
    }

    /// <summary>What must hold of every scenario at its end; and of its worst moment.</summary>
    public static IEnumerable<string> AtEnd(Scenario scenario, VirtualCircle circle)
    {
        VenueOracle oracle = circle.Venue.Oracle;
        long byFills = oracle.CashByFills(scenario.Venue.DepositDollars * Dollar);
        if (byFills != oracle.Cash) yield return $"money is not conserved: {oracle.Cash}, by the fills {byFills}";
        if (circle.Worker.Wire.Errors > 0) yield return $"{circle.Worker.Wire.Errors} frames were not understood";
        foreach (string symbol in oracle.Symbols)
        {
            long longest = oracle.UnprotectedLongestNs(symbol);
            if (longest > scenario.NakedNsMax)
            {
                yield return $"{symbol} was {Seconds(longest)} without a live stop; naked_max is "
                    + Seconds(scenario.NakedNsMax);
            }

            if (oracle.UnprotectedCurrentNs(symbol) > 0) yield return $"{symbol} ends open without a live stop";
            long believed = BelievedLots(symbol, circle);
            long held = oracle.PositionLots(symbol);
            if (believed != held) yield return $"{symbol}: the worker believes {believed} lots, the venue has {held}";
        }
    }

    /// <summary>The longest time any position lay without a live stop.</summary>
    public static long NakedNs(VirtualCircle circle) =>
        circle.Venue.Oracle.Symbols.Max(circle.Venue.Oracle.UnprotectedLongestNs);

    public static string Seconds(long ns) => (ns / 1e9).ToString("0.000", CultureInfo.InvariantCulture) + " s";

    /// <summary>What stands there, in the words of the file; null where the key says no state.</summary>
    private static string? Found(string key, ScenarioStep step, VirtualCircle circle, ScenarioDiary diary)
    {
        CircleWorker worker = circle.Worker;
        VenueOracle oracle = circle.Venue.Oracle;
        string symbol = step.Symbol;
        return key switch
        {
            "position" => PositionText(symbol, oracle, step.Text(key)),
            "protected" => Word(oracle.UnprotectedCurrentNs(symbol) == 0),
            "stops" => Number(oracle.LiveOrders.Count(order =>
                order.Symbol == symbol && order.ReduceOnly && order.Type == VenueOrderType.StopLoss)),
            "orders" => Number(oracle.LiveOrders.Count(order => symbol.Length == 0 || order.Symbol == symbol)),
            "state" => ScenarioForm.WordOf(ViewOf(symbol, worker).State),
            "quarantined" => Word(ViewOf(symbol, worker).Quarantined),
            "naked_max" or "naked_min" => Seconds(oracle.UnprotectedLongestNs(symbol)),
            "entries" => Number(worker.Entries),
            "fills" => Number(oracle.FillCount),
            "exits" => Number(worker.Protection.Counters.Exits),
            "adopted" => Number(worker.Protection.Counters.PositionsAdopted),
            "unknowns" => Number(worker.Protection.Counters.Unknowns),
            "halted" => Word(worker.Halt is not null),
            "ready" => Word(worker.Protection.Ready),
            "venue" => CircleFigures.WordOf(worker.Venue.SystemOf(VenueMarkets.Derivatives).ToString()),
            "struck" => Number(circle.Venue.Faults.CountOf(FaultOf(step.Text(key)))) + " times",
            "liquidations" => Number(diary.LiquidationCount),
            "cash_max" or "cash_min" => Number(oracle.Cash / Dollar) + " dollars",
            _ => null,
        };
    }

    private static PositionView ViewOf(string symbol, CircleWorker worker)
    {
        int id = worker.IdOf(symbol);
        return id < 0 ? default : worker.Protection.PositionOf(id);
    }

    private static long BelievedLots(string symbol, VirtualCircle circle)
    {
        PositionView view = ViewOf(symbol, circle.Worker);
        int missing = circle.Venue.Oracle.DecimalsOf(symbol).Quantity - view.QuantityDecimals;
        return missing >= 0 ? view.Quantity * Pow10.Of(missing) : view.Quantity / Pow10.Of(-missing);
    }

    /// <summary>The position as the file would write it, where the two are equal as numbers.</summary>
    private static string PositionText(string symbol, VenueOracle oracle, string wanted)
    {
        int decimals = oracle.DecimalsOf(symbol).Quantity;
        long lots = oracle.PositionLots(symbol);
        ScriptNumber? number = ScriptNumber.Quantity(wanted.TrimStart('-'));
        long expected = number is { } n && n.Decimals <= decimals ? n.At((byte)decimals) : 0;
        if (wanted.StartsWith('-')) expected = -expected;
        return lots == expected ? wanted : DecimalText.Of(lots, decimals, shortest: true);
    }

    private static VenueFault FaultOf(string name)
    {
        _ = FaultNames.TryRead(name, out VenueFault fault);
        return fault;
    }

    private static string Word(bool holds) => holds ? "yes" : "no";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
