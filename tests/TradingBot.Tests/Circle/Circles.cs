using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Operator;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>
/// A worker beside a simulated Kraken, without signals of its own: only what the test enters is traded.
/// </summary>
internal static class Circles
{
    public const string Symbol = "PF_XBTUSD";

    /// <summary>Quantity of a test entry: 0.0200 BTC.</summary>
    public const long Quantity = 200;

    /// <summary>Signals do not trade, so the account holds what the operator entered alone; room for some of
    /// that.</summary>
    public static RiskLimits OperatorOnly { get; } = new()
    {
        SignalsTrade = false,
        PositionNotionalMax = Notional.Of(5_000, 0, 1, 0),
        TotalNotionalMax = Notional.Of(10_000, 0, 1, 0),
    };

    public static VirtualCircle Quiet(
        ulong seed = 1, VenueOptions? venue = null, DerivativesLane lane = DerivativesLane.Unified)
    {
        CircleOptions options = new()
        {
            Venue = (venue ?? new VenueOptions()) with { Seed = seed },
            Limits = OperatorOnly,
            Lane = lane,
        };
        VirtualCircle circle = new(options);
        circle.Run(TimeSpan.FromSeconds(15));
        return circle;
    }

    /// <summary>Enters at the market with a stop 2 % away.</summary>
    public static void Enter(VirtualCircle circle, Side side = Side.Buy, long quantity = Quantity)
    {
        long price = circle.Venue.Oracle.LastPrice(Symbol);
        long limit = side == Side.Buy ? price * 101 / 100 : price * 99 / 100;
        long stop = side == Side.Buy ? price * 98 / 100 : price * 102 / 100;
        circle.Worker.Operate(
            new AccountRecord
            {
                Kind = AccountEventKind.Enter,
                InstrumentId = circle.Worker.IdOf(Symbol),
                Side = side,
                Quantity = quantity,
                QuantityDecimals = 4,
                Price = limit,
                TriggerPrice = stop,
                PriceDecimals = 0,
            },
            circle.NowNs);
    }

    public static void Operate(VirtualCircle circle, AccountEventKind kind, long trigger = 0) => circle.Worker.Operate(
        new AccountRecord { Kind = kind, InstrumentId = circle.Worker.IdOf(Symbol), TriggerPrice = trigger },
        circle.NowNs);

    /// <summary>Lets a script drive the circle from now on; what became of its acts is in the answer.</summary>
    public static ScriptRun Script(VirtualCircle circle, params string[] acts)
    {
        List<SettingFault> faults = [];
        string text = string.Join('\n', acts.Select(act => "- {" + act + "}"));
        IReadOnlyList<ScriptAct> read = ScriptFile.Read("script.yaml", text, new CircleOptions().Perpetuals, faults);
        Assert.Empty(faults.Select(fault => fault.Text));
        return circle.Script = new ScriptRun(read);
    }

    public static long Position(VirtualCircle circle) => circle.Venue.Oracle.PositionLots(Symbol);

    public static OracleOrder[] Orders(VirtualCircle circle, VenueOrderType type) =>
        [.. circle.Venue.Oracle.LiveOrders.Where(order => order.Symbol == Symbol && order.Type == type)];

    /// <summary>Runs until the condition holds; false when it does not within the time.</summary>
    public static bool Until(VirtualCircle circle, Func<bool> condition, double seconds) =>
        condition() || circle.Run(TimeSpan.FromSeconds(seconds), condition);

    /// <summary>A live right-sized stop stands behind the whole position, by the venue's own truth.</summary>
    public static bool IsProtected(VirtualCircle circle) =>
        circle.Venue.Oracle.UnprotectedCurrentNs(Symbol) == 0;
}
