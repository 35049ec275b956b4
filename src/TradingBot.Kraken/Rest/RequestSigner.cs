using System;
using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TradingBot.Kraken.Rest;

/// <summary>Signs what the account's keys must sign; one signer for each key.</summary>
/// <remarks>
/// Spot: base64(HMAC-SHA512(secret, path + SHA-256(nonce + body))). Derivatives: base64(HMAC-SHA512(secret,
/// SHA-256(data + nonce + path))), and of their private sockets base64(HMAC-SHA512(secret, SHA-256(challenge))). In all
/// of them the secret is base64-decoded first, and body and data mean the exact bytes that are sent.
/// https://docs.kraken.com/exchange/guides/rest/authentication, https://docs.kraken.com/exchange/guides/futures/rest
/// </remarks>
public sealed class RequestSigner : IDisposable
{
    /// <summary>Paths of derivatives are signed without it.</summary>
    private const string DerivativesPrefix = "/derivatives";

    private readonly Secret _key;

    /// <exception cref="FormatException">The secret is not base64.</exception>
    public RequestSigner(Secret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ReadOnlySpan<byte> text = secret.Bytes;
        Span<byte> decoded = stackalloc byte[512];
        if (text.Length > 512) throw new FormatException("The private key is longer than any of Kraken's.");
        OperationStatus status = Base64.DecodeFromUtf8(text, decoded, out int consumed, out int count);
        bool isKey = status == OperationStatus.Done && consumed == text.Length && count > 0;
        if (isKey) _key = new Secret(decoded[..count]);
        CryptographicOperations.ZeroMemory(decoded);
        if (_key is null) throw new FormatException("The private key is not base64.");
    }

    /// <summary>The value of the header <c>API-Sign</c>.</summary>
    /// <param name="path">Path without host and query, as <c>/0/private/AddOrder</c>.</param>
    /// <param name="nonce">The nonce's decimal text, as it stands in the body.</param>
    /// <param name="body">The bytes of the body.</param>
    public string Sign(string path, string nonce, ReadOnlySpan<byte> body)
    {
        byte[] message = new byte[Encoding.UTF8.GetByteCount(path) + SHA256.HashSizeInBytes];
        int pathBytes = Encoding.UTF8.GetBytes(path, message);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(nonce));
        hash.AppendData(body);
        hash.GetHashAndReset(message.AsSpan(pathBytes));
        return Convert.ToBase64String(HMACSHA512.HashData(_key.Bytes, message));
    }

    /// <summary>The value of the header <c>Authent</c> of the derivatives REST interface.</summary>
    /// <param name="path">Path without host and query; <c>/derivatives</c> before it is not signed.</param>
    /// <param name="nonce">Of the header <c>Nonce</c>; empty where none is sent.</param>
    /// <param name="data">Query or body, encoded as it is sent.</param>
    public string Authenticate(string path, string nonce, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(path);
        bool isPrefixed = path.StartsWith(DerivativesPrefix + "/", StringComparison.Ordinal);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(data);
        hash.AppendData(Encoding.UTF8.GetBytes(nonce));
        hash.AppendData(Encoding.UTF8.GetBytes(isPrefixed ? path[DerivativesPrefix.Length..] : path));
        return Convert.ToBase64String(HMACSHA512.HashData(_key.Bytes, hash.GetHashAndReset()));
    }

    /// <summary>The member <c>signed_challenge</c> of the private derivatives sockets.</summary>
    public string SignChallenge(string challenge) => Convert.ToBase64String(
        HMACSHA512.HashData(_key.Bytes, SHA256.HashData(Encoding.UTF8.GetBytes(challenge))));

    public void Dispose() => _key.Dispose();
}
