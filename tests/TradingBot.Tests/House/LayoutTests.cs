using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>Layouts other code relies on: one row per field.</summary>
public sealed class LayoutTests
{
    [Theory]
    [InlineData(nameof(MarketEvent.Stamp), 0)]
    [InlineData(nameof(MarketEvent.ReceiveTimeNs), 8)]
    [InlineData(nameof(MarketEvent.ExchangeTimeNs), 16)]
    [InlineData(nameof(MarketEvent.Price), 24)]
    [InlineData(nameof(MarketEvent.Quantity), 32)]
    [InlineData(nameof(MarketEvent.Number), 40)]
    [InlineData(nameof(MarketEvent.InstrumentId), 48)]
    [InlineData(nameof(MarketEvent.Kind), 52)]
    [InlineData(nameof(MarketEvent.Flags), 53)]
    [InlineData(nameof(MarketEvent.PriceDecimals), 54)]
    [InlineData(nameof(MarketEvent.QuantityDecimals), 55)]
    [InlineData(nameof(MarketEvent.Detail), 56)]
    [InlineData(nameof(MarketEvent.Channel), 60)]
    [InlineData(nameof(MarketEvent.Dialect), 61)]
    public void Market_event_field_lies_at_its_offset(string field, int offsetBytes)
    {
        Assert.Equal(offsetBytes, (int)Marshal.OffsetOf<MarketEvent>(field));
    }

    [Fact]
    public void Every_field_of_a_market_event_has_a_row()
    {
        string[] rows = [.. typeof(LayoutTests).GetMethod(nameof(Market_event_field_lies_at_its_offset))!
            .GetCustomAttributes<InlineDataAttribute>().Select(row => (string)row.Data[0]!)];
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        string[] fields = [.. typeof(MarketEvent).GetFields(Any)
            .Select(field => field.Name)];

        Assert.Equal(fields.Order(), rows.Order());
    }

    [Fact]
    public void A_market_event_is_one_cache_line_without_references()
    {
        Assert.Equal(64, Unsafe.SizeOf<MarketEvent>());
        Assert.Equal(MarketEvent.Bytes, Unsafe.SizeOf<MarketEvent>());
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<MarketEvent>());
    }

    [Fact]
    public void A_padded_word_keeps_128_bytes_on_both_sides()
    {
        int before = (int)Marshal.OffsetOf<PaddedLong>(nameof(PaddedLong.Value));
        int fromWordToEnd = Unsafe.SizeOf<PaddedLong>() - before;

        Assert.Equal(128, before);
        Assert.Equal(128, fromWordToEnd);
    }
}
