using System;

namespace TradingBot.Market.Wire;

/// <summary>Counts by name with a bound on the names: hostile or drifting input cannot grow memory.</summary>
/// <remarks>
/// Thread: its owner's. Names beyond the bound count under <see cref="OtherName"/>; text is cut to 48 bytes.
/// </remarks>
public sealed class NameCounter
{
    /// <summary>Distinct names kept; a venue that invents more than 64 words a day is a fault in itself.</summary>
    public const int NamesMax = 64;

    public const string OtherName = "(other)";

    private const int NameBytesMax = 48;

    private readonly byte[] _text = new byte[NamesMax * NameBytesMax];
    private readonly byte[] _length = new byte[NamesMax];
    private readonly long[] _counts = new long[NamesMax];

    public int Names { get; private set; }

    /// <summary>Occurrences of names that found no room.</summary>
    public long Other { get; private set; }

    public long Total { get; private set; }

    /// <summary>Counts one occurrence. Rare by nature, so a linear search over at most 64 names is enough.</summary>
    public void Count(ReadOnlySpan<byte> name)
    {
        Total++;
        if (name.Length > NameBytesMax) name = name[..NameBytesMax];
        for (int i = 0; i < Names; i++)
        {
            if (!NameOf(i).SequenceEqual(name)) continue;
            _counts[i]++;
            return;
        }

        if (Names == NamesMax)
        {
            Other++;
            return;
        }

        name.CopyTo(_text.AsSpan(Names * NameBytesMax));
        _length[Names] = (byte)name.Length;
        _counts[Names] = 1;
        Names++;
    }

    public ReadOnlySpan<byte> NameOf(int index) => _text.AsSpan(index * NameBytesMax, _length[index]);

    public long CountOf(int index) => _counts[index];
}
