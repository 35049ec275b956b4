// In:     an open file and the path it was opened by.   Out: who owns it, and whether the path is a link to it.
// Thread: any.
// Keeps:  asked of the open file itself, so that nobody swaps it between the look and the read.
using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TradingBot.Worker.Settings;

/// <summary>What the runtime does not tell of a file: its owner. Linux only; elsewhere it is not known.</summary>
internal static class FileOwner
{
    private const int WorkingFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7FF;
    private const int Bytes = 256;

    // Offsets of struct statx, which is the same on every architecture (statx(2)).
    private const int OwnerAt = 20;
    private const int ModeAt = 28;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;
    private const int KindMask = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>Why the open file is not one that only this user can have made; empty when it is.</summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="path">By which it was opened.</param>
    /// <param name="rootToo">The superuser may own it, as systemd's credentials.</param>
    public static string WhyNotOurs(SafeFileHandle file, string path, bool rootToo)
    {
        if (!OperatingSystem.IsLinux()) return "";
        byte[] opened = new byte[Bytes];
        byte[] named = new byte[Bytes];
        bool told = statx(file, "", EmptyPath, BasicStats, opened) == 0
            && statxat(WorkingFolder, path, NoFollow, BasicStats, named) == 0;
        if (!told) return "cannot be asked who owns it";
        if ((BinaryPrimitives.ReadUInt16LittleEndian(opened.AsSpan(ModeAt)) & KindMask) != RegularFile)
        {
            return "is no regular file";
        }

        bool same = opened.AsSpan(InodeAt, 8).SequenceEqual(named.AsSpan(InodeAt, 8))
            && opened.AsSpan(DeviceAt, 8).SequenceEqual(named.AsSpan(DeviceAt, 8));
        if (!same) return "is a symbolic link: name the file itself";
        uint owner = BinaryPrimitives.ReadUInt32LittleEndian(opened.AsSpan(OwnerAt));
        return owner == geteuid() || (rootToo && owner == 0) ? "" : "belongs to another user: chown it to the worker's";
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(
        SafeFileHandle folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] buffer);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statxat(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] buffer);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();
}
