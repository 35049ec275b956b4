using System;
using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Bench.Stores;

/// <summary>What the log says of one order: placed, acknowledged, amended, filled in parts, one of them told
/// twice.</summary>
internal static class OrderLife
{
    private static readonly SymbolText[] Symbols =
        [SymbolText.Of("PF_XBTUSD"u8), SymbolText.Of("PF_ETHUSD"u8), SymbolText.Of("PF_SOLUSD"u8)];

    /// <summary>Eleven records.</summary>
    public static IEnumerable<IntentRecord> Of(int number)
    {
        IntentRecord placed = new()
        {
            Kind = IntentRecordKind.Command,
            Command = CommandKind.Place,
            Epoch = 1,
            TimeNs = 1_700_000_000_000_000_000 + (number * 1_000_000L),
            Id = ClientOrderId.Of(1, number, OrderRole.Entry, 0),
            Symbol = Symbols[number % Symbols.Length],
            Type = OrderType.Limit,
            Side = number % 2 == 0 ? Side.Buy : Side.Sell,
            Quantity = 50,
            QuantityDecimals = 4,
            LimitPrice = 30_000_0 + (number % 1_000),
            PlannedStop = 29_000_0,
            PriceDecimals = 1,
        };
        yield return placed;
        IntentRecord unknown = placed with
        {
            Kind = IntentRecordKind.Outcome,
            Event = AccountEventKind.Unknown,
            Reason = VenueReason.None,
        };
        yield return unknown;
        yield return unknown with { Event = AccountEventKind.Accepted };
        yield return placed with { Command = CommandKind.Amend, LimitPrice = placed.LimitPrice + 1 };
        yield return unknown with { Event = AccountEventKind.Accepted, Command = CommandKind.Amend };
        for (int part = 0; part < 6; part++)
        {
            yield return placed with
            {
                Kind = IntentRecordKind.Fill,
                Event = AccountEventKind.Fill,
                Quantity = 10,
                // A venue's own ids: in no order. The last one is told again.
                ExecutionHigh = (ulong)number * 0x9E37_79B9_7F4A_7C15,
                ExecutionLow = (ulong)Math.Min(part, 4) * 0xC2B2_AE3D_27D4_EB4F,
            };
        }
    }
}
