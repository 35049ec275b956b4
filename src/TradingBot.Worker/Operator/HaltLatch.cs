using System.Collections.Generic;
using TradingBot.Storage.Journal;

namespace TradingBot.Worker.Operator;

/// <summary>A halt that holds until it is resumed, over restarts too.</summary>
/// <param name="Why">The operator's words.</param>
/// <param name="SinceNs">When it was given, Unix ns.</param>
internal sealed record HaltLatch(string Why, long SinceNs)
{
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
}
