using System.Text;
using TradingBot.Market.Wire;
using Xunit;

namespace TradingBot.Tests.Wire;

public sealed class NameCounterTests
{
    [Fact]
    public void Names_are_counted_apart_in_order_of_appearance()
    {
        NameCounter counter = new();
        counter.Count("a"u8);
        counter.Count(""u8);
        counter.Count("a"u8);
        Assert.Equal((2, 3L, 0L), (counter.Names, counter.Total, counter.Other));
        Assert.Equal("a", Encoding.UTF8.GetString(counter.NameOf(0)));
        Assert.Equal(2, counter.CountOf(0));
        Assert.Equal(0, counter.NameOf(1).Length);
        Assert.Equal(1, counter.CountOf(1));
    }

    [Fact]
    public void Names_beyond_the_bound_are_counted_together_and_known_ones_still_apart()
    {
        NameCounter counter = new();
        for (int i = 0; i < NameCounter.NamesMax + 10; i++) counter.Count(Encoding.ASCII.GetBytes($"name{i}"));
        counter.Count("name0"u8);
        counter.Count("name70"u8);
        Assert.Equal(NameCounter.NamesMax, counter.Names);
        Assert.Equal(11, counter.Other);
        Assert.Equal(2, counter.CountOf(0));
        Assert.Equal(NameCounter.NamesMax + 12, counter.Total);
    }

    [Fact]
    public void Names_that_agree_in_forty_eight_bytes_are_one()
    {
        NameCounter counter = new();
        counter.Count(Encoding.ASCII.GetBytes(new string('x', 48)));
        counter.Count(Encoding.ASCII.GetBytes(new string('x', 5_000)));
        counter.Count(Encoding.ASCII.GetBytes(new string('x', 47)));
        Assert.Equal(2, counter.Names);
        Assert.Equal(48, counter.NameOf(0).Length);
        Assert.Equal(2, counter.CountOf(0));
    }
}
