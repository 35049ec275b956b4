using System;

namespace TradingBot.Simulation.Venue;

/// <summary>What changed the money of the account of perpetuals; money in units of <see cref="Money"/>.</summary>
/// <param name="Number">Counts the account's entries from 1.</param>
/// <param name="Type">trade, funding, liquidation or transfer.</param>
/// <param name="Market">Of which instrument; −1 of none.</param>
/// <param name="Amount">What came in, the fee already taken off.</param>
/// <param name="Balance">After it.</param>
/// <param name="LotsChange">What was bought; negative: sold.</param>
/// <param name="Price">Of the trade, in ticks; 0 = none.</param>
/// <param name="Realised">What closing brought, before the fee.</param>
internal readonly record struct AccountEntry(
    long Number, long TimeNs, string Type, int Market, long Amount, long Fee, long Balance, long LotsChange, long Price,
    long Realised, PositionMean Before, PositionMean After);

/// <summary>What a position cost: ticks × lots, and the lots.</summary>
internal readonly record struct PositionMean(Int128 TickLots, long Lots);
