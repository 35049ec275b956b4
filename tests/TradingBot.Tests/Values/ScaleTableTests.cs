using System;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using Xunit;

namespace TradingBot.Tests.Values;

public sealed class ScaleTableTests
{
    private static MarketEvent Event(EventKind kind, byte price, byte quantity, int id = 0) =>
        new() { Kind = kind, InstrumentId = id, PriceDecimals = price, QuantityDecimals = quantity };

    private static ScaleChange Observe(ScaleTable table, MarketEvent e) => table.Observe(in e);

    private static (int Price, int Quantity, bool Confirmed) Parts(ScaleTable table, int id) =>
        (table.Of(id).PriceDecimals, table.Of(id).QuantityDecimals, table.Of(id).Confirmed);

    private static MarketEvent Spec(byte price, byte quantity, byte display = SpecPrecision.NotGiven) => new()
    {
        Kind = EventKind.InstrumentSpec,
        Number = SpecPrecision.Pack(price, quantity, display),
        PriceDecimals = 17,
        QuantityDecimals = 17,
    };

    [Fact]
    public void Scale_is_the_greatest_number_of_digits_and_only_growth_after_the_first_value_is_an_epoch()
    {
        ScaleTable table = new(4);
        Assert.Equal(ScaleChange.None, Observe(table, Event(EventKind.Trade, 2, 8)));
        Assert.Equal(ScaleChange.None, Observe(table, Event(EventKind.BookLevel, 1, 3)));
        Assert.Equal(ScaleChange.Widened, Observe(table, Event(EventKind.BookLevel, 4, 0)));
        Assert.Equal(ScaleChange.None, Observe(table, Event(EventKind.Trade, 4, 8)));
        ref readonly InstrumentScale scale = ref table.Of(0);
        Assert.Equal((4, 8, 1), (scale.PriceDecimals, scale.QuantityDecimals, scale.Epoch));
        Assert.True(scale.Known);
        Assert.False(scale.Confirmed);
        Assert.False(table.Of(1).Known);
    }

    [Fact]
    public void First_value_without_digits_is_a_value()
    {
        ScaleTable table = new(1);
        Assert.Equal(ScaleChange.None, Observe(table, Event(EventKind.Trade, 0, 0)));
        Assert.True(table.Of(0).Known);
        Assert.Equal(ScaleChange.Widened, Observe(table, Event(EventKind.Trade, 0, 1)));
    }

    [Theory]
    [InlineData(EventKind.TickerBid)]
    [InlineData(EventKind.OhlcOpenHigh)]
    [InlineData(EventKind.InstrumentMinimum)]
    [InlineData(EventKind.BookEnd)]
    public void Digits_of_other_kinds_do_not_count(EventKind kind)
    {
        ScaleTable table = new(1);
        Assert.Equal(ScaleChange.None, Observe(table, Event(kind, 9, 9)));
        Assert.False(table.Of(0).Known);
    }

    [Fact]
    public void Specification_confirms_with_its_precisions_and_not_with_the_digits_of_its_increments()
    {
        ScaleTable table = new(1);
        Assert.Equal(ScaleChange.None, Observe(table, Spec(2, 8)));
        Assert.Equal((2, 8, true), Parts(table, 0));
        Assert.Equal(ScaleChange.Widened, Observe(table, Spec(2, 8, display: 5)));
        Assert.Equal(5, table.Of(0).PriceDecimals);
        Assert.Equal(ScaleChange.None, Observe(table, Spec(1, 1)));
        Assert.Equal(5, table.Of(0).PriceDecimals);
    }

    [Fact]
    public void Override_is_a_floor_for_every_dialect_of_the_symbol_and_no_epoch()
    {
        SymbolTable symbols = new(8);
        int spot = symbols.IdOf(Dialect.SpotV2, "BTC/USD"u8);
        int unified = symbols.IdOf(Dialect.Unified, "BTC/USD"u8);
        int other = symbols.IdOf(Dialect.SpotV2, "ETH/USD"u8);
        ScaleTable table = new(symbols, [new ScaleOverride("BTC/USD"u8.ToArray(), 3, 9)]);
        foreach (int id in new[] { spot, unified, other })
        {
            Assert.Equal(ScaleChange.None, Observe(table, Event(EventKind.Trade, 1, 2, id)));
        }

        Assert.Equal((3, 9, true), Parts(table, spot));
        Assert.Equal((3, 9, true), Parts(table, unified));
        Assert.Equal((1, 2, false), Parts(table, other));
        Assert.Equal(ScaleChange.Widened, Observe(table, Event(EventKind.Trade, 4, 2, spot)));
        Assert.Equal(8, table.Capacity);
    }

    [Fact]
    public void Fixed_scale_comes_before_the_first_event_or_not_at_all()
    {
        ScaleTable table = new(1);
        table.SetFixed(0, 5, 6);
        Assert.True(table.Of(0).Confirmed);
        Assert.Equal(ScaleChange.None, Observe(table, Event(EventKind.Trade, 1, 1)));
        Assert.Equal((5, 6), (table.Of(0).PriceDecimals, table.Of(0).QuantityDecimals));
        Assert.Throws<InvalidOperationException>(() => table.SetFixed(0, 7, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.SetFixed(0, 19, 0));
    }

    [Fact]
    public void Ids_outside_the_table_and_decimals_beyond_18_do_no_harm()
    {
        ScaleTable table = new(1);
        Assert.Equal(ScaleChange.None, Observe(table, Event(EventKind.Trade, 1, 1, -1)));
        Assert.Equal(ScaleChange.None, Observe(table, Event(EventKind.BookLevel, 1, 1, 1)));
        Observe(table, Event(EventKind.Trade, 200, 19));
        Assert.Equal((18, 18), (table.Of(0).PriceDecimals, table.Of(0).QuantityDecimals));
        Assert.Equal(ScaleChange.None, Observe(table, Event(EventKind.Trade, 200, 19)));
        Assert.False(ScaleTable.TryToScale(1, 200, 18, out _));
    }

    [Theory]
    [InlineData(5_117L, 4, 6, true, 511_700L)]
    [InlineData(-5L, 0, 18, true, -5_000_000_000_000_000_000L)]
    [InlineData(10L, 0, 18, false, 0L)]
    [InlineData(0L, 0, 18, true, 0L)]
    [InlineData(long.MaxValue, 3, 3, true, long.MaxValue)]
    [InlineData(1L, 5, 4, false, 0L)]
    public void Numbers_come_to_the_scale_exactly_or_not(long mantissa, byte wire, byte scale, bool fits, long expected)
    {
        Assert.Equal(fits, ScaleTable.TryToScale(mantissa, wire, scale, out long scaled));
        if (fits) Assert.Equal(expected, scaled);
    }

    [Fact]
    public void Overflow_marks_one_instrument()
    {
        ScaleTable table = new(2);
        table.MarkOverflowed(1);
        Assert.Equal((false, true), (table.Of(0).Overflowed, table.Of(1).Overflowed));
    }
}
