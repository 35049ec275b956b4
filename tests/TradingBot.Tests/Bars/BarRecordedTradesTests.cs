using System;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Text;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using Xunit;
using static TradingBot.Tests.Bars.BarFixture;

namespace TradingBot.Tests.Bars;

public sealed class BarRecordedTradesTests
{
    [Fact]
    public void Hours_of_recorded_trades_hold_exactly_what_was_traded()
    {
        BarFixture fixture = new("1m 1h 1d 1w tick:100 volume:5000 notional:10000");
        using StreamReader reader = new(new GZipStream(
            File.OpenRead(Repository.Shared("data", "trades", "USDTUSD-trades.csv.gz")), CompressionMode.Decompress));
        Assert.StartsWith("time,price,volume", reader.ReadLine(), StringComparison.Ordinal);
        decimal volume = 0;
        decimal notional = 0;
        decimal signed = 0;
        long trades = 0;
        long time = 0;
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            time = (long)(decimal.Parse(cells[0], NumberStyles.Float, CultureInfo.InvariantCulture) * 1_000_000_000);
            bool buy = cells[3] == "b";
            // The venue has 8 decimals; one row of the archive shows the error of a binary float in the 21st.
            decimal quantity = Math.Round(decimal.Parse(cells[2], NumberStyles.Float, CultureInfo.InvariantCulture), 8);
            fixture.Feed(Parsed(time, cells[1], quantity.ToString(CultureInfo.InvariantCulture), buy));
            volume += quantity;
            signed += buy ? quantity : -quantity;
            notional += quantity * decimal.Parse(cells[1], NumberStyles.Float, CultureInfo.InvariantCulture);
            trades++;
        }

        fixture.Feed(EventKind.Heartbeat, time + (8 * Day));
        Assert.Equal(41_133, trades);
        Assert.Equal(0, fixture.Stage.LateTrades(0));
        for (int series = 0; series < fixture.Plan.SeriesCount; series++)
        {
            decimal volumeSum = 0;
            decimal notionalSum = 0;
            decimal signedSum = 0;
            long count = 0;
            long last = long.MinValue;
            foreach (Bar bar in fixture.Closed.FindAll(bar => bar.SeriesIndex == series))
            {
                Assert.True(bar.OpenTimeNs >= last && bar.Count > 0);
                Assert.InRange(bar.Open, bar.Low, bar.High);
                Assert.InRange(bar.Close, bar.Low, bar.High);
                last = bar.OpenTimeNs;
                volumeSum += Exact(bar.Volume, bar.QuantityDecimals);
                notionalSum += Exact(bar.Notional, bar.PriceDecimals + bar.QuantityDecimals);
                signedSum += Exact(bar.SignedVolume, bar.QuantityDecimals);
                count += bar.Count;
            }

            if (series >= fixture.Plan.TimeframeCount)
            {
                Bar open = fixture.Stage.OpenBar(0, series);
                volumeSum += Exact(open.Volume, open.QuantityDecimals);
                notionalSum += Exact(open.Notional, open.PriceDecimals + open.QuantityDecimals);
                signedSum += Exact(open.SignedVolume, open.QuantityDecimals);
                count += open.Count;
            }

            Assert.Equal((trades, volume, notional, signed), (count, volumeSum, notionalSum, signedSum));
        }
    }

    private static MarketEvent Parsed(long time, string price, string quantity, bool buy)
    {
        (long priceMantissa, byte priceDecimals) = Number(price);
        (long mantissa, byte decimals) = Number(quantity);
        EventFlags flags = (buy ? EventFlags.Buy : EventFlags.Sell) | EventFlags.NoTradeId;
        return TradeOf(0, time, time, priceMantissa, mantissa, flags, 0, priceDecimals, decimals);
    }

    private static (long Mantissa, byte Decimals) Number(string text)
    {
        NumberResult result = Mantissa.TryParse(Encoding.ASCII.GetBytes(text), out long mantissa, out int decimals);
        Assert.Equal(NumberResult.Ok, result);
        return (mantissa, (byte)decimals);
    }

    private static decimal Exact(Int128 mantissa, int decimals)
    {
        decimal value = (decimal)mantissa;
        for (int i = 0; i < decimals; i++) value /= 10;
        return value;
    }
}
