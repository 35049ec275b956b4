using System;

namespace TradingBot.Storage.Journal;

/// <summary>A file as the intent log needs it: positioned writes, and a sync that makes them durable.</summary>
/// <remarks>
/// Inhabitants: <see cref="DiskLogFile"/>, <see cref="MemoryLogFile"/> whose power can be cut, and
/// <see cref="JournaledLogFile"/> in front of either.
/// </remarks>
public interface ILogFile : IDisposable
{
    long Length { get; }

    /// <summary>
    /// Reads up to the buffer's length; fewer bytes only at the end of the file. Others may read while one writes.
    /// </summary>
    int Read(long offset, Span<byte> buffer);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Returns when everything written is on the medium.</summary>
    void Sync();
}
