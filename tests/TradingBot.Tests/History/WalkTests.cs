using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;
using TradingBot.Tests.Rest;
using TradingBot.Tests.Support;
using TradingBot.Worker.History;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>Bars of paged trades, and longer bars of shorter ones, against the obvious way.</summary>
public sealed class WalkTests
{
    private const long StartNs = 28_333_440 * TapeVenue.MinuteNs;

    [Fact]
    public void Bars_of_chopped_trades_are_those_of_the_whole_tape()
    {
        Random random = Seed.Random(5, nameof(WalkTests));
        for (int i = 0; i < Seed.Count(20, 400); i++)
        {
            List<TradePrint> tape = new TapeVenue().Add("AAA", random, StartNs, StartNs + (300 * TapeVenue.MinuteNs));
            string length = new[] { "1m", "5m", "15m", "1h" }[random.Next(4)];
            Timeframe timeframe = Of(length);
            long fromNs = timeframe.OpenTimeOf(StartNs + (random.Next(100) * TapeVenue.MinuteNs));
            long untilNs = timeframe.OpenTimeOf(StartNs + (random.Next(120, 290) * TapeVenue.MinuteNs));
            List<BarRow> expected = TapeVenue.Bars(tape, timeframe.LengthNs, fromNs, untilNs);

            // A walk begins at its first interval, and knows the bar before.
            List<BarRow> earlier = TapeVenue.Bars(tape, timeframe.LengthNs, StartNs, fromNs);
            WalkBars bars = new(timeframe, fromNs, earlier.Count > 0 ? earlier[^1] : null);
            TradePrint[] trades = [.. tape.Where(trade => trade.TimeNs >= fromNs && trade.TimeNs < untilNs)];
            List<BarRow> built = [];
            for (int at = 0; at < trades.Length;)
            {
                int count = Math.Min(random.Next(1, 40), trades.Length - at);
                bars.Add(trades.AsSpan(at, count));
                built.AddRange(bars.TakeClosed());
                at += count;
            }

            bars.CloseUntil(untilNs);
            built.AddRange(bars.TakeClosed());
            Assert.Equal(expected, built);
            Assert.Equal(untilNs, bars.NextOpenNs);
        }
    }

    [Fact]
    public void Decimals_that_grow_within_a_bar_change_no_value()
    {
        WalkBars bars = new(Of("1m"), StartNs, null);
        TradePrint first = new(StartNs, 1, 15, 1, 1, 0, default);
        bars.Add([first, new TradePrint(StartNs + 1, 2, 1_495, 3, 25, 2, default)]);
        bars.CloseUntil(StartNs + TapeVenue.MinuteNs);
        BarRow bar = Assert.Single(bars.TakeClosed());
        Assert.Equal([1_500L, 1_500L, 1_495L, 1_495L, 3L], [bar.Open, bar.High, bar.Low, bar.Close, bar.PriceDecimals]);
        Assert.Equal([125L, 2L], [(long)bar.Volume, bar.VolumeDecimals]);
    }

    private static Timeframe Of(string text) => Timeframe.TryParse(text, out Timeframe timeframe) ? timeframe : default;
}
