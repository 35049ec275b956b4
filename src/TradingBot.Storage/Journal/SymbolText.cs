using System;
using System.Runtime.CompilerServices;

namespace TradingBot.Storage.Journal;

/// <summary>A symbol's bytes inside a record: at most 32, no reference.</summary>
public struct SymbolText : IEquatable<SymbolText>
{
    private Block _bytes;

    public int Length { get; private set; }

    public static SymbolText Of(ReadOnlySpan<byte> symbol)
    {
        if (symbol.Length > IntentRecord.SymbolBytesMax) throw new ArgumentException("A symbol has at most 32 bytes.");
        SymbolText text = new() { Length = symbol.Length };
        symbol.CopyTo(text._bytes);
        return text;
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => ((ReadOnlySpan<byte>)_bytes)[..Length];

    public readonly bool Equals(SymbolText other) => AsSpan().SequenceEqual(other.AsSpan());

    public override readonly bool Equals(object? obj) => obj is SymbolText other && Equals(other);

    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(AsSpan());
        return hash.ToHashCode();
    }

    public static bool operator ==(SymbolText left, SymbolText right) => left.Equals(right);

    public static bool operator !=(SymbolText left, SymbolText right) => !left.Equals(right);

    [InlineArray(IntentRecord.SymbolBytesMax)]
    private struct Block
    {
        private byte _first;
    }
}
