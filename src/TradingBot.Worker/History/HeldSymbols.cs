using System;
using System.Collections.Generic;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;

namespace TradingBot.Worker.History;

/// <summary>Symbols in which an intent log has an open position: the sum of their fills is not nothing.</summary>
internal static class HeldSymbols
{
    /// <remarks>
    /// The log may lack fills that came while the process was down: what it calls open may be closed by now, and then
    /// is watched for nothing. What the venue holds beyond that, the account's own snapshot tells.
    /// </remarks>
    public static IReadOnlyCollection<string> Of(IEnumerable<IntentRecord> records)
    {
        Dictionary<string, Int128> sums = new(StringComparer.Ordinal);
        HashSet<(ulong, ulong)> seen = [];
        foreach (IntentRecord record in records)
        {
            bool counts = record.Kind == IntentRecordKind.Fill && seen.Add((record.ExecutionHigh, record.ExecutionLow));
            if (!counts) continue;
            string symbol = Encoding.ASCII.GetString(record.Symbol.AsSpan());
            // At 18 decimals a quantity of 64 bits needs 124: sums of them stay within 128 for a million fills.
            Int128 quantity = (Int128)record.Quantity * Pow10.Of(Pow10.DecimalsMax - record.QuantityDecimals);
            sums[symbol] = sums.GetValueOrDefault(symbol) + (record.Side == Side.Sell ? -quantity : quantity);
        }

        List<string> held = [];
        foreach ((string symbol, Int128 sum) in sums)
        {
            if (sum != 0 && symbol.Length > 0) held.Add(symbol);
        }

        return held;
    }
}
