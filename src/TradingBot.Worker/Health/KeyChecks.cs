// In:     what the venue says of a key.   Out: findings: whether the worker may trade with it.
// Thread: any.
// Keeps:  a key that can move money is never used; what is missing is named in the words of Kraken's page.
using System;
using System.Collections.Generic;
using System.Globalization;
using TradingBot.Kraken.Rest;

namespace TradingBot.Worker.Health;

/// <summary>Checks of the spot key, which orders and tokens are signed with.</summary>
internal static class KeyChecks
{
    private const long NanosPerSecond = 1_000_000_000;
    private const long WeekSeconds = 7 * 86_400;

    /// <param name="report">What the venue says.</param>
    /// <param name="nextNonce">The nonce our next request would carry.</param>
    /// <param name="nowNs">The time, Unix ns.</param>
    public static IEnumerable<Finding> Of(KeyReport report, long nextNonce, long nowNs)
    {
        string[] dangerous = [.. report.Dangerous];
        string[] missing = [.. report.Missing];
        string[] idle = [.. report.Idle];
        if (dangerous.Length > 0)
        {
            yield return Finding.Fail("key rights", $"the key can move money: {string.Join(", ", dangerous)}",
                "make a key without these rights: a worker's key that leaks must not cost more than its trades");
        }

        if (missing.Length > 0)
        {
            yield return Finding.Fail("key rights", $"the key lacks: {string.Join("; ", missing)}",
                "grant them on Kraken's page of the key, or make a new one");
        }

        if (dangerous.Length == 0 && missing.Length == 0)
        {
            yield return idle.Length == 0
                ? Finding.Ok("key rights", "all that is needed, and nothing that moves money")
                : Finding.Warn("key rights", $"all that is needed, and besides: {string.Join(", ", idle)}",
                    "take them away: what is not granted cannot be abused");
        }

        yield return report.IsBound
            ? Finding.Ok("key addresses", "the key works from listed addresses only")
            : Finding.Warn("key addresses", "the key works from anywhere", "list this machine's address on its page");
        if (report.ValidUntilSeconds > 0) yield return Expiry(report.ValidUntilSeconds, nowNs / NanosPerSecond);
        if (report.LastNonce > (ulong)Math.Max(0, nextNonce))
        {
            yield return Finding.Fail("nonce", $"the key was used with {report.LastNonce}, ours would be {nextNonce}",
                "another program uses the key, or used it with larger numbers: make a new key for the worker alone");
        }
        else
        {
            yield return Finding.Ok("nonce", "ours is above the last one the venue has seen");
        }
    }

    private static Finding Expiry(long untilSeconds, long nowSeconds)
    {
        string until = DateTimeOffset.FromUnixTimeSeconds(Math.Min(untilSeconds, 253_402_300_799))
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        const string Remedy = "make a new key before then: without it no stop can be placed";
        if (untilSeconds <= nowSeconds) return Finding.Fail("key expiry", $"the key expired on {until}", Remedy);
        return untilSeconds - nowSeconds < WeekSeconds
            ? Finding.Warn("key expiry", $"the key expires on {until}", Remedy)
            : Finding.Ok("key expiry", $"the key expires on {until}");
    }
}
