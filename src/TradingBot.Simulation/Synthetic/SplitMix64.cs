namespace TradingBot.Simulation.Synthetic;

/// <summary>Sebastiano Vigna's SplitMix64: our own, so that a seed means the same bytes in every future .NET.</summary>
internal sealed class SplitMix64
{
    private ulong _state;

    public SplitMix64(ulong seed) => _state = seed;

    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 ≤ value &lt; <paramref name="bound"/>; the bias of multiply-and-shift does not matter here.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary><paramref name="least"/> ≤ value ≤ <paramref name="greatest"/>.</summary>
    public int Between(int least, int greatest) => least + Below(greatest - least + 1);

    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>Roughly normal within ±<paramref name="width"/>, deviation 0.29 of it: the sum of four draws.</summary>
    public int Bell(int width)
    {
        int quarter = width / 4;
        return Between(-quarter, quarter) + Between(-quarter, quarter) +
            Between(-quarter, quarter) + Between(-quarter, quarter);
    }
}
