using System.Runtime.CompilerServices;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>
/// Puts events of the wire into a batch: both paths of every dialect fill the same fields the same way.
/// </summary>
internal static class EventWriter
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static ref MarketEvent Add(
        EventBatch batch, EventKind kind, int instrumentId, Dialect dialect, Channel channel,
        WireNumber price = default, WireNumber quantity = default)
    {
        ref MarketEvent e = ref batch.Add(kind, instrumentId);
        e.Dialect = dialect;
        e.Channel = channel;
        e.Price = price.Mantissa;
        e.PriceDecimals = price.Decimals;
        e.Quantity = quantity.Mantissa;
        e.QuantityDecimals = quantity.Decimals;
        return ref e;
    }

    /// <summary>The three events of the venue's bar.</summary>
    public static void AddOhlc(EventBatch batch, int instrumentId, Dialect dialect, in OhlcFields bar)
    {
        const Channel Ohlc = Channel.Ohlc;
        ref MarketEvent e = ref Add(batch, EventKind.OhlcOpenHigh, instrumentId, dialect, Ohlc, bar.Open, bar.High);
        e.Number = bar.BeginNs;
        e.Detail = bar.Minutes;
        e.ExchangeTimeNs = bar.BeginNs;
        e = ref Add(batch, EventKind.OhlcLowClose, instrumentId, dialect, Ohlc, bar.Low, bar.Close);
        e.Number = bar.Trades;
        e.ExchangeTimeNs = bar.BeginNs;
        e = ref Add(batch, EventKind.OhlcVolume, instrumentId, dialect, Ohlc, default, bar.Volume);
        e.ExchangeTimeNs = bar.BeginNs;
    }
}
