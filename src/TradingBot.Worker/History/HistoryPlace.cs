using System.IO;
using TradingBot.Kraken.Rest;
using TradingBot.Storage.Database;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.History;

/// <summary>Where history lies and who is asked for it.</summary>
/// <param name="Store">Of candles.</param>
/// <param name="Folder">Of the files beside it; it exists.</param>
/// <param name="Rest">Addresses and pace.</param>
/// <param name="Origin">Who the rows are of: kraken, or a stand-in. One store holds rows of one.</param>
internal sealed record HistoryPlace(StorePlace Store, string Folder, PublicRestOptions Rest, string Origin)
{
    public const string OfKraken = "kraken";
    public const string OfStandIn = "a stand-in on this machine";

    /// <summary>Beside the universe: each failed request, whole.</summary>
    public const string FailuresName = "rest-failures.jsonl";

    public string UniversePath => Path.Combine(Folder, WorkerSettings.UniverseName);

    public string FailuresPath => Path.Combine(Folder, FailuresName);

    public string FeesPath => Path.Combine(Folder, "archive", "fees.csv");

    public string FundingFolder => Path.Combine(Folder, "archive", "funding");
}
