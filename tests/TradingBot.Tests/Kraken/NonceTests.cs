using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Nonces of one key grow, whatever the clock, the callers and the restarts do.</summary>
public sealed class NonceTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Nonces_grow_even_when_the_clock_stands_or_steps_back()
    {
        NonceSource nonces = new();
        Assert.Equal(5_000, nonces.Next(5_000_999));
        Assert.Equal(5_001, nonces.Next(5_000_999));
        Assert.Equal(5_002, nonces.Next(1));
        Assert.Equal(9_000, nonces.Next(9_000_000));
        Assert.Equal(9_001, new NonceSource(nonces.Last).Next(0));
    }

    [Fact]
    public async Task Eight_callers_at_once_with_a_clock_that_steps_back_five_minutes_get_different_growing_nonces()
    {
        long reserved = 0;
        long unreserved = 0;
        NonceSource nonces = new(0, to =>
        {
            Volatile.Write(ref reserved, to);
            return true;
        });
        ConcurrentBag<long[]> all = [];
        using Barrier begin = new(8);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Factory.StartNew(
            () =>
            {
                begin.SignalAndWait();
                long[] mine = new long[5_000];
                for (int i = 0; i < mine.Length; i++)
                {
                    // Halfway the clock steps back by five minutes.
                    long nowNs = (1_700_000_000 * Second) + (i * 1_000L) - (i > 2_500 ? 300 * Second : 0);
                    mine[i] = nonces.Next(nowNs + caller);
                    if (mine[i] > Volatile.Read(ref reserved)) Interlocked.Increment(ref unreserved);
                }

                all.Add(mine);
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.All(all, mine => Assert.Equal(mine.Order(), mine));
        Assert.Equal(40_000, all.SelectMany(mine => mine).Distinct().Count());
        Assert.Equal(0, unreserved);
    }

    [Fact]
    public void A_restart_on_a_clock_that_stepped_back_begins_above_everything_before()
    {
        string folder = Directory.CreateTempSubdirectory("tradingbot-nonce").FullName;
        try
        {
            Secret key = new("a key");
            long last = 0;
            for (int start = 0; start < 5; start++)
            {
                NonceSource nonces = NonceFile.Open(folder, key, out string fault)!;
                Assert.Equal("", fault);
                // Each start finds its clock an hour earlier than the one before.
                long nowNs = (1_700_000_000 * Second) - (start * 3_600 * Second);
                for (int i = 0; i < 3; i++)
                {
                    long next = nonces.Next(nowNs + (i * Second));
                    Assert.True(next > last, $"{next} after {last}");
                    last = next;
                }
            }

            Assert.True(NonceFile.Open(folder, new Secret("another"), out _)!.Next(Second) < last);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_file_that_says_nothing_is_told_and_a_folder_that_takes_nothing_is_known_at_once()
    {
        string folder = Directory.CreateTempSubdirectory("tradingbot-nonce").FullName;
        try
        {
            Secret key = new("a key");
            File.WriteAllText(NonceFile.PathOf(folder, key), "tradingbot-nonce 1 12");
            Assert.Null(NonceFile.Open(folder, key, out string fault));
            Assert.Contains("move it away", fault, StringComparison.Ordinal);
            Assert.Throws<DirectoryNotFoundException>(() => NonceFile.Open(folder + "/none", key, out _));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_reservation_that_fails_is_counted_and_nonces_still_grow()
    {
        NonceSource nonces = new(10, _ => false);
        Assert.Equal(11, nonces.Next(0));
        Assert.Equal(12, nonces.Next(0));
        Assert.Equal(2, nonces.Unreserved);
    }
}
