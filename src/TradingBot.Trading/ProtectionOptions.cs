using System;
using System.Collections.Immutable;
using TradingBot.Market.Values;

namespace TradingBot.Trading;

/// <summary>One take-profit of an entry.</summary>
/// <param name="RiskPercent">Its distance from the entry, in percent of the stop's: 200 = twice the risk.</param>
/// <param name="SharePercent">Share of the position.</param>
public readonly record struct TargetStep(int RiskPercent, int SharePercent);

/// <summary>How positions are entered and protected; part of the input.</summary>
public sealed record ProtectionOptions
{
    /// <summary>Targets of one entry: a share of a small position is soon below the venue's step.</summary>
    public const int TargetsMax = 8;

    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Owner's epoch: goes into every client order id (I13).</summary>
    public uint Epoch { get; init; } = 1;

    /// <summary>Instruments whose symbol begins so are traded: linear perpetuals.</summary>
    public ReadOnlyMemory<byte> TradablePrefix { get; init; } = "PF_"u8.ToArray();

    /// <summary>Distance of the stop from the entry's limit price, in parts per million: 1.5 %.</summary>
    public int StopDistancePpm { get; init; } = 15_000;

    /// <summary>Distance of the stop of a position we did not open, from the worse of its entry and the market: 2
    /// %.</summary>
    public int AdoptedStopDistancePpm { get; init; } = 20_000;

    /// <summary>A reduce-only order at twice the risk in profit, once the stop is proven.</summary>
    public bool TakeProfit { get; init; } = true;

    /// <summary>
    /// Where an entry of a signal takes its profits, in order; what they leave runs on. An entry that names its own
    /// targets has those, and without <see cref="TakeProfit"/> there are none.
    /// </summary>
    public ImmutableArray<TargetStep> Targets { get; init; } = [new TargetStep(200, 100)];

    /// <summary>
    /// The stop follows closed bars at this share of their average true range, in percent, once the first target is
    /// taken; 0 = it does not.
    /// </summary>
    public int TrailAtrPercent { get; init; }

    /// <summary>Bars that the average true range is of: 14.</summary>
    public int TrailBars { get; init; } = 14;

    /// <summary>Which series of the bar plan.</summary>
    public int TrailSeries { get; init; }

    /// <summary>Least move of a trailing stop, in parts per million of its price: 0.1 %, each is an order.</summary>
    public int TrailStepPpm { get; init; } = 1_000;

    /// <summary>Once the first of several take-profits is filled, the stop goes to where the rest costs
    /// nothing.</summary>
    public bool BreakEven { get; init; } = true;

    /// <summary>Taker's fee of one side, in parts per million of the notional: 500, Kraken's 0.05 % of
    /// derivatives.</summary>
    public int TakerFeePpm { get; init; } = 500;

    /// <summary>Loss of one UTC day, open positions included, at which entries end until midnight; zero = no
    /// limit.</summary>
    public Notional DayLossMax { get; init; }

    /// <summary>How far the result may lie below its best, over all starts, before that is told, and before entries
    /// halt until an operator resumes; zero = no limit.</summary>
    public Notional DrawdownWarn { get; init; }

    public Notional DrawdownHalt { get; init; }

    /// <summary>After a stop filled, its instrument is not entered for so long; 0 = at once again.</summary>
    public long StopCooldownNs { get; init; }

    /// <summary>How long a position may be without a proven stop: 5 s (I1).</summary>
    public long StopGraceNs { get; init; } = 5 * NanosPerSecond;

    /// <summary>The venue drops a stop that did not reach matching within: 60 s.</summary>
    public long StopDeadlineNs { get; init; } = 60 * NanosPerSecond;

    /// <summary>Refusals of a stop before the position is closed instead: 3 further attempts.</summary>
    public int StopAttemptsMax { get; init; } = 3;

    /// <summary>Stops of unknown outcome before the position is closed instead: 4.</summary>
    public int StopsUnknownMax { get; init; } = 4;

