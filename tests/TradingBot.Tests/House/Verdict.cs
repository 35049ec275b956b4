using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>
/// A rule is a function that lists violations; it is kept when the list is empty, and proven when a sample is listed.
/// </summary>
internal static class Verdict
{
    public static void Kept(IEnumerable<string> violations)
    {
        string[] all = [.. violations];
        Assert.True(all.Length == 0, $"{all.Length} violation(s):\n{string.Join('\n', all.Take(200))}");
    }

    /// <summary>The rule sees the broken sample, and says so in words that lead to it.</summary>
    public static void Reports(IEnumerable<string> violations, string words)
    {
        string[] all = [.. violations];
        Assert.True(
            all.Any(v => v.Contains(words, StringComparison.Ordinal)),
            $"The rule does not report '{words}'. It says:\n{string.Join('\n', all.Take(50))}");
    }
}
