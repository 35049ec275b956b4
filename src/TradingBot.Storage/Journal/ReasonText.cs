using System;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace TradingBot.Storage.Journal;

/// <summary>Why an operator halted or resumed, inside a record: at most 64 bytes of UTF-8, no reference.</summary>
public struct ReasonText : IEquatable<ReasonText>
{
    /// <summary>Longest reason kept.</summary>
    public const int BytesMax = 64;

    private Block _bytes;

    public int Length { get; private set; }

    /// <summary>The reason, cut to whole characters when it is longer than a record holds.</summary>
    public static ReasonText Of(string reason)
    {
        ReasonText text = default;
        Utf8.FromUtf16(reason, text._bytes, out _, out int written);
        text.Length = written;
        return text;
    }

    public static ReasonText Of(ReadOnlySpan<byte> reason)
    {
        ReasonText text = new() { Length = Math.Min(reason.Length, BytesMax) };
        reason[..text.Length].CopyTo(text._bytes);
        return text;
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => ((ReadOnlySpan<byte>)_bytes)[..Length];

    public override readonly string ToString() => Encoding.UTF8.GetString(AsSpan());

    public readonly bool Equals(ReasonText other) => AsSpan().SequenceEqual(other.AsSpan());

    public override readonly bool Equals(object? obj) => obj is ReasonText other && Equals(other);

    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(AsSpan());
        return hash.ToHashCode();
    }

    public static bool operator ==(ReasonText left, ReasonText right) => left.Equals(right);

    public static bool operator !=(ReasonText left, ReasonText right) => !left.Equals(right);

    [InlineArray(BytesMax)]
    private struct Block
    {
        private byte _first;
    }
}
