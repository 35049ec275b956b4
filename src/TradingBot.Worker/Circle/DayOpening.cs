// In:     records of the intent log.   Out: what fills of the present UTC day came to, at average cost.
// Thread: the caller's, once at a start.
// Keeps:  the log is the only source: a restart does not make a lost day good again.
using System;
using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Circle;

/// <summary>The day's result as earlier starts left it.</summary>
/// <remarks>
/// Positions are rebuilt at average cost from all fills of the log; what was closed today counts, with the taker's fee
/// of today's fills. What was open at midnight counts from its entry, since the log holds no prices of midnight.
/// </remarks>
internal static class DayOpening
{
    private const long DayNs = 86_400_000_000_000;
    private const int PriceDecimals = 12;
    private const int QuantityDecimals = 10;

    /// <summary>Units of <see cref="Notional"/>; negative is a loss.</summary>
    public static Int128 Of(IEnumerable<IntentRecord> recovered, long nowNs, int feePpm)
    {
        Dictionary<string, Holding> holdings = [];
        Int128 sum = 0;
        foreach (IntentRecord record in recovered)
        {
            if (record.Kind != IntentRecordKind.Fill || record.Side == Side.None) continue;
            Int128 result = Take(holdings, in record, feePpm);
            if (record.TimeNs / DayNs == nowNs / DayNs) sum += result;
        }

        return sum / Power(PriceDecimals + QuantityDecimals - Notional.Decimals);
    }

    /// <summary>What the worker is told of it; nothing to tell is null.</summary>
    public static AccountRecord? Act(IEnumerable<IntentRecord> recovered, long nowNs, int feePpm)
    {
        Int128 units = Of(recovered, nowNs, feePpm);
        if (units == 0) return null;
        return new AccountRecord
        {
            Kind = AccountEventKind.DayResult,
            InstrumentId = -1,
            ExchangeTimeNs = nowNs,
            Quantity = (long)Int128.Clamp(units, long.MinValue, long.MaxValue),
            QuantityDecimals = Notional.Decimals,
        };
    }

    /// <summary>What all starts of the log came to, and the best that was; null where nothing asks for it.</summary>
    public static AccountRecord? Results(IEnumerable<IntentRecord> recovered, ProtectionOptions options)
    {
        if (options.DrawdownHalt == Notional.Zero && options.DrawdownWarn == Notional.Zero) return null;
        Dictionary<string, Holding> holdings = [];
        Int128 sum = 0;
        Int128 peak = 0;
        foreach (IntentRecord record in recovered)
        {
            if (record.Kind != IntentRecordKind.Fill || record.Side == Side.None) continue;
            sum += Take(holdings, in record, options.TakerFeePpm);
            peak = Int128.Max(peak, sum);
        }

        Int128 unit = Power(PriceDecimals + QuantityDecimals - Notional.Decimals);
        return new AccountRecord
        {
            Kind = AccountEventKind.Results,
            InstrumentId = -1,
            Quantity = (long)Int128.Clamp(sum / unit, long.MinValue, long.MaxValue),
            CumulativeQuantity = (long)Int128.Clamp(peak / unit, 0, long.MaxValue),
            QuantityDecimals = Notional.Decimals,
        };
    }

    /// <summary>What a fill realised, less the taker's fee.</summary>
    private static Int128 Take(Dictionary<string, Holding> holdings, in IntentRecord record, int feePpm)
    {
        string symbol = record.Symbol.ToString() ?? "";
        holdings.TryGetValue(symbol, out Holding holding);
        Int128 quantity = (Int128)record.Quantity * Power(QuantityDecimals - record.QuantityDecimals);
        Int128 price = (Int128)record.LimitPrice * Power(PriceDecimals - record.PriceDecimals);
        Int128 realised = holding.Take(record.Side == Side.Buy ? quantity : -quantity, price);
        holdings[symbol] = holding;
        return realised - (quantity * price * feePpm / 1_000_000);
    }

    private static Int128 Power(int exponent)
    {
        Int128 power = 1;
        for (int i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    private struct Holding
    {
        private Int128 _quantity;
        private Int128 _average;

        /// <summary>Adds a fill, negative for a sale; what it realised.</summary>
        public Int128 Take(Int128 signed, Int128 price)
        {
            bool adds = _quantity == 0 || (_quantity > 0) == (signed > 0);
            if (adds)
            {
                Int128 size = Int128.Abs(_quantity);
                Int128 added = Int128.Abs(signed);
                if (added != 0) _average = checked((_average * size) + (price * added)) / (size + added);
                _quantity += signed;
                return 0;
            }

            Int128 closed = Int128.Min(Int128.Abs(signed), Int128.Abs(_quantity));
            Int128 realised = (_quantity > 0 ? price - _average : _average - price) * closed;
            _quantity += signed;
            if (Int128.Abs(signed) > closed) _average = price;
            return realised;
        }
    }
}
