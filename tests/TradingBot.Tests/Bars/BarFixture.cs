using System;
using System.Collections.Generic;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using Xunit;

namespace TradingBot.Tests.Bars;

/// <summary>A bar stage fed by hand, which collects what each event closes.</summary>
internal sealed class BarFixture
{
    public const long Second = 1_000_000_000;
    public const long Minute = 60 * Second;
    public const long Hour = 60 * Minute;
    public const long Day = 24 * Hour;

    /// <summary>Tuesday 2024-02-27 00:00:00 UTC, two days before a leap day.</summary>
    public const long Start = 1_708_992_000 * Second;

    private long _sequence;

    public BarFixture(string series, long graceNs = 0, int instruments = 8, int recordSlots = 4)
    {
        List<Timeframe> timeframes = [];
        List<BarRule> rules = [];
        foreach (string text in series.Split(' '))
        {
            if (Market.Bars.Timeframe.TryParse(text, out Timeframe timeframe)) timeframes.Add(timeframe);
            else if (BarRule.TryParse(text, out BarRule rule)) rules.Add(rule);
            else Assert.Fail(text);
        }

        Plan = new BarPlan(timeframes.ToArray(), rules.ToArray());
        Scales = new ScaleTable(instruments);
        Stage = new BarStage(Plan, Scales, recordSlots, graceNs, logCapacity: 1_024);
    }

    public BarPlan Plan { get; }

    public ScaleTable Scales { get; }

    public BarStage Stage { get; }

    public List<Bar> Closed { get; } = [];

    /// <summary>Feeds one event; the number of bars it closed.</summary>
    public int Feed(MarketEvent e)
    {
        long sequence = _sequence++;
        Stage.OnEvent(in e, sequence);
        BarRecord record = Stage.Records[(int)sequence & (Stage.Records.Length - 1)];
        for (int i = 0; i < record.Count; i++) Closed.Add(Stage.Log[record.First + i]);
        return record.Count;
    }

    public int Feed(EventKind kind, long receiveNs, int id = -1, Channel channel = Channel.None) =>
        Feed(new MarketEvent { Kind = kind, ReceiveTimeNs = receiveNs, InstrumentId = id, Channel = channel });

    /// <summary>A trade of instrument 0 without id, received when it happened.</summary>
    public int Trade(long timeNs, long price, long quantity, EventFlags side = EventFlags.Buy) =>
        Feed(TradeOf(0, timeNs, timeNs, price, quantity, side | EventFlags.NoTradeId));

    public static MarketEvent TradeOf(
        int id, long exchangeNs, long receiveNs, long price, long quantity,
        EventFlags flags = EventFlags.Buy | EventFlags.NoTradeId, long tradeId = 0,
        byte priceDecimals = 0, byte quantityDecimals = 0) =>
        new()
        {
            Kind = EventKind.Trade,
            Channel = Channel.Trade,
            InstrumentId = id,
            ExchangeTimeNs = exchangeNs,
            ReceiveTimeNs = receiveNs,
            Price = price,
            Quantity = quantity,
            Flags = flags,
            Number = tradeId,
            PriceDecimals = priceDecimals,
            QuantityDecimals = quantityDecimals,
        };

    public static Timeframe Timeframe(string text)
    {
        Assert.True(Market.Bars.Timeframe.TryParse(text, out Timeframe timeframe), text);
        return timeframe;
    }

    /// <summary>Unix nanoseconds of a UTC date and time.</summary>
    public static long Utc(string text) =>
        (DateTime.Parse(
            text,
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal)
            - DateTime.UnixEpoch).Ticks * 100;
}
