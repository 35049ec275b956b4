using System;

namespace TradingBot.Storage.Journal;

/// <summary>
/// An intent log's file whose writes and syncs are recorded: a medium that refuses is an input like any other.
/// </summary>
public sealed class JournaledLogFile(ILogFile file) : ILogFile
{
    /// <summary>Set between opening the log, which tells the epoch, and the worker's start.</summary>
    public InputJournal? Journal { get; set; }

    public long Length => file.Length;

    public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        bool done = false;
        try
        {
            file.Write(offset, bytes);
            done = true;
        }
        finally
        {
            Journal?.LogWrite(offset, bytes, done);
        }
    }

    public void Sync()
    {
        bool done = false;
        try
        {
            file.Sync();
            done = true;
        }
        finally
        {
            Journal?.LogSync(done);
        }
    }

    /// <summary>Whoever opened the file closes it.</summary>
    public void Dispose() => Journal = null;
}
