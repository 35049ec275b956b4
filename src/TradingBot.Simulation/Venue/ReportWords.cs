using System;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>What reports of spot and of perpetuals say alike.</summary>
internal static class ReportWords
{
    /// <summary>Mean prices carry four decimals more than prices.</summary>
    public const int MeanDecimals = 4;

    public static ReadOnlySpan<byte> TypeOf(ReportKind kind) => kind switch
    {
        ReportKind.New => "new"u8,
        ReportKind.Trade => "trade"u8,
        ReportKind.Filled => "filled"u8,
        ReportKind.Canceled => "canceled"u8,
        ReportKind.Amended => "amended"u8,
        _ => "status"u8,
    };

    /// <summary>
    /// A trade says partially filled even when it fills the order: the end is told by a report of its own.
    /// </summary>
    public static ReadOnlySpan<byte> StatusOf(in ExecutionReport report) => report.Kind switch
    {
        ReportKind.Filled => "filled"u8,
        ReportKind.Canceled => "canceled"u8,
        _ => report.FilledLots > 0 ? "partially_filled"u8 : "new"u8,
    };

    /// <summary>The mean price of ticks × lots over lots, cut off; 0 of nothing.</summary>
    public static FrameText AddMean(this FrameText text, Int128 tickLots, long lots, int priceDecimals)
    {
        long mean = lots == 0 ? 0 : (long)(tickLots * Money.Pow10(MeanDecimals) / lots);
        return text.Add(mean, priceDecimals + MeanDecimals);
    }
}
