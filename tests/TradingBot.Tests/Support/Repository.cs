using System;
using System.IO;
using Xunit;

namespace TradingBot.Tests.Support;

/// <summary>Where things lie: the checkout, its test data, and the captures beside it that may be absent.</summary>
internal static class Repository
{
    /// <summary>The folder that holds TradingBot.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static string TestData(params string[] parts) =>
        Path.Combine([Root, "tests", "data", .. parts]);

    /// <summary>
    /// A file of the reference material beside the checkout; the test is skipped, with a reason, when absent.
    /// </summary>
    public static string Shared(params string[] parts)
    {
        string path = Path.Combine([Root, "..", "shared", .. parts]);
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            Assert.Skip($"SKIPPED LOUDLY: reference material is absent: ../shared/{string.Join('/', parts)}");
        }

        return Path.GetFullPath(path);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TradingBot.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("TradingBot.sln was not found above the tests.");
    }
}
