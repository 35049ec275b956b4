using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TradingBot.Bench.Stores;
using Xunit;

namespace TradingBot.Tests.Candles;

/// <summary>The benchmark of the stores works and checks what it wrote; how fast it was is printed, never
/// judged.</summary>
public sealed class StoreRatesTests
{
    [Fact]
    public void Every_figure_is_of_rows_that_were_written_or_read()
    {
        const int Bars = 20_000;
        const int Orders = 400;
        const int Trades = 100_000;
        string folder = Directory.CreateTempSubdirectory("rates").FullName;
        try
        {
            List<StoreRate> rates = new StoreRates(folder).Measure(Bars, Orders, Trades);
            foreach (StoreRate rate in rates)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{rate.What}: {rate.Rows:N0}, {rate.PerSecond:N0} a second"));
            }

            long records = (Orders * 11) + 1;
            // A row of its own for each record but the fill that came twice; that one, the order and its position are
            // changed.
            long state = rates.Single(rate => rate.What == "rows of state written").Rows;
            Assert.InRange(state, records + Orders, records + (2 * Orders) + 10);
            Assert.Equal(records, rates.Single(rate => rate.What == "records of the log taken in").Rows);
            Assert.Equal(3, rates.Count(rate => rate.Rows == Bars));
            Assert.Equal(Trades, rates[^1].Rows);
            Assert.All(rates, rate => Assert.True(rate.Seconds > 0));
            Assert.Equal(4, rates.Count(rate => rate.Goal.Length > 0));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
