using System.Globalization;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Ids as the venue makes them: of derivatives, and of spot.</summary>
internal sealed class VenueIds(ulong seed)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int SpotLength = 19;

    private readonly SplitMix64 _random = new(seed ^ 0x5DEE_CE66_D1CE_4E5B);

    /// <summary>In the form of a UUID.</summary>
    public string Unified()
    {
        string high = _random.Next().ToString("x16", CultureInfo.InvariantCulture);
        string low = _random.Next().ToString("x16", CultureInfo.InvariantCulture);
        return $"{high[..8]}-{high[8..12]}-5{high[13..]}-b{low[1..4]}-{low[4..]}";
    }

    /// <summary>A number in the form of a UUID: the same wherever the thing is told.</summary>
    public static string OfNumber(long number)
    {
        string text = number.ToString("x16", CultureInfo.InvariantCulture);
        return $"{text[..8]}-{text[8..12]}-5{text[13..]}-b000-000000000000";
    }

    /// <summary>As <c>OQCLML-BW3P3-BUCMWZ</c>: the first letter says what it is of.</summary>
    /// <param name="kind">O order, T trade or amendment, L ledger.</param>
    public string Spot(char kind) => string.Create(SpotLength, (kind, _random), static (text, state) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = i is 6 or 12 ? '-' : Alphabet[state._random.Below(Alphabet.Length)];
        }

        text[0] = state.kind;
    });
}
