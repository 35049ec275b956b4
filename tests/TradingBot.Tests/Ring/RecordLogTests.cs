using System;
using TradingBot.Market.Ring;
using Xunit;

namespace TradingBot.Tests.Ring;

public sealed class RecordLogTests
{
    [Fact]
    public void An_entry_is_found_by_its_number_until_capacity_further_ones_are_written()
    {
        RecordLog<long> log = new(8);
        for (long number = 0; number < 100; number++)
        {
            Assert.Equal(number, log.Next);
            log.Append() = number * 10;
            for (long kept = Math.Max(0, number - 7); kept <= number; kept++) Assert.Equal(kept * 10, log[kept]);
        }

        Assert.Equal(8, log.Capacity);
        Assert.Equal(99 * 10, log[99 - 8]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-8)]
    [InlineData(12)]
    public void A_capacity_that_is_no_power_of_two_is_refused(int capacity)
    {
        Assert.Throws<ArgumentException>(() => new RecordLog<long>(capacity));
    }

    [Fact]
    public void Appending_allocates_nothing_I8()
    {
        RecordLog<long> log = new(8);
        log.Append() = 1;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) log.Append() = i;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(1001, log.Next);
    }
}