    /// <summary>An entry the venue has not matched by then must not be: 5 s after it was decided, so that one that
    /// was held up, or sent by a process that was paused, is void.</summary>
    public long EntryDeadlineNs { get; init; } = 5 * NanosPerSecond;

    /// <summary>An entry that has not left so long after it was decided never leaves: 1 s.</summary>
    public long EntryDelayMaxNs { get; init; } = NanosPerSecond;

    /// <summary>
    /// Least distance of a stop from the liquidation price, in parts per million: 1.5 %. Liquidation is by mark, stops
    /// trigger by index or last, and mark may lie 1 % from the index.
    /// </summary>
    public int LiquidationBufferPpm { get; init; } = 15_000;

    /// <summary>
    /// A market that much beyond a stop, in parts per million, for so long, means that the stop does not fire: 1 %,
    /// which is how far mark, index and last may lie apart, for 10 s.
    /// </summary>
    public int BackstopPpm { get; init; } = 10_000;

    public long BackstopNs { get; init; } = 10 * NanosPerSecond;

    /// <summary>How far from the last known price an exit may fill while no book is to be believed: 5 %.</summary>
    public int ExitBlindPpm { get; init; } = 50_000;

    /// <summary>First and longest pause after the venue took no order of any kind: 250 ms, doubled up to 5 s.</summary>
    public long VenueRetryNs { get; init; } = NanosPerSecond / 4;

    public long VenueRetryMaxNs { get; init; } = 5 * NanosPerSecond;

    /// <summary>A position without a proven stop for so long is closed: nobody may be there to answer an alarm. 2
    /// min.</summary>
    public long CloseAfterNs { get; init; } = 120 * NanosPerSecond;

    /// <summary>Stops that somebody else removed within the window, at which entries halt: 3 in 10 min.</summary>
    public int RemovalsMax { get; init; } = 3;

    public long RemovalWindowNs { get; init; } = 600 * NanosPerSecond;

    /// <summary>An answer that has not come by then never will: 10 s.</summary>
    public long AnswerTimeoutNs { get; init; } = 10 * NanosPerSecond;

    /// <summary>Wait before truth is asked for, so that the execution stream can tell it first: 2 s.</summary>
    public long SnapshotDelayNs { get; init; } = 2 * NanosPerSecond;

    /// <summary>Between snapshots while truth is needed, and between two that must agree: 10 s (I11).</summary>
    public long SnapshotIntervalNs { get; init; } = 10 * NanosPerSecond;

    /// <summary>Between snapshots while anything is open: 10 s bound how long a silently removed stop is
    /// missed.</summary>
    public long SweepIntervalNs { get; init; } = 10 * NanosPerSecond;

    /// <summary>Between snapshots while nothing is open: what somebody else opened and no report told is found within
    /// 120 s.</summary>
    public long IdleIntervalNs { get; init; } = 120 * NanosPerSecond;

    /// <summary>Positions open or being entered at once; 0 = any number.</summary>
    public int PositionsMax { get; init; } = 10;

    /// <summary>Of these, on one side of the market: they tend to lose together. 0 = any number.</summary>
    public int SameSideMax { get; init; }

    /// <summary>Age an unproven order must have before absence means that it was not placed: 60 s (I11).</summary>
    public long AbsenceAgeNs { get; init; } = 60 * NanosPerSecond;

    /// <summary>Between two market exits of one position: 1 s.</summary>
    public long ExitIntervalNs { get; init; } = NanosPerSecond;

    /// <summary>After a stop's outcome became unknown, the next one waits until this long after it was sent: 250
    /// ms.</summary>
    public long StopIntervalNs { get; init; } = NanosPerSecond / 4;

    /// <summary>Timers are looked at this often while anything is open: 50 ms of engine time.</summary>
    public long TickNs { get; init; } = NanosPerSecond / 20;
}
