using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;

namespace TradingBot.Worker.Circle;

/// <content>Closing everything, which nothing but an operator may want.</content>
internal sealed partial class CircleWorker
{
    /// <summary>The account that the intent log is of, without its mode.</summary>
    public string Account => _options.Mark[(_options.Mark.IndexOf(':', System.StringComparison.Ordinal) + 1)..];

    /// <summary>
    /// Halts entries, then closes every position by its ladder of reduce-only orders; stops stay until what they
    /// protect is gone.
    /// </summary>
    /// <param name="account">As the operator typed it: another one is refused.</param>
    /// <param name="applies">False: only says what would be closed.</param>
    /// <param name="why">The operator's words, kept with the halt.</param>
    /// <param name="nowNs">Engine time.</param>
    /// <param name="open">What is open, as it is closed.</param>
    /// <returns>Why it was not done; empty when it was.</returns>
    public string Flatten(string account, bool applies, string why, long nowNs, out List<string> open)
    {
        open = [];
        if (account != Account) return "wrong_account";
        // What was never seen whole is not nothing: the venue knows positions that we do not.
        if (!Protection.Ready) return "not_ready";
        List<int> instruments = [];
        for (int i = 0; i < Protection.PositionCount; i++)
        {
            PositionView view = Protection.PositionAt(i);
            if (view.Quantity == 0) continue;
            instruments.Add(view.InstrumentId);
            string size = DecimalText.Of(long.Abs(view.Quantity), view.QuantityDecimals, shortest: true);
            open.Add($"{(view.Quantity > 0 ? "sell" : "buy")} {size} {_market.SymbolOf(view.InstrumentId)}");
        }

        if (!applies) return "";
        AccountRecord halt = new() { Kind = AccountEventKind.Halt, InstrumentId = None };
        string refusal = Operate(in halt, nowNs, "flatten: " + why);
        foreach (int id in instruments)
        {
            AccountRecord exit = new() { Kind = AccountEventKind.Exit, InstrumentId = id };
            Operate(in exit, nowNs);
        }

        return refusal;
    }
}
