// In:     where one key lies: a file, a credential of systemd, a variable.   Out: the key as a Secret, or a fault that
//         never holds it.
// Thread: the starting one.
// Keeps:  a file that others may read, own or swap is refused; no message carries a byte of the content; what was read
//         on the way is overwritten.
using System;
using System.Buffers.Text;
using System.Collections;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using TradingBot.Kraken.Rest;

namespace TradingBot.Worker.Settings;

/// <summary>One key of the venue, read from a place of its own.</summary>
/// <param name="Path">
/// The file's path, <c>credential:NAME</c> of systemd, or <c>env:NAME</c>, a variable of the environment.
/// </param>
/// <param name="Value">The key.</param>
/// <param name="Bytes">Bytes of the key, without the line's end.</param>
internal sealed record SecretFile(string Path, Secret Value, int Bytes)
{
    public const string CredentialPrefix = "credential:";
    public const string VariablePrefix = "env:";

    /// <summary>Where systemd puts the credentials of a service.</summary>
    public const string CredentialsFolder = "CREDENTIALS_DIRECTORY";

    /// <summary>Kraken's keys have 56 and 88 bytes.</summary>
    private const int BytesMax = 512;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What is not wrong and could be better; empty when nothing is.</summary>
    public string Notice { get; private init; } = "";

    /// <summary>It came from where others may see it: that is told at every start.</summary>
    public bool IsExposed => Path.StartsWith(VariablePrefix, StringComparison.Ordinal);

    /// <summary>Reads the key; null with the fault when it cannot be used.</summary>
    /// <param name="path">The file, from the working directory; or one of the other places.</param>
    /// <param name="isBase64">The key must be base64, as the venue's private keys are.</param>
    /// <param name="fault">What is wrong and what to do, without the content; empty when nothing is.</param>
    public static SecretFile? Read(string path, bool isBase64, out string fault)
    {
        byte[] bytes = GC.AllocateArray<byte>(BytesMax + 1, pinned: true);
        try
        {
            int count;
            string notice;
            string name;
            if (path.StartsWith(VariablePrefix, StringComparison.Ordinal))
            {
                name = $"the variable {path[VariablePrefix.Length..]}";
                notice = $"{path}: every process of this user can read a variable, and it lands in dumps: use a file "
                    + "of mode 400, or a credential of systemd";
                count = ReadVariable(path[VariablePrefix.Length..], bytes, out fault);
            }
            else
            {
                bool isCredential = path.StartsWith(CredentialPrefix, StringComparison.Ordinal);
                name = $"the file {SettingFault.Printable(path)}";
                count = ReadFile(path, name, isCredential, bytes, out notice, out fault);
            }

            if (fault.Length > 0) return null;
            fault = Check(name, bytes.AsSpan(0, count), isBase64, out int length);
            return fault.Length > 0 ? null
                : new SecretFile(path, new Secret(bytes.AsSpan(0, length)), length) { Notice = notice };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static int ReadVariable(string variable, byte[] bytes, out string fault)
    {
        fault = "";
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if ((string)entry.Key != variable) continue;
            if ((string?)entry.Value is not { Length: > 0 and <= BytesMax } text) continue;
            return Encoding.UTF8.TryGetBytes(text, bytes, out int count) ? count : bytes.Length;
        }

        fault = $"there is no variable {variable}, or it holds nothing: set it, or better name a file of mode 400";
        return 0;
    }

    private static int ReadFile(
        string path, string name, bool isCredential, byte[] bytes, out string notice, out string fault)
    {
        notice = "";
        string? place = isCredential
            ? CredentialPlace(path[CredentialPrefix.Length..], out fault)
            : Outside(path, name, out fault);
        if (place is null) return 0;
        try
        {
            using FileStream file = new(place, FileMode.Open, FileAccess.Read, FileShare.Read);
            // Asked of the open file: nobody can swap it between the look and the read.
            UnixFileMode mode = OperatingSystem.IsWindows() ? Others : File.GetUnixFileMode(file.SafeFileHandle);
            // systemd keeps the folder of credentials shut, and may let a service read them by its group.
            if ((mode & Others & (isCredential ? ~UnixFileMode.GroupRead : Others)) != 0)
            {
                fault = $"{name} may be read or changed by others than its owner: chmod 400 it";
                return 0;
            }

            string owner = FileOwner.WhyNotOurs(file.SafeFileHandle, place, rootToo: isCredential);
            if (owner.Length > 0)
            {
                fault = $"{name} {owner}";
                return 0;
            }

            if ((mode & (UnixFileMode.UserWrite | UnixFileMode.UserExecute)) != 0)
            {
                notice = $"{path}: the worker need not write it: chmod 400 it";
            }

            return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException
            or NotSupportedException or ArgumentException)
        {
            bool missing = unreadable is FileNotFoundException or DirectoryNotFoundException;
            fault = missing
                ? $"there is no {name[4..]}: write the key into a file of mode 400 and name that file here"
                : $"{name} cannot be read by this user: it must be a file, and belong to the worker's user";
            return 0;
        }
    }

    private static string? CredentialPlace(string credential, out string fault)
    {
        fault = "";
        string? folder = Environment.GetEnvironmentVariable(CredentialsFolder);
        bool isName = credential.Length > 0 && credential.AsSpan().IndexOfAny('/', '\0') < 0 && credential[0] != '.';
        if (folder is not null && isName) return System.IO.Path.Combine(folder, credential);
        fault = isName
            ? $"there are no credentials: {CredentialsFolder} is not set; LoadCredential= of the systemd unit sets it"
            : $"'{credential}' is no name of a credential";
        return null;
    }

    /// <summary>A key in a folder that git watches is one 'git add' away from everybody.</summary>
    private static string? Outside(string path, string name, out string fault)
    {
        fault = "";
        try
        {
            string whole = System.IO.Path.GetFullPath(path);
            if (!File.Exists(whole)) return whole;
            for (DirectoryInfo? folder = Directory.GetParent(whole); folder is not null; folder = folder.Parent)
            {
                string git = System.IO.Path.Combine(folder.FullName, ".git");
                if (!Directory.Exists(git) && !File.Exists(git)) continue;
                fault = $"{name} lies inside the git repository {folder.FullName}, from where it would be shared: move "
                    + "it elsewhere";
                return null;
            }

            return whole;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException
            or NotSupportedException or ArgumentException)
        {
            fault = $"{name} cannot be read by this user: it must be a file, and belong to the worker's user";
            return null;
        }
    }

    private static string Check(string name, Span<byte> bytes, bool isBase64, out int length)
    {
        length = bytes.TrimEnd("\r\n"u8).Length;
        if (bytes.Length > BytesMax) return $"{name} is larger than {BytesMax} bytes: it holds no key";
        if (length == 0) return $"{name} is empty: write the key into it";
        foreach (byte b in bytes[..length])
        {
            if (b is > (byte)' ' and <= (byte)'~') continue;
            return $"{name} holds more than one line of plain text: it must hold the key and nothing else";
        }

        bool readable = !isBase64 || Base64.IsValid(bytes[..length]);
        return readable ? "" : $"{name} does not hold base64: is it the private key, and all of it?";
    }
}
