using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace TradingBot.Storage.Journal;

/// <summary>A log file on disk; unless it is shared, a second process that opens it is refused.</summary>
public sealed class DiskLogFile : ILogFile
{
    private readonly SafeFileHandle _handle;

    private DiskLogFile(SafeFileHandle handle)
    {
        _handle = handle;
    }

    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>
    /// Opens or creates the file and gives it its size at once, so that appending needs no new blocks.
    /// </summary>
    /// <exception cref="IOException">Held by another process, no room, or a fault of the medium.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or file may not be written.</exception>
    public static DiskLogFile Open(string path, long preallocatedBytes)
    {
        bool exists = File.Exists(path);
        SafeFileHandle handle = File.OpenHandle(
            path, exists ? FileMode.Open : FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.None,
            exists ? 0 : preallocatedBytes);
        return new DiskLogFile(handle);
    }

    /// <summary>Makes a new file that others may read meanwhile.</summary>
    /// <exception cref="IOException">It is there already, or a fault of the medium.</exception>
    public static DiskLogFile CreateShared(string path) => Share(path, FileMode.CreateNew);

    /// <summary>Opens or makes a file that others may read meanwhile.</summary>
    /// <exception cref="IOException">A fault of the medium.</exception>
    public static DiskLogFile OpenShared(string path) => Share(path, FileMode.OpenOrCreate);

    /// <summary>Opens a file for reading alone.</summary>
    /// <exception cref="IOException">It is not there, held by another process, or a fault of the medium.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static DiskLogFile OpenToRead(string path) => new(
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Cuts or lengthens the file.</summary>
    /// <exception cref="IOException">A fault of the medium.</exception>
    public void SetLength(long bytes) => RandomAccess.SetLength(_handle, bytes);

    /// <summary>Whether opening failed because another process holds the file.</summary>
    /// <remarks>The runtime tells of a lock by the system's number alone: EAGAIN, or a sharing violation.</remarks>
    public static bool IsHeld(IOException fault)
    {
        const int LinuxAgain = 11;
        const int MacAgain = 35;
        const int WindowsSharing = unchecked((int)0x8007_0020);
        ArgumentNullException.ThrowIfNull(fault);
        int again = OperatingSystem.IsMacOS() ? MacAgain : OperatingSystem.IsWindows() ? WindowsSharing : LinuxAgain;
        return fault.HResult == again;
    }

    public int Read(long offset, Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(_handle, buffer[total..], offset + total);
            if (read == 0) break;
            total += read;
        }

        return total;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    public void Sync() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _handle.Dispose();

    private static DiskLogFile Share(string path, FileMode mode) => new(
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
}
