namespace TradingBot.Storage.Database;

/// <summary>What a store is for: state of an account, or history of the market.</summary>
/// <param name="Name">As in messages.</param>
/// <param name="Steps">Prefix of the names of its migrations, before the engine's name.</param>
/// <param name="ApplicationId">In the header of its SQLite file: a database of something else is known by it.</param>
/// <param name="SchemaSuffix">Behind the name of the PostgreSQL schema, so that both kinds share a database.</param>
/// <param name="Synchronous">What a commit waits for in SQLite: FULL is a power cut, NORMAL a crash.</param>
/// <param name="BusySeconds">How long another process's lock is waited for.</param>
/// <param name="Remedy">What to do when it is damaged.</param>
internal sealed record StoreKind(
    string Name, string Steps, int ApplicationId, string SchemaSuffix, string Synchronous, int BusySeconds,
    string Remedy)
{
    /// <summary>Rows of the intent log: "TBst". Waits far less than a reader of /readyz does.</summary>
    public static readonly StoreKind State = new(
        "state", "TradingBot.Storage.Database.", 0x5442_7374, "", "FULL", 2,
        "it is damaged: move it with its -wal file away; the next start rebuilds it from the intent log.");

    /// <summary>Candles, trades and gaps: "TBcn". They can be had again, so a commit need not outlive a power
    /// cut.</summary>
    public static readonly StoreKind History = new(
        "candles", "TradingBot.Storage.Candles.", 0x5442_636E, "_candles", "NORMAL", 30,
        "it is damaged: move it with its -wal file away and fetch or import its rows again.");
}
