using System.Collections.Generic;

namespace TradingBot.Worker.Circle;

/// <summary>Bars that closed before the start, so that averages need not begin at nothing.</summary>
/// <param name="Symbol">As its socket calls it.</param>
/// <param name="PriceDecimals">Of all prices.</param>
/// <param name="Numbers">Five to a bar, oldest first: open time (Unix ns), open, high, low, close.</param>
internal sealed record KnownBars(string Symbol, byte PriceDecimals, IReadOnlyList<long> Numbers)
{
    public const int NumbersPerBar = 5;

    public int Count => Numbers.Count / NumbersPerBar;
}
