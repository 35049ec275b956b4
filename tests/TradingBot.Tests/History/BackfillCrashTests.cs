using System.IO;
using System.Threading.Tasks;
using TradingBot.Storage.Database;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>The verb killed over and over with a file behind it; PostgreSQL has the same in its own tests.</summary>
public sealed class BackfillCrashTests
{
    [Fact]
    public async Task A_killed_backfill_loses_nothing_it_went_beyond_and_doubles_nothing()
    {
        string folder = Directory.CreateTempSubdirectory("crash").FullName;
        string store = Path.Combine(folder, "candles.db");
        try
        {
            await BackfillCrash.RunAsync(StorePlace.OfFile(store), store, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
