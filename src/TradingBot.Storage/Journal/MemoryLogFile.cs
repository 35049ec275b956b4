using System;

namespace TradingBot.Storage.Journal;

/// <summary>A log file in memory, for virtual time: what was not synced can be lost, as when the power is cut.</summary>
public sealed class MemoryLogFile : ILogFile
{
    private byte[] _written = [];
    private byte[] _durable = [];

    public long Length => _written.Length;

    /// <summary>Calls of <see cref="Sync"/>.</summary>
    public long Syncs { get; private set; }

    /// <summary>From here on writing fails, as on a full or broken disk.</summary>
    public bool Broken { get; set; }

    public int Read(long offset, Span<byte> buffer)
    {
        if (offset >= _written.Length) return 0;
        ReadOnlySpan<byte> rest = _written.AsSpan((int)offset);
        int length = Math.Min(rest.Length, buffer.Length);
        rest[..length].CopyTo(buffer);
        return length;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (Broken) throw new System.IO.IOException("The medium is broken (simulated).");
        int end = checked((int)offset + bytes.Length);
        if (end > _written.Length) Array.Resize(ref _written, end);
        bytes.CopyTo(_written.AsSpan((int)offset));
    }

    public void Sync()
    {
        if (Broken) throw new System.IO.IOException("The medium is broken (simulated).");
        Syncs++;
        _durable = (byte[])_written.Clone();
    }

    /// <summary>The power is cut: only what was synced remains, plus the given count of bytes written after it.</summary>
    public void CutPower(int tornBytes = 0)
    {
        byte[] left = (byte[])_durable.Clone();
        int keep = Math.Min(_written.Length, left.Length + tornBytes);
        if (keep > left.Length)
        {
            int from = left.Length;
            Array.Resize(ref left, keep);
            _written.AsSpan(from, keep - from).CopyTo(left.AsSpan(from));
        }

        _written = left;
        _durable = (byte[])left.Clone();
    }

    /// <summary>Alters one byte in place, as a failing medium would.</summary>
    public void Corrupt(long offset, byte mask)
    {
        _written[offset] ^= mask;
        _durable = (byte[])_written.Clone();
    }

    public void Dispose()
    {
    }
}
