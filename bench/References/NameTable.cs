using System;

namespace References;

/// <summary>Symbols to small numbers in order of appearance: open addressing over FNV-1a.</summary>
public sealed class NameTable
{
    private const int Buckets = 8_192;

    private readonly byte[]?[] _names = new byte[]?[Buckets];
    private readonly int[] _ids = new int[Buckets];

    public int Count { get; private set; }

    public int IdOf(ReadOnlySpan<byte> name)
    {
        uint hash = 2_166_136_261;
        foreach (byte b in name) hash = (hash ^ b) * 16_777_619;
        int bucket = (int)(hash & (Buckets - 1));
        while (_names[bucket] is { } known)
        {
            if (name.SequenceEqual(known)) return _ids[bucket];
            bucket = (bucket + 1) & (Buckets - 1);
        }

        if (Count == Buckets / 2) throw new InvalidOperationException("The reference holds 4,096 symbols.");
        _names[bucket] = name.ToArray();
        _ids[bucket] = Count;
        return Count++;
    }
}
