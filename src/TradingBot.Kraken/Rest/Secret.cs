using System;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace TradingBot.Kraken.Rest;

/// <summary>
/// Text nobody may print by accident: it leaves only through <see cref="Bytes"/> and <see cref="Reveal"/>.
/// </summary>
/// <remarks>
/// It lies in memory that the collector never moves, so that it leaves no copies behind, and is overwritten when the
/// secret is disposed of or forgotten.
/// </remarks>
public sealed class Secret : IDisposable
{
    private readonly byte[] _bytes;
    private bool _isGone;

    /// <exception cref="ArgumentException">The text is empty.</exception>
    public Secret(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(value), pinned: true);
        Encoding.UTF8.GetBytes(value, _bytes);
    }

    /// <summary>Takes a copy of UTF-8 text, or of a key's bytes.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public Secret(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) throw new ArgumentException("A secret has at least one byte.", nameof(value));
        _bytes = GC.AllocateUninitializedArray<byte>(value.Length, pinned: true);
        value.CopyTo(_bytes);
    }

    ~Secret() => CryptographicOperations.ZeroMemory(_bytes);

    /// <summary>The bytes themselves: for signing and for the wire, nowhere else.</summary>
    /// <exception cref="ObjectDisposedException">It was overwritten.</exception>
    [JsonIgnore]
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isGone, this);
            return _bytes;
        }
    }

    /// <summary>A copy as text, for an HTTP header, whose interface takes nothing else.</summary>
    /// <exception cref="ObjectDisposedException">It was overwritten.</exception>
    public string Reveal() => Encoding.UTF8.GetString(Bytes);

    /// <summary>Twelve hex digits of its SHA-256: tells one key from another in files and messages.</summary>
    public string Fingerprint()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Bytes, hash);
        return Convert.ToHexStringLower(hash[..6]);
    }

    /// <summary>Overwrites it. Whoever holds it must not ask again.</summary>
    public void Dispose()
    {
        _isGone = true;
        CryptographicOperations.ZeroMemory(_bytes);
        GC.SuppressFinalize(this);
    }

    public override string ToString() => "***";
}
