// In:     a paper account after each change.   Out: the same account at the next start, or why not.
// Thread: the caller's; a save waits for the disk.
// Keeps:  the file is whole or the one before it: written beside it, synced, renamed over it; its first line is the
//         hash of the rest.
using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using TradingBot.Market.Values;

namespace TradingBot.Simulation.Paper;

/// <summary>The file of a paper account.</summary>
internal sealed class PaperAccountFile(string path)
{
    private const string Remedy = "Restore it from a copy, or move it away to begin with a new paper account.";

    private static readonly JsonSerializerOptions Format = new()
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        WriteIndented = true,
    };

    public string Path => path;

    /// <summary>
    /// Reads the account; false, with the reason, when what lies there cannot be used. No file is a new account: null.
    /// </summary>
    public bool TryLoad(string mark, out PaperAccount? account, out string fault)
    {
        account = null;
        fault = "";
        byte[] bytes;
        try
        {
            if (!File.Exists(path)) return true;
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            fault = $"The paper account {path} cannot be read: {cause.Message}";
            return false;
        }

        int end = Array.IndexOf(bytes, (byte)'\n');
        ReadOnlySpan<byte> json = bytes.AsSpan(end + 1);
        bool isWhole = end > 0 && Encoding.ASCII.GetString(bytes, 0, end) == HashOf(json);
        string? wrong = isWhole ? Parse(json, out account) : "its first line is not the hash of the rest";
        if (wrong is null && account!.Mark != mark) wrong = $"it belongs to '{account.Mark}', not to '{mark}'";
        if (wrong is null) return true;
        account = null;
        fault = $"The paper account {path} cannot be used: {wrong}. {Remedy}";
        return false;
    }

    /// <summary>Replaces the file; false when the disk refuses, and then the file is as it was.</summary>
    public bool TrySave(PaperAccount account)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(account, Format);
        string beside = path + ".new";
        try
        {
            using (SafeFileHandle handle = File.OpenHandle(beside, FileMode.Create, FileAccess.Write))
            {
                byte[] first = Encoding.ASCII.GetBytes(HashOf(json) + "\n");
                RandomAccess.Write(handle, first, 0);
                RandomAccess.Write(handle, json, first.Length);
                RandomAccess.FlushToDisk(handle);
            }

            File.Move(beside, path, overwrite: true);
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? Parse(ReadOnlySpan<byte> json, out PaperAccount? account)
    {
        account = null;
        try
        {
            account = JsonSerializer.Deserialize<PaperAccount>(json, Format);
            return account is null ? "it is empty" : account.Fault();
        }
        catch (JsonException cause)
        {
            return $"it is not an account of this version ({cause.Message})";
        }
    }

    private static string HashOf(ReadOnlySpan<byte> json)
    {
        StableHash hash = default;
        hash.Add(json.Length);
        foreach (byte b in json) hash.Add((ulong)b);
        return hash.Value.ToString("x16", CultureInfo.InvariantCulture);
    }
}
