// In:     a plain file of known length.   Out: spans of its bytes, without copies and without a call per frame.
// Thread: the one that reads.
// Keeps:  no span reaches beyond the length the file had when it was opened.
// Budget: one page fault per 64 KiB read ahead by the system (row X2 of the ratios pays for this file).
// SAFETY: every span is checked against the mapped length, and lives on the stack of the reading thread, which also
//         owns this object: nobody disposes the mapping under a span. The bytes are the kernel's, not the collector's,
//         so they never move. What no check can give: a file that another process cuts short while it is mapped ends
//         this process (SIGBUS), as with every program that maps files.
using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TradingBot.Storage.Capture;

/// <summary>A file's bytes, read where the system's cache holds them.</summary>
internal sealed class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly nint _address;

    private MappedFile(MemoryMappedFile file, long length)
    {
        _file = file;
        Length = length;
        _view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _address = _view.SafeMemoryMappedViewHandle.DangerousGetHandle() + (nint)_view.PointerOffset;
    }

    public long Length { get; }

    /// <summary>
    /// Maps a regular file that is not empty, and takes it over; null leaves it to the caller, to be read as a stream.
    /// </summary>
    public static MappedFile? TryMap(FileStream file)
    {
        // Pipes and devices cannot seek, and files of /proc say that they are empty.
        if (!file.CanSeek || file.Length == 0) return null;
        try
        {
            long length = file.Length;
            MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
                file, null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new MappedFile(mapping, length);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Some file systems do not map; the stream will tell what is wrong, if anything is.
            return null;
        }
    }

    /// <summary>Bytes from an offset on, at most as many as asked for; empty at the end.</summary>
    public ReadOnlySpan<byte> Span(long offset, int bytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(bytesMax);
        long left = Length - offset;
        if (left <= 0) return default;
        ref byte start = ref Unsafe.AddByteOffset(ref Unsafe.NullRef<byte>(), _address + (nint)offset);
        return MemoryMarshal.CreateReadOnlySpan(ref start, (int)Math.Min(left, bytesMax));
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
