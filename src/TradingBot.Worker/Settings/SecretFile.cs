// In:     the path of a file that holds one key.   Out: the key as a Secret, or a fault that never holds it.
// Thread: the starting one.
// Keeps:  a file that group or others may read is refused; no message carries a byte of the content.
using System;
using System.IO;
using System.Text;
using TradingBot.Kraken.Rest;

namespace TradingBot.Worker.Settings;

/// <summary>One key of the venue, read from a file of its own.</summary>
/// <param name="Path">The file.</param>
/// <param name="Value">The key.</param>
/// <param name="Bytes">Bytes of the key, without the line's end.</param>
internal sealed record SecretFile(string Path, Secret Value, int Bytes)
{
    /// <summary>Kraken's keys have 56 and 88 bytes.</summary>
    private const int BytesMax = 4_096;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads the file; null with the fault when it cannot be used.</summary>
    /// <param name="path">The file, from the working directory.</param>
    /// <param name="isBase64">The key must be base64, as the venue's private keys are.</param>
    /// <param name="fault">What is wrong and what to do, without the content; empty when nothing is.</param>
    public static SecretFile? Read(string path, bool isBase64, out string fault)
    {
        string name = SettingFault.Printable(path);
        byte[] bytes;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            // Asked of the open file: nobody can swap it between the look and the read.
            if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
            {
                fault = $"the file {name} may be read or changed by others than its owner: chmod 600 it";
                return null;
            }

            bytes = new byte[BytesMax + 1];
            int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            bytes = bytes[..count];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException
            or NotSupportedException or ArgumentException)
        {
            bool missing = unreadable is FileNotFoundException or DirectoryNotFoundException;
            fault = missing
                ? $"there is no file {name}: write the key into a file of mode 600 and name that file here"
                : $"the file {name} cannot be read by this user: it must be a file, and belong to the worker's user";
            return null;
        }

        fault = Check(name, bytes, isBase64, out string text);
        return fault.Length == 0 ? new SecretFile(path, new Secret(text), text.Length) : null;
    }

    private static string Check(string name, ReadOnlySpan<byte> bytes, bool isBase64, out string text)
    {
        text = Encoding.Latin1.GetString(bytes).TrimEnd('\r', '\n');
        if (bytes.Length > BytesMax) return $"the file {name} is larger than {BytesMax} bytes: it holds no key";
        if (text.Length == 0) return $"the file {name} is empty: write the key into it";
        foreach (char c in text)
        {
            if (c is > ' ' and <= '~') continue;
            return $"the file {name} holds more than one line of plain text: it must hold the key and nothing else";
        }

        bool readable = !isBase64 || Convert.TryFromBase64String(text, new byte[text.Length], out _);
        return readable ? "" : $"the file {name} does not hold base64: is it the private key, and all of it?";
    }
}
