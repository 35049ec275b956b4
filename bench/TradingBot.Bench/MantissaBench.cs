// In:     numbers as they stand in Kraken's book and trade frames.   Out: a checksum of mantissas.
// Twin:   decimal.Parse of the same text, as a client would do it that keeps prices in decimal.
using System.Globalization;
using System.Linq;
using System.Text;
using BenchmarkDotNet.Attributes;
using TradingBot.Market.Wire;

namespace TradingBot.Bench;

/// <summary>Wire text to number: our mantissa beside the runtime's decimal.</summary>
public class MantissaBench
{
    private static readonly string[] Texts =
    [
        "0.5117", "40.00000000", "45285.2", "0.00100000", "1E-8", "5.1e-05", "0.03740000", "64499.99", "-0.0001",
    ];

    private readonly byte[][] _numbers = [.. Texts.Select(Encoding.ASCII.GetBytes)];

    [Benchmark(Baseline = true)]
    public long RuntimeDecimal()
    {
        long checksum = 0;
        foreach (byte[] number in _numbers)
        {
            decimal value = decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
            checksum += (long)(value * 100_000_000m);
        }

        return checksum;
    }

    [Benchmark]
    public long Mantissas()
    {
        long checksum = 0;
        foreach (byte[] number in _numbers)
        {
            NumberResult result = Mantissa.TryParse(number, out long mantissa, out int decimals);
            if (result == NumberResult.Ok) checksum += mantissa + decimals;
        }

        return checksum;
    }
}
