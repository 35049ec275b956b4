using System.Text;
using System.Threading;
using TradingBot.Market.Wire;
using Xunit;

namespace TradingBot.Tests.Allocation;

/// <summary>The detector itself: it must see what allocates (I8) and must not see what does not.</summary>
public sealed class AllocationProbeTests
{
    private const int Repeats = 10_000;

    private static object? _kept;

    [Fact]
    public void Work_that_allocates_is_detected_to_the_byte_I8()
    {
        // An array of 40 bytes: header, method table, length and payload are 64 bytes on 64-bit runtimes.
        AllocatedBytes bytes = AllocationProbe.Measure(() => _kept = new byte[40], Repeats);
        Assert.Equal(64L * Repeats, bytes.Thread);
        Assert.True(bytes.Process >= bytes.Thread, bytes.ToString());
    }

    [Fact]
    public void One_allocation_in_ten_thousand_calls_is_detected_I8()
    {
        int calls = 0;
        AllocatedBytes bytes = AllocationProbe.Measure(
            () =>
            {
                if (++calls % Repeats == 0) _kept = new byte[40];
            },
            Repeats);
        Assert.Equal(64, bytes.Thread);
    }

    [Fact]
    public void Allocation_on_another_thread_is_detected_in_the_process_I8()
    {
        using AutoResetEvent asked = new(false);
        using AutoResetEvent done = new(false);
        bool ended = false;
        Thread other = new(() =>
        {
            while (asked.WaitOne() && !Volatile.Read(ref ended))
            {
                _kept = new byte[40];
                done.Set();
            }
        });
        other.Start();
        long bytes = AllocationProbe.LeastOfProcess(
            () =>
            {
                asked.Set();
                done.WaitOne();
            },
            repeats: 500,
            rounds: 2);
        Volatile.Write(ref ended, true);
        asked.Set();
        other.Join();
        Assert.True(bytes >= 64 * 500, $"{bytes} bytes");
    }

    [Fact]
    public void Reading_numbers_and_times_allocates_nothing_I8()
    {
        byte[] number = Encoding.ASCII.GetBytes("0.03740000");
        byte[] rare = Encoding.ASCII.GetBytes("5.1e-05");
        byte[] stamp = Encoding.ASCII.GetBytes("2024-05-01T12:34:56.123456Z");
        Rfc3339 clock = default;
        long sum = 0;
        bool ok = true;
        AllocatedBytes bytes = AllocationProbe.Measure(
            () =>
            {
                ok &= Mantissa.TryParse(number, out long a, out _) == NumberResult.Ok;
                ok &= Mantissa.TryParse(rare, out long b, out _) == NumberResult.Ok;
                ok &= clock.TryParse(stamp, out long ns);
                sum += a + b + ns;
            },
            Repeats);
        Assert.True(ok);
        Assert.Equal(0, bytes.Thread);
        Assert.NotEqual(0, sum);
    }
}
