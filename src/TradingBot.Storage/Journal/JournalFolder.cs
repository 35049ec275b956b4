// In:     a folder, an epoch, and how many bytes all its journals may have together.   Out: a new journal's file.
// Thread: Create by the one that starts; TryMakeRoom by the journal's writer.
// Keeps:  the oldest journals go first; the one being written and those another process holds are never deleted.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.Win32.SafeHandles;

namespace TradingBot.Storage.Journal;

/// <summary>The input journals of a data folder.</summary>
public sealed class JournalFolder(string folder, long bytesMax = JournalFolder.BytesMaxDefault)
{
    /// <summary>2 GiB: docs/journal-format.md tells how long that lasts.</summary>
    public const long BytesMaxDefault = 2L << 30;

    private const string Pattern = "inputs-*.tbj";
    private const int NamesMax = 1_000;

    private readonly Queue<(string Path, long Bytes)> _others = [];
    private long _othersBytes;

    /// <summary>Where the journal lies that <see cref="Create"/> made.</summary>
    public string Path { get; private set; } = "";

    /// <summary>Journals that had to go.</summary>
    public int Deleted { get; private set; }

    /// <summary>
    /// Makes <c>inputs-EPOCH.tbj</c>, readable by its owner alone; when a start that came to nothing left one of that
    /// name, <c>inputs-EPOCH-2.tbj</c> and so on.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written, or every name is taken.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public DiskLogFile Create(uint epoch)
    {
        Directory.CreateDirectory(folder);
        Path = FreeName(epoch);
        DiskLogFile file = DiskLogFile.Open(Path, preallocatedBytes: 0);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (FileInfo other in new DirectoryInfo(folder).GetFiles(Pattern)
            .Where(other => other.FullName != System.IO.Path.GetFullPath(Path))
            .OrderBy(other => other.LastWriteTimeUtc).ThenBy(other => other.Name, StringComparer.Ordinal))
        {
            _others.Enqueue((other.FullName, other.Length));
            _othersBytes += other.Length;
        }

        return file;
    }

    /// <summary>Deletes older journals until a current one of so many bytes fits; false when it does not.</summary>
    internal bool TryMakeRoom(long currentBytes)
    {
        if (currentBytes > bytesMax) return false;
        while (_othersBytes + currentBytes > bytesMax && _others.TryDequeue(out (string Path, long Bytes) oldest))
        {
            _othersBytes -= oldest.Bytes;
            if (TryDelete(oldest.Path)) Deleted++;
        }

        return true;
    }

    private string FreeName(uint epoch)
    {
        for (int n = 1; n <= NamesMax; n++)
        {
            string name = n == 1 ? $"inputs-{epoch}.tbj"
                : string.Create(CultureInfo.InvariantCulture, $"inputs-{epoch}-{n}.tbj");
            string path = System.IO.Path.Combine(folder, name);
            if (!File.Exists(path)) return path;
        }

        throw new IOException($"{folder} holds {NamesMax} journals of start {epoch}: move them away.");
    }

    /// <summary>False when it stays: held by another process, or not ours to delete.</summary>
    private static bool TryDelete(string path)
    {
        try
        {
            using (SafeFileHandle held = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.None))
            {
                File.Delete(path);
            }

            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
