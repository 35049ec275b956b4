// In:     ids of entries that may rest at the venue, and a beat.   Out: a small file that a second process reads.
// Thread: the worker's writes; any other process reads.
// Keeps:  an entry's id is in the file before the entry leaves; a half-written file is not believed.
// Budget: one write of at most 4 KiB, no sync: it must outlive the process, not the machine; allocates nothing.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using Microsoft.Win32.SafeHandles;
using TradingBot.Market.Book;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Circle;

/// <summary>What a worker leaves behind for the watchdog: its beat, and the entries nobody would take back.</summary>
internal sealed class EntryHandOver : IDisposable
{
    public const string Name = "entries.watch";

    /// <summary>The gate holds fewer entries alive; beyond it the oldest is forgotten.</summary>
    public const int EntriesMax = 240;

    private const ulong Magic = 0x3143_5457_4254_5442;
    private const int HeadBytes = 32;
    private const int IdBytes = 16;
    private const long BeatEveryNs = 1_000_000_000;

    private readonly SafeFileHandle _file;
    private readonly uint _epoch;
    private readonly byte[] _bytes = new byte[HeadBytes + (EntriesMax * IdBytes) + 4];
    private readonly List<ClientOrderId> _entries = new(EntriesMax);
    private ulong _sequence;
    private long _beatNs;

    /// <exception cref="IOException">The file cannot be made.</exception>
    public EntryHandOver(string folder, uint epoch)
    {
        _epoch = epoch;
        _file = File.OpenHandle(
            PathOf(folder), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        Write();
    }

    /// <summary>Why the file could not be written last time; empty when it could.</summary>
    public string Fault { get; private set; } = "";

    public static string PathOf(string folder) => Path.Combine(folder, Name);

    /// <summary>The worker lives: told to the file once a second.</summary>
    public void Beat(long nowNs)
    {
        if (nowNs - _beatNs < BeatEveryNs) return;
        _beatNs = nowNs;
        Write();
    }

    /// <summary>An entry is about to leave.</summary>
    public void Add(ClientOrderId id)
    {
        if (_entries.Count == EntriesMax) _entries.RemoveAt(0);
        _entries.Add(id);
        Write();
    }

    /// <summary>It is no more, or never was: the next beat tells.</summary>
    public void Remove(ClientOrderId id) => _entries.Remove(id);

    public void Dispose() => _file.Dispose();

    /// <summary>What the file says; null when there is none, or nobody could have written it like this.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static HandedOver? Read(string folder)
    {
        string path = PathOf(folder);
        if (!File.Exists(path)) return null;
        byte[] bytes = new byte[HeadBytes + (EntriesMax * IdBytes) + 4];
        using SafeFileHandle file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        int length = RandomAccess.Read(file, bytes, 0);
        if (length < HeadBytes + 4 || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic) return null;
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12));
        int end = HeadBytes + (count * IdBytes);
        if (count is < 0 or > EntriesMax || length < end + 4) return null;
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(end));
        if (Crc32.Of(bytes.AsSpan(0, end)) != crc) return null;
        string[] ids = new string[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> id = bytes.AsSpan(HeadBytes + (i * IdBytes), IdBytes);
            ids[i] = new Guid(id, bigEndian: true).ToString();
        }

        return new HandedOver(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)), ids);
    }

    private void Write()
    {
        Span<byte> bytes = _bytes;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], _epoch);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], _entries.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], ++_sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], _beatNs);
        int at = HeadBytes;
        foreach (ClientOrderId id in _entries)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[at..], id.High);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[(at + 8)..], id.Low);
            at += IdBytes;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], Crc32.Of(bytes[..at]));
        try
        {
            RandomAccess.Write(_file, bytes[..(at + 4)], 0);
            Fault = "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The worker goes on: its own cancels are not the file's affair, and the standing tells.
            Fault = fault.Message;
        }
    }
}

/// <summary>What a worker handed over.</summary>
/// <param name="Epoch">Of its start.</param>
/// <param name="Sequence">Grows with every write: while it does, the worker lives.</param>
/// <param name="Entries">Client ids of entries that may rest, as the venue knows them.</param>
internal sealed record HandedOver(uint Epoch, ulong Sequence, IReadOnlyList<string> Entries);
