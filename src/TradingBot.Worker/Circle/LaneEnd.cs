using System;
using System.Globalization;
using TradingBot.Kraken.Orders;

namespace TradingBot.Worker.Circle;

/// <summary>The day on which Kraken ends the older interface for derivatives, in words.</summary>
internal static class LaneEnd
{
    private const long NanosPerTick = 100;
    private const string Remedy = "set venue.derivatives.lane to unified";

    private static string Day => FuturesOrderLane.End.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Why the lane does not start at this time; null while its interface lives.</summary>
    public static string? RefusalAt(long unixNs) => TimeOf(unixNs) < FuturesOrderLane.End ? null
        : $"venue.derivatives.lane is legacy, and Kraken ended that interface on {Day}: {Remedy}.";

    /// <summary>What an operator must know of it at each start.</summary>
    public static string NoticeAt(long unixNs)
    {
        int days = (int)Math.Ceiling((FuturesOrderLane.End - TimeOf(unixNs)).TotalDays);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Derivatives orders go by the legacy lane, which Kraken ends on {Day}, in {days} days: {Remedy} by then. "
            + $"The Unified WebSocket takes no order of this run.");
    }

    private static DateTimeOffset TimeOf(long unixNs) => DateTimeOffset.UnixEpoch.AddTicks(unixNs / NanosPerTick);
}
