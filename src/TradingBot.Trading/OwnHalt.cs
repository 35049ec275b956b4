namespace TradingBot.Trading;

/// <summary>Why the engine halted entries by itself; stops, exits, adoption go on, and an operator resumes.</summary>
public enum OwnHalt : byte
{
    None = 0,

    /// <summary>Somebody else removed stops again and again within the window: each was replaced.</summary>
    StopsRemoved = 1,

    /// <summary>An order under our form of id appeared that no process of this account's log can have sent: two
    /// workers have one account (I13).</summary>
    AnotherOwner = 2,

    /// <summary>The result lies too far below its best, over all starts.</summary>
    Drawdown = 3,
}
