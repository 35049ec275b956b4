using System.Collections.Generic;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Tests.Twins;

/// <summary>What the twin makes of one event: a <see cref="MarketEvent"/> with the symbol as text.</summary>
internal sealed record NaiveEvent(EventKind Kind, Channel Channel, Dialect Dialect)
{
    /// <summary>Null = about no instrument.</summary>
    public string? Symbol { get; init; }

    public EventFlags Flags { get; init; }

    public NaiveNumber Price { get; init; }

    public NaiveNumber Quantity { get; init; }

    public long Number { get; init; }

    public int Detail { get; init; }

    public long ExchangeTimeNs { get; init; }

    /// <summary>The same view of an event a parser gave.</summary>
    public static NaiveEvent Of(in MarketEvent e, SymbolTable symbols) => new(e.Kind, e.Channel, e.Dialect)
    {
        Symbol = e.InstrumentId == -1 ? null : System.Text.Encoding.ASCII.GetString(symbols.TextOf(e.InstrumentId)),
        Flags = e.Flags,
        Price = new NaiveNumber(e.Price, e.PriceDecimals),
        Quantity = new NaiveNumber(e.Quantity, e.QuantityDecimals),
        Number = e.Number,
        Detail = e.Detail,
        ExchangeTimeNs = e.ExchangeTimeNs,
    };
}

/// <summary>A mantissa and its decimals.</summary>
internal readonly record struct NaiveNumber(long Mantissa, int Decimals);

/// <summary>The counters by name of <see cref="WireCounters"/>.</summary>
internal enum NaiveCounter
{
    UnknownChannels,
    UnknownEvents,
    UnknownKeys,
    UnknownEnums,
    Notices,
}

/// <summary>A frame's result and events according to the twin.</summary>
internal sealed record NaiveOutcome(ParseResult Result, NaiveEvent[] Events)
{
    /// <summary>The channel the frame is counted under.</summary>
    public Channel Channel { get; init; }

    /// <summary>What is counted by name; exact for frames that end Ok or Ignored.</summary>
    public IReadOnlyList<(NaiveCounter Counter, string Name)> Counted { get; init; } = [];

    /// <summary>One line per event, for the message of a failing test.</summary>
    public override string ToString() => $"{Result}\n  {string.Join("\n  ", (object[])Events)}";
}
