using System;
using System.Numerics;

namespace TradingBot.Market.Values;

/// <summary>A running 64-bit hash that is the same in every process, on every machine and at every scale.</summary>
/// <remarks>
/// Each word goes through the 8-byte step of xxHash64 and <see cref="Value"/> through its final avalanche
/// (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), starting from zero. It tells states apart, it does
/// not protect against forgery. <c>default</c> is the hash of nothing and ready for use.
/// </remarks>
public struct StableHash
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;

    private ulong _state;

    /// <summary>The hash of everything added so far; more may be added afterwards.</summary>
    public readonly ulong Value
    {
        get
        {
            ulong value = _state;
            value = (value ^ (value >> 33)) * Prime2;
            value = (value ^ (value >> 29)) * Prime3;
            return value ^ (value >> 32);
        }
    }

    public void Add(ulong value)
    {
        ulong lane = BitOperations.RotateLeft(value * Prime2, 31) * Prime1;
        _state = (BitOperations.RotateLeft(_state ^ lane, 27) * Prime1) + Prime4;
    }

    public void Add(long value) => Add((ulong)value);

    /// <summary>Adds mantissa / 10^decimals in its shortest form, so that 1.50 and 1.5 hash alike.</summary>
    public void AddDecimal(Int128 mantissa, int decimals)
    {
        if (mantissa == 0)
        {
            decimals = 0;
        }
        else
        {
            // Divisible by 10^k means divisible by 2^k: an odd mantissa is done without a division.
            int zerosMax = Math.Min(decimals, (int)Int128.TrailingZeroCount(mantissa));
            int zeros = zerosMax == 0 ? 0 : StripZeros(ref mantissa, zerosMax);
            decimals -= zeros;
        }

        Add((ulong)mantissa);
        Add((ulong)(mantissa >> 64));
        Add((ulong)(uint)decimals);
    }

    private static int StripZeros(ref Int128 mantissa, int zerosMax)
    {
        int zeros = 0;
        while (zeros < zerosMax && (long)mantissa != mantissa)
        {
            (Int128 quotient, Int128 remainder) = Int128.DivRem(mantissa, 10);
            if (remainder != 0) return zeros;
            mantissa = quotient;
            zeros++;
        }

        if (zeros == zerosMax) return zeros;
        long narrow = (long)mantissa;
        while (zeros < zerosMax)
        {
            long quotient = narrow / 10;
            if (quotient * 10 != narrow) break;
            narrow = quotient;
            zeros++;
        }

        mantissa = narrow;
        return zeros;
    }
}
