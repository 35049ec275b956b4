using System.Collections.Generic;
using TradingBot.Storage.Journal;
using TradingBot.Trading;

namespace TradingBot.Worker.Operator;

/// <summary>A halt that holds until it is resumed, over restarts too.</summary>
/// <param name="Why">The operator's words.</param>
/// <param name="SinceNs">When it was given, Unix ns.</param>
internal sealed record HaltLatch(string Why, long SinceNs)
{
    /// <summary>Starts are counted over 10 minutes.</summary>
    public const long StartWindowNs = 600_000_000_000;

    /// <summary>The halt that a log holds: its last word on the matter; null when that is a resume, or none.</summary>
    public static HaltLatch? Of(IEnumerable<IntentRecord> recovered)
    {
        HaltLatch? halt = null;
        foreach (IntentRecord record in recovered)
        {
            if (record.Kind == IntentRecordKind.Halt) halt = new HaltLatch(record.Why.ToString(), record.TimeNs);
            else if (record.Kind == IntentRecordKind.Resume) halt = null;
        }

        return halt;
    }

    /// <summary>
    /// The halt a start begins with: the log's, else one of its own when the process was started too often, so that a
    /// fault that kills it again and again cannot trade in between.
    /// </summary>
    /// <param name="recovered">Records of the log, without this start's.</param>
    /// <param name="startsMax">Starts within <see cref="StartWindowNs"/> that may trade, this one included; 0 = any
    /// number.</param>
    /// <param name="nowNs">Time of this start, Unix ns.</param>
    public static HaltLatch? OfStart(IEnumerable<IntentRecord> recovered, int startsMax, long nowNs)
    {
        int starts = 1;
        List<IntentRecord> records = [.. recovered];
        foreach (IntentRecord record in records)
        {
            bool recent = record.Kind == IntentRecordKind.Epoch && nowNs - record.TimeNs < StartWindowNs;
            if (recent) starts++;
        }

        HaltLatch? halt = Of(records);
        if (halt is not null || startsMax == 0 || starts <= startsMax) return halt;
        return new HaltLatch($"protect-only: {starts} starts within 10 minutes, see why it ends and resume", nowNs);
    }

    /// <summary>What is shown and kept of a halt that the engine gave itself.</summary>
    public static string WordsOf(OwnHalt halt) => halt switch
    {
        OwnHalt.StopsRemoved => "stops were removed by somebody else again and again; each was replaced",
        OwnHalt.AnotherOwner => "another worker trades this account: an order of ours appeared that we did not send",
        OwnHalt.Drawdown => "the result lies risk.drawdown_halt or more below its best",
        _ => halt.ToString(),
    };
}
