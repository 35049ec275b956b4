using TradingBot.Market.Events;

namespace TradingBot.Kraken.Feed;

/// <summary>How far one subscription is. Wanted, and asked for again, for ever: there is no end state.</summary>
public enum SubscriptionState : byte
{
    /// <summary>To be asked for.</summary>
    Wanted = 0,

    /// <summary>Asked for; no answer yet.</summary>
    Sent = 1,

    /// <summary>The venue says yes; no data yet, and an acknowledgement alone proves nothing.</summary>
    Acknowledged = 2,

    /// <summary>Its data came.</summary>
    Confirmed = 3,

    /// <summary>What there is, is no good, or may not be there: it is to be ended, and then asked for anew.</summary>
    Doubted = 4,

    /// <summary>The venue was asked to end it.</summary>
    Leaving = 5,

    /// <summary>The venue says no; asked for again at its time.</summary>
    Refused = 6,
}

/// <summary>One thing wanted of a public socket.</summary>
public sealed class Subscription
{
    internal Subscription(Channel channel, string symbol)
    {
        Channel = channel;
        Symbol = symbol;
    }

    public Channel Channel { get; }

    /// <summary>Empty for a channel that has none.</summary>
    public string Symbol { get; }

    public SubscriptionState State { get; internal set; }

    /// <summary>When the present state has lasted long enough, Unix ns; of a refusal, when it is asked again.</summary>
    public long DueNs { get; internal set; }

    /// <summary>Why it was doubted or refused, in the venue's words where it said some; empty once it held.</summary>
    public string Reason { get; internal set; } = "";

    /// <summary>Failures since it last held for a while: what the pause grows with.</summary>
    public int Failures { get; internal set; }

    /// <summary>Refusals in a row: what the quarantine grows with.</summary>
    internal int Refusals { get; set; }

    /// <summary>The request that spoke of it last; 0 = none on this connection.</summary>
    internal long RequestId { get; set; }

    /// <summary>The subscribe request that was acknowledged; 0 = none.</summary>
    internal long AcknowledgedId { get; set; }

    /// <summary>Not in a list with others: it failed before, and its answer is to be about it alone.</summary>
    internal bool Alone { get; set; }

    internal long ConfirmedNs { get; set; }

    /// <summary>What was counted of its data when it was looked at last.</summary>
    internal int HeardCount { get; set; }

    /// <summary>When that count changed last while it was confirmed, Unix ns; 0 = not since then.</summary>
    internal long HeardNs { get; set; }

    /// <summary>The longest time between two changes.</summary>
    internal long LongestNs { get; set; }

    /// <summary>How many such times were measured.</summary>
    internal int Intervals { get; set; }
}
