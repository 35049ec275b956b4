// In:     where things lie.   Out: findings: keys' files, room, log and database, and whether a worker has them.
// Thread: the caller's.
// Keeps:  nothing is created that a start would create; what a start would refuse is refused here in the same words.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Microsoft.Win32.SafeHandles;
using TradingBot.Storage.Database;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Health;

/// <summary>What lies on this machine.</summary>
internal static class PlaceChecks
{
    private const long WarnBytes = 5L << 30;
    private const long FailBytes = 512L << 20;
    private const double SlowMs = 50;

    public static IEnumerable<Finding> KeyFiles(WorkerSettings settings)
    {
        foreach (SecretFile key in settings.Venue.Keys)
        {
            string check = $"key {key.Path}";
            yield return key.Notice.Length == 0
                ? Finding.Ok(check, string.Create(CultureInfo.InvariantCulture, $"{key.Bytes} bytes, only this user's"))
                : Finding.Warn(check, key.Notice, "");
        }
    }

    /// <summary>Room and speed of the disk the folder is on.</summary>
    public static Finding Disk(string folder)
    {
        const string Check = "disk";
        try
        {
            Directory.CreateDirectory(folder);
            DriveInfo drive = new(Path.GetFullPath(folder));
            string probe = Path.Combine(folder, ".doctor");
            long start = Stopwatch.GetTimestamp();
            using (SafeFileHandle file = File.OpenHandle(
                probe, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose))
            {
                RandomAccess.Write(file, new byte[4_096], 0);
                RandomAccess.FlushToDisk(file);
            }

            double ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            string found = string.Create(
                CultureInfo.InvariantCulture,
                $"{drive.AvailableFreeSpace / 1e9:0.0} GB free at {folder}, a durable write takes {ms:0.0} ms");
            long free = drive.AvailableFreeSpace;
            if (free < FailBytes) return Finding.Fail(Check, found, "make room: the log must not be stopped");
            if (free < WarnBytes) return Finding.Warn(Check, found, "make room, or prune recordings");
            return ms > SlowMs
                ? Finding.Warn(Check, found, "every order waits for such a write: use a faster disk, or a calmer one")
                : Finding.Ok(Check, found);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Finding.Fail(Check, $"{folder}: {fault.Message}", "choose another storage.url (--data)");
        }
    }

    /// <summary>Opens log and database as a start would; tells whether somebody else has them.</summary>
    /// <param name="settings">Say where, and whose.</param>
    /// <param name="isHeld">A worker has the folder now.</param>
    public static Finding Database(WorkerSettings settings, out bool isHeld)
    {
        const string Check = "database";
        isHeld = false;
        string log = Path.Combine(settings.Storage.Folder, DataFolder.LogName);
        if (!File.Exists(log))
        {
            return Finding.Ok(Check, $"none yet: the first start makes log and database for {settings.Mark}");
        }

        try
        {
            AccountMark mark = AccountMark.Parse(settings.Mark);
            using DataFolder? data = DataFolder.Open(settings.Storage, mark, out string error, out int exitCode);
            if (data is not null)
            {
                return Finding.Ok(Check, string.Create(
                    CultureInfo.InvariantCulture,
                    $"of {mark}; {data.Log.Records} records in the log, {data.Recovered.Count} read back"));
            }

            isHeld = exitCode == ExitCode.Held;
            return isHeld
                ? Finding.Warn(Check, $"a worker has {log}: its page tells more", "")
                : Finding.Fail(Check, error, "");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(Check, fault.Message, "choose another storage.url (--data)");
        }
    }
}
