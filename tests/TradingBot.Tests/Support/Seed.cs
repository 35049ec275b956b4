using System;
using System.Globalization;
using Xunit;

namespace TradingBot.Tests.Support;

/// <summary>Seeds for random tests: fixed by default, <c>TRADINGBOT_SEED</c> overrides, always printed.</summary>
internal static class Seed
{
    public static Random Random(int fallback, string what)
    {
        string? text = Environment.GetEnvironmentVariable("TRADINGBOT_SEED");
        int seed = text is null ? fallback : int.Parse(text, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: seed {seed}; repeat with TRADINGBOT_SEED={seed}");
        return new Random(seed);
    }

    /// <summary>
    /// Repetitions of a campaign: TRADINGBOT_FULL=1 asks for the full count, CI runs the given share.
    /// </summary>
    public static int Count(int ci, int full) =>
        Environment.GetEnvironmentVariable("TRADINGBOT_FULL") == "1" ? full : ci;
}
