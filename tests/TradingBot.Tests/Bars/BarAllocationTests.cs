using System;
using TradingBot.Market.Events;
using Xunit;
using static TradingBot.Tests.Bars.BarFixture;

namespace TradingBot.Tests.Bars;

public sealed class BarAllocationTests
{
    [Fact]
    public void Bar_stage_allocates_nothing_after_the_first_event_of_an_instrument_I8()
    {
        BarFixture fixture = new("1s 1m 5m tick:7 notional:9");
        long time = Start;
        long sequence = 0;
        Feed(1_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Feed(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(fixture.Stage.ClosedCount(0, 0) > 100);
        Assert.True(fixture.Stage.ClosedCount(3, 4) > 10);

        void Feed(int count)
        {
            for (int i = 0; i < count; i++)
            {
                time += 300_000_000;
                byte digits = (byte)(sequence > 5_000 ? 3 : 1);
                MarketEvent e = (i % 8) switch
                {
                    5 => new MarketEvent { Kind = EventKind.FeedGap, InstrumentId = -1, ReceiveTimeNs = time },
                    6 => new MarketEvent { Kind = EventKind.Heartbeat, InstrumentId = -1, ReceiveTimeNs = time },
                    7 => new MarketEvent { Kind = EventKind.BookLevel, InstrumentId = 1, PriceDecimals = digits },
                    _ => TradeOf(i % 5, time, time, 100 + (i % 9), 3, priceDecimals: 1, quantityDecimals: digits),
                };
                fixture.Stage.OnEvent(in e, sequence++);
            }
        }
    }
}
