using TradingBot.Tests.Candles;

namespace TradingBot.Tests.Database;

/// <summary>The contract of a store of state, kept in a file; TradingBot.Tests.Postgres keeps it in a server.</summary>
public sealed class SqliteStateTests : StateContract
{
    private protected override StoreLab NewLab() => new SqliteLab();
}

/// <summary>The contract of an account's lease, kept in a file.</summary>
public sealed class SqliteLeaseTests : LeaseContract
{
    private protected override StoreLab NewLab() => new SqliteLab();
}

/// <summary>The contract of a store of candles, kept in a file.</summary>
public sealed class SqliteCandleTests : CandleContract
{
    private protected override StoreLab NewLab() => new SqliteLab();
}
