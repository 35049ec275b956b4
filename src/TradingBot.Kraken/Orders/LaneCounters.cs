using TradingBot.Market.Wire;

namespace TradingBot.Kraken.Orders;

/// <summary>What the lane saw that no record tells. Thread: the lane's.</summary>
public sealed class LaneCounters
{
    public long Frames { get; internal set; }

    /// <summary>Not JSON, not an object, or text that is not UTF-8.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Elements of a frame that could not be read; the look they belong to is Partial.</summary>
    public long ItemFaults { get; internal set; }

    public long SequenceGaps { get; internal set; }

    /// <summary>Executions whose sequence was seen before; their records are given again.</summary>
    public long SequenceRepeats { get; internal set; }

    /// <summary>Answers that belong to nothing we sent on this connection, or to something already answered.</summary>
    public long StrayAnswers { get; internal set; }

    /// <summary>Commands with no answer in time.</summary>
    public long AckTimeouts { get; internal set; }

    public long LateAnswers { get; internal set; }

    /// <summary>Commands that had to wait for another mutation of the same order.</summary>
    public long Waited { get; internal set; }

    /// <summary>Commands that left together with others, in one request.</summary>
    public long Batched { get; internal set; }

    public long TokensFailed { get; internal set; }

    /// <summary>Commands sent again because the venue had not taken their token.</summary>
    public long Resent { get; internal set; }

    /// <summary>Commands that waited for room in the budget.</summary>
    public long Held { get; internal set; }

    /// <summary>Commands refused unsent because the budget had no room for their urgency.</summary>
    public long Unbudgeted { get; internal set; }

    /// <summary>Commands the venue itself refused for their number: our twin of its budget was wrong.</summary>
    public long RateRefusals { get; internal set; }

    /// <summary>Orders without room in the table of orders: their later sparse reports stay incomplete.</summary>
    public long OrdersNotKept { get; internal set; }

    /// <summary>Executions reports that change nothing: <c>status</c>, <c>iceberg_refill</c>.</summary>
    public long QuietReports { get; internal set; }

    /// <summary>Frames by channel that are read elsewhere or not at all.</summary>
    public NameCounter OtherChannels { get; } = new();

    public NameCounter OtherMethods { get; } = new();

    /// <summary>Members of executions and positions we do not know.</summary>
    public NameCounter UnknownKeys { get; } = new();

    /// <summary>Words where one of a list was expected: frame types, exec_type, order_type, side.</summary>
    public NameCounter UnknownWords { get; } = new();

    /// <summary>Error texts of the venue, and reasons of orders' ends, that stand for <c>Other</c>.</summary>
    public NameCounter OtherErrors { get; } = new();
}
