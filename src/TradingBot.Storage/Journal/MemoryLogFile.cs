using System;
using System.Threading;

namespace TradingBot.Storage.Journal;

/// <summary>
/// A log file in memory, for virtual time: what was not synced can be lost, as when the power is cut.
/// </summary>
/// <remarks>For logs that only grow: what a sync covered is never written again.</remarks>
public sealed class MemoryLogFile : ILogFile
{
    private byte[] _bytes = [];
    private int _length;
    private int _durable;

    public long Length => _length;

    /// <summary>Calls of <see cref="Sync"/>.</summary>
    public long Syncs { get; private set; }

    /// <summary>Told after each sync: where a test lets time pass in the middle of a step.</summary>
    public Action? Synced { get; set; }

    /// <summary>From here on writing fails, as on a full or broken disk.</summary>
    public bool Broken { get; set; }

    public int Read(long offset, Span<byte> buffer)
    {
        // The length first: bytes that it covers are in every array seen after it, also while another thread appends.
        int written = Volatile.Read(ref _length);
        if (offset >= written) return 0;
        ReadOnlySpan<byte> rest = _bytes.AsSpan((int)offset, written - (int)offset);
        int length = Math.Min(rest.Length, buffer.Length);
        rest[..length].CopyTo(buffer);
        return length;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (Broken) throw new System.IO.IOException("The medium is broken (simulated).");
        int end = checked((int)offset + bytes.Length);
        if (end > _bytes.Length) Array.Resize(ref _bytes, Math.Max(end, 2 * _bytes.Length));
        bytes.CopyTo(_bytes.AsSpan((int)offset));
        Volatile.Write(ref _length, Math.Max(_length, end));
    }

    public void Sync()
    {
        if (Broken) throw new System.IO.IOException("The medium is broken (simulated).");
        Syncs++;
        _durable = _length;
        Synced?.Invoke();
    }

    /// <summary>
    /// The power is cut: only what was synced remains, plus the given count of bytes written after it.
    /// </summary>
    public void CutPower(int tornBytes = 0)
    {
        _length = Math.Min(_length, _durable + tornBytes);
        _bytes.AsSpan(_length).Clear();
        _durable = _length;
    }

    /// <summary>Alters one byte in place, as a failing medium would.</summary>
    public void Corrupt(long offset, byte mask)
    {
        _bytes[offset] ^= mask;
    }

    public void Dispose()
    {
    }
}
