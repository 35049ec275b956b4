namespace TradingBot.Market.Ring;

/// <summary>How many threads may publish.</summary>
public enum ProducerKind : byte
{
    /// <summary>One thread: the claim is a plain store.</summary>
    Single = 0,

    /// <summary>Any number of threads: the claim is an interlocked operation.</summary>
    Multi = 1,
}

/// <summary>What a producer does with a frame the ring has no room for.</summary>
public enum WhenFull : byte
{
    /// <summary>Drops the whole frame and counts it: a public feed, which marks the instrument gapped.</summary>
    Drop = 0,

    /// <summary>Waits for room: replay, and everything about the account.</summary>
    Wait = 1,
}

/// <summary>What a thread does while there is nothing to do.</summary>
public enum WaitKind : byte
{
    /// <summary>Stays on its core. Only for threads that own one.</summary>
    Spin = 0,

    /// <summary>Spins briefly, then offers its core at every look.</summary>
    Yield = 1,

    /// <summary>Spins and yields briefly, then sleeps until progress is signalled.</summary>
    Park = 2,
}
