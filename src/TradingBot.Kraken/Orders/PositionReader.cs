using System;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>Positions into records: quantity signed, zero is flat.</summary>
/// <remarks>
/// https://docs.kraken.com/exchange/api-reference/unified-ws/positions. The page names size and entry_price; the other
/// names are not documented, so aliases are read: qty|size|quantity, symbol|instrument|contract,
/// entry_price|avg_entry_price|avg_price, and a signed size without a side. The derivatives' older interfaces say
/// balance (signed), price and liquidation_threshold: https://docs.kraken.com/api/docs/futures-api.
/// </remarks>
internal sealed class PositionReader(SymbolTable symbols, LaneCounters counters)
{
    private const int MeanDecimalsMax = 10;

    public ItemVerdict Read(JsonElement item, bool isSnapshot, long timeNs, out AccountRecord record)
    {
        record = default;
        if (item.ValueKind != JsonValueKind.Object) return ItemVerdict.Fault;
        int instrument = -1;
        Amount? size = null;
        Amount entry = default;
        Amount liquidation = default;
        Side side = Side.None;
        foreach (JsonProperty member in item.EnumerateObject())
        {
            JsonElement value = member.Value;
            if (JsonFields.IsAbsent(value)) continue;
            switch (member.Name)
            {
                case "symbol" or "instrument" or "contract":
                    ReadOnlySpan<byte> symbol = JsonFields.Text(value);
                    if (SymbolTable.IsSymbol(symbol)) instrument = symbols.IdOf(Dialect.Unified, symbol);
                    break;
                case "size" or "qty" or "quantity" or "balance":
                    if (!JsonFields.TryAmount(value, out Amount told)) return ItemVerdict.Fault;
                    size = told;
                    break;
                case "entry_price" or "avg_entry_price" or "avg_price":
                    if (!JsonFields.TryAmount(value, out entry)) return ItemVerdict.Fault;
                    break;
                case "price" when entry.Mantissa == 0:
                    if (!JsonFields.TryAmount(value, out entry)) return ItemVerdict.Fault;
                    break;
                case "liquidation_price" or "liquidation_threshold":
                    // Without it a stop cannot be judged by it; the position stands all the same.
                    if (!JsonFields.TryAmount(value, out liquidation)) counters.UnknownWords.Count("liquidation"u8);
                    break;
                case "side":
                    side = WireWords.SideOf(JsonFields.Text(value));
                    if (side != Side.None) break;
                    // Without its direction a position is worse than none: it would be protected on the wrong side.
                    counters.UnknownWords.Count(JsonFields.Text(value));
                    return ItemVerdict.Fault;
                default:
                    if (!IsKnown(member.Name)) counters.UnknownKeys.Count(JsonFields.NameOf(member));
                    break;
            }
        }

        if (instrument < 0 || size is not Amount magnitude) return ItemVerdict.Fault;
        if (!TrySign(magnitude.Mantissa, side, out long signed)) return ItemVerdict.Fault;
        entry = Shortened(entry);
        liquidation = Shortened(liquidation);
        // A price of liquidation that shares no scale with the entry, or is none, is not told.
        if (liquidation.Mantissa <= 0 || !Amount.TryAlign(ref entry, ref liquidation)) liquidation = default;
        record = new AccountRecord
        {
            Kind = AccountEventKind.Position,
            ExchangeTimeNs = timeNs,
            InstrumentId = instrument,
            Side = signed == 0 ? Side.None : signed > 0 ? Side.Buy : Side.Sell,
            Quantity = signed,
            QuantityDecimals = (byte)magnitude.Decimals,
            Price = entry.Mantissa,
            PriceDecimals = (byte)entry.Decimals,
            TriggerPrice = liquidation.Mantissa,
            Snapshot = isSnapshot,
        };
        return ItemVerdict.Record;
    }

    /// <summary>A mean has as many digits as the venue's division gave it; beyond these it says nothing.</summary>
    private static Amount Shortened(Amount mean)
    {
        long mantissa = mean.Mantissa;
        int decimals = mean.Decimals;
        for (; decimals > MeanDecimalsMax; decimals--) mantissa /= 10;
        return new Amount(mantissa, decimals);
    }

    /// <summary>
    /// A long of negative size contradicts itself; a short may say its size with or without the sign.
    /// </summary>
    private static bool TrySign(long size, Side side, out long signed)
    {
        signed = side == Side.Sell ? -Math.Abs(size) : size;
        return side != Side.Buy || size >= 0;
    }

    private static bool IsKnown(string name) => name is
        "mark_price" or "unrealized_pnl" or "unrealized_funding" or "initial_margin"
        or "maintenance_margin" or "leverage" or "asset_class" or "timestamp"
        or "fillTime" or "unrealizedFunding" or "index_price" or "pnl" or "return_on_equity" or "effective_leverage"
        or "initial_margin_with_orders" or "pnl_currency" or "pnlCurrency" or "maxFixedLeverage";
}
