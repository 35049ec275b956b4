// In:     a folder and a key's fingerprint.   Out: the key's nonces, reserved in a file before they are used.
// Thread: the one that asks for a nonce.
// Keeps:  the file is replaced whole; what it says is durable before a nonce of that block is given out.
using System;
using System.Globalization;
using System.IO;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TradingBot.Kraken.Rest;

/// <summary>Where the nonces of one key are reserved.</summary>
public static class NonceFile
{
    private const string Magic = "tradingbot-nonce 1 ";
    private const int BytesMax = 64;

    /// <summary>The file of a key, by its fingerprint: keys have nonces of their own.</summary>
    public static string PathOf(string folder, Secret key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Path.Combine(folder, $"nonce-{key.Fingerprint()}");
    }

    /// <summary>The key's nonces, above everything the file has reserved; null when it cannot be believed.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static NonceSource? Open(string folder, Secret key, out string fault)
    {
        fault = "";
        string path = PathOf(folder, key);
        long reserved = 0;
        if (File.Exists(path) && !TryRead(path, out reserved))
        {
            fault = $"{path} does not say which nonces of the key were used: move it away if this machine's clock "
                + "never stepped back since the key was last used; else make a new key.";
            return null;
        }

        // Written at once: a folder that takes no file is known before anything is signed.
        Write(path, reserved);
        return new NonceSource(reserved, to => TryWrite(path, to));
    }

    private static bool TryRead(string path, out long reserved)
    {
        reserved = 0;
        byte[] bytes = new byte[BytesMax];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        string text = Encoding.ASCII.GetString(bytes, 0, count);
        return text.StartsWith(Magic, StringComparison.Ordinal) && text.EndsWith('\n')
            && long.TryParse(
                text.AsSpan(Magic.Length).TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out reserved);
    }

    private static bool TryWrite(string path, long reserved)
    {
        try
        {
            Write(path, reserved);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Write(string path, long reserved)
    {
        string beside = path + ".new";
        using (SafeFileHandle file = File.OpenHandle(beside, FileMode.Create, FileAccess.Write))
        {
            byte[] text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Magic}{reserved}\n"));
            RandomAccess.Write(file, text, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(beside, path, overwrite: true);
    }
}
