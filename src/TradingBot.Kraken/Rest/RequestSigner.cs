using System;
using System.Security.Cryptography;
using System.Text;

namespace TradingBot.Kraken.Rest;

/// <summary>
/// Signs private REST requests: base64(HMAC-SHA512(base64-decoded secret, path + SHA-256(nonce + body))).
/// </summary>
/// <remarks>
/// https://docs.kraken.com/exchange/guides/rest/authentication. Body means the exact bytes that are sent.
/// </remarks>
public sealed class RequestSigner
{
    private readonly byte[] _key;

    /// <exception cref="FormatException">The secret is not base64.</exception>
    public RequestSigner(Secret secret) => _key = Convert.FromBase64String(secret.Reveal());

    /// <summary>The value of the header <c>API-Sign</c>.</summary>
    /// <param name="path">Path without host and query, as <c>/0/private/AddOrder</c>.</param>
    /// <param name="nonce">The nonce's decimal text, as it stands in the body.</param>
    /// <param name="body">The bytes of the body.</param>
    public string Sign(string path, string nonce, ReadOnlySpan<byte> body)
    {
        byte[] nonceAndBody = new byte[Encoding.UTF8.GetByteCount(nonce) + body.Length];
        int nonceBytes = Encoding.UTF8.GetBytes(nonce, nonceAndBody);
        body.CopyTo(nonceAndBody.AsSpan(nonceBytes));

        byte[] message = new byte[Encoding.UTF8.GetByteCount(path) + SHA256.HashSizeInBytes];
        int pathBytes = Encoding.UTF8.GetBytes(path, message);
        SHA256.HashData(nonceAndBody, message.AsSpan(pathBytes));
        return Convert.ToBase64String(HMACSHA512.HashData(_key, message));
    }
}
