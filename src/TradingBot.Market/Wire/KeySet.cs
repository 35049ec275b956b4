using System;
using System.Text;

namespace TradingBot.Market.Wire;

/// <summary>The keys of one kind of JSON object: those read, by number, and those known and skipped.</summary>
/// <remarks>Built once per type, so that the readers compare bytes only. At most 32 keys are read.</remarks>
internal sealed class KeySet
{
    /// <summary>A key that is skipped without being counted.</summary>
    public const int Known = -1;

    /// <summary>A key nobody told us about.</summary>
    public const int Unknown = -2;

    private readonly byte[][] _read;
    private readonly byte[][] _known;

    /// <param name="read">Names separated by blanks, numbered from 0; a trailing <c>!</c> makes one required.</param>
    /// <param name="known">Names that are skipped uncounted.</param>
    /// <param name="countsUnknown">Whether other names are counted.</param>
    public KeySet(string read, string known = "", bool countsUnknown = true)
    {
        string[] names = read.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(names.Length, 32, nameof(read));
        _read = new byte[names.Length][];
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i].EndsWith('!')) Required |= 1u << i;
            _read[i] = Encoding.ASCII.GetBytes(names[i].TrimEnd('!'));
        }

        string[] skipped = known.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _known = new byte[skipped.Length][];
        for (int i = 0; i < skipped.Length; i++) _known[i] = Encoding.ASCII.GetBytes(skipped[i]);
        CountsUnknown = countsUnknown;
    }

    /// <summary>One bit per required key.</summary>
    public uint Required { get; }

    public bool CountsUnknown { get; }

    /// <summary>The number of a key that is read, else <see cref="Known"/> or <see cref="Unknown"/>.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _read.Length; i++)
        {
            if (name.SequenceEqual(_read[i])) return i;
        }

        foreach (byte[] known in _known)
        {
            if (name.SequenceEqual(known)) return Known;
        }

        return Unknown;
    }
}

/// <summary>Which keys of a <see cref="KeySet"/> one object has shown so far.</summary>
internal struct KeysSeen
{
    private uint _seen;
    private uint _present;

    /// <summary>A key we read occurred twice.</summary>
    public bool Doubled { get; private set; }

    /// <summary>Notes an occurrence; a JSON null is one, but leaves the key absent.</summary>
    public void Note(int key, bool isNull)
    {
        uint bit = 1u << key;
        Doubled |= (_seen & bit) != 0;
        _seen |= bit;
        _present = isNull ? _present & ~bit : _present | bit;
    }

    public readonly bool Has(int key) => (_present & (1u << key)) != 0;

    public readonly bool HasAll(uint required) => (_present & required) == required;
}
