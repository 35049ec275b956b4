using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace TradingBot.Kraken.Rest;

/// <summary>The bytes of an answer: as they came, unpacked, and what is wrong with them.</summary>
/// <param name="Raw">As they came.</param>
/// <param name="Plain">Unpacked; empty where that failed.</param>
/// <param name="Fault">What is wrong, in our words.</param>
/// <param name="IsCut">The connection ended before the body did.</param>
internal readonly record struct RestBody(byte[] Raw, byte[] Plain, string? Fault, bool IsCut = false)
{
    private const int GzipTrailerBytes = 8;

    /// <summary>Reads all that comes, up to a limit, and unpacks it.</summary>
    public static async Task<RestBody> ReadAsync(
        HttpContent content, int bytesMax, CancellationToken cancellationToken)
    {
        using Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using MemoryStream read = new();
        try
        {
            bool fits = await TryReadAsync(stream, read, bytesMax, cancellationToken).ConfigureAwait(false);
            if (!fits) return new RestBody(read.ToArray(), [], TooLarge(bytesMax));
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            return new RestBody(read.ToArray(), [], "cut off: " + cut.Message, IsCut: true);
        }

        byte[] raw = read.ToArray();
        string[] codings = [.. content.Headers.ContentEncoding];
        if (codings is []) return new RestBody(raw, raw, null);
        if (codings is not ["gzip"]) return new RestBody(raw, [], $"coded as {string.Join(", ", codings)}, unasked");
        return await UnpackAsync(raw, bytesMax, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The body for a record: text where it is text.</summary>
    public string Text()
    {
        byte[] shown = Plain.Length > 0 ? Plain : Raw;
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(shown);
        }
        catch (DecoderFallbackException)
        {
            return "base64:" + Convert.ToBase64String(shown);
        }
    }

    private static string TooLarge(int bytesMax) => $"more than {bytesMax} bytes";

    private static async Task<RestBody> UnpackAsync(byte[] raw, int bytesMax, CancellationToken cancellationToken)
    {
        try
        {
            using MemoryStream packed = new(raw);
            using GZipStream gzip = new(packed, CompressionMode.Decompress);
            using MemoryStream unpacked = new();
            bool fits = await TryReadAsync(gzip, unpacked, bytesMax, cancellationToken).ConfigureAwait(false);
            if (!fits) return new RestBody(raw, [], TooLarge(bytesMax));
            byte[] plain = unpacked.ToArray();
            // A gzip file that was cut short unpacks without a word; its last four bytes tell the true length.
            bool isWhole = raw.Length > GzipTrailerBytes
                && BinaryPrimitives.ReadUInt32LittleEndian(raw.AsSpan(raw.Length - 4)) == (uint)plain.Length;
            return isWhole ? new RestBody(raw, plain, null) : new RestBody(raw, [], "gzip that ends too early");
        }
        catch (InvalidDataException)
        {
            return new RestBody(raw, [], "said to be gzip, and is not");
        }
    }

    /// <summary>Reads to the end; false when there are more bytes than the limit.</summary>
    private static async Task<bool> TryReadAsync(
        Stream stream, MemoryStream read, int bytesMax, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 << 10];
        while (true)
        {
            int count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0) return true;
            if (read.Length + count > bytesMax) return false;
            read.Write(buffer, 0, count);
        }
    }
}
