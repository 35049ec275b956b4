using TradingBot.Market.Wire;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Circle;

/// <summary>Commands and account records as records of the intent log.</summary>
internal static class CircleRecords
{
    public static IntentRecord Of(in OrderCommand command, SymbolTable symbols, uint epoch) => new()
    {
        Kind = IntentRecordKind.Command,
        Command = command.Kind,
        Type = command.Type,
        Side = command.Side,
        PriceDecimals = command.PriceDecimals,
        QuantityDecimals = command.QuantityDecimals,
        ReduceOnly = command.ReduceOnly,
        Epoch = epoch,
        TimeNs = command.TimeNs,
        Id = command.Id,
        Quantity = command.Quantity,
        LimitPrice = command.LimitPrice,
        TriggerPrice = command.TriggerPrice,
        PlannedStop = command.PlannedStop,
        Symbol = SymbolText.Of(symbols.TextOf(command.InstrumentId)),
    };

    public static IntentRecord Of(in AccountRecord record, SymbolTable symbols, uint epoch, long nowNs) => new()
    {
        Kind = record.Kind == AccountEventKind.Fill ? IntentRecordKind.Fill : IntentRecordKind.Outcome,
        Command = record.Command,
        Event = record.Kind,
        Type = record.Type,
        Side = record.Side,
        Reason = record.Reason,
        PriceDecimals = record.PriceDecimals,
        QuantityDecimals = record.QuantityDecimals,
        ReduceOnly = record.ReduceOnly,
        Epoch = epoch,
        TimeNs = nowNs,
        Id = record.Id,
        Quantity = record.Quantity,
        LimitPrice = record.Price,
        TriggerPrice = record.TriggerPrice,
        ExecutionHigh = record.ExecutionHigh,
        ExecutionLow = record.ExecutionLow,
        Symbol = record.InstrumentId >= 0 ? SymbolText.Of(symbols.TextOf(record.InstrumentId)) : default,
    };

    /// <summary>What the engine is told of a command that never left: no durable intent, or a dry run.</summary>
    /// <remarks>
    /// A refused cancel is asked again at once, in the same step and for ever; one of an order that the venue does not
    /// know waits for evidence, which here never comes.
    /// </remarks>
    public static AccountRecord RefusedUnsent(in OrderCommand command) => new()
    {
        Kind = AccountEventKind.Refused,
        Command = command.Kind,
        Reason = command.Kind == CommandKind.Cancel ? VenueReason.UnknownOrder : VenueReason.Other,
        Id = command.Id,
        InstrumentId = command.InstrumentId,
        Type = command.Type,
        Side = command.Side,
        PriceDecimals = command.PriceDecimals,
        QuantityDecimals = command.QuantityDecimals,
        ReduceOnly = command.ReduceOnly,
    };
}
