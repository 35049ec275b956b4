using System;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;

namespace TradingBot.Storage.Capture;

/// <summary>The text of a capture: the stored bytes, inflated when they are gzip of one or many members.</summary>
/// <remarks>Nothing that was inflated from bytes behind a cut is ever handed on.</remarks>
internal sealed class CaptureText : IDisposable
{
    private readonly StoredBytes _stored;
    private readonly GZipStream? _gzip;
    private bool _ended;

    public CaptureText(Stream medium, bool leaveOpen)
    {
        _stored = new StoredBytes(medium, leaveOpen);
        try
        {
            if (_stored.BeginsLikeGzip()) _gzip = new GZipStream(_stored, CompressionMode.Decompress, leaveOpen: true);
        }
        catch (IOException fault)
        {
            End(CaptureFaultKind.ReadFailed, fault.Message);
        }
    }

    public bool IsGzip => _gzip is not null;

    public long StoredBytesRead => _stored.BytesRead;

    /// <summary>Why the text ended, None when it is whole.</summary>
    public CaptureFaultKind Fault { get; private set; }

    /// <summary>What the system said about a failed read.</summary>
    public string FaultText { get; private set; } = "";

    /// <summary>Time spent on reading the medium and on inflating.</summary>
    public TimeSpan ReadTime { get; private set; }

    /// <summary>The next bytes; 0 at the end of the text or at a fault.</summary>
    public int Read(Span<byte> destination)
    {
        if (_ended) return 0;
        long start = Stopwatch.GetTimestamp();
        int count = ReadNext(destination);
        ReadTime += Stopwatch.GetElapsedTime(start);
        return count;
    }

    public void Dispose()
    {
        _gzip?.Dispose();
        _stored.Dispose();
    }

    private int ReadNext(Span<byte> destination)
    {
        try
        {
            int count = _gzip is null ? _stored.ReadStored(destination) : ReadInflated(_gzip, destination);
            _ended |= count == 0;
            return count;
        }
        catch (InvalidDataException)
        {
            return End(_stored.EndMarkServed ? CaptureFaultKind.TruncatedGzip : CaptureFaultKind.CorruptGzip, "");
        }
        catch (IOException fault)
        {
            return End(CaptureFaultKind.ReadFailed, fault.Message);
        }
    }

    private int ReadInflated(GZipStream gzip, Span<byte> destination)
    {
        int count = gzip.Read(destination);
        if (_stored.EndMarkServed) return FinishInflated(gzip, destination[..count]);
        // The inflater stopped although the file goes on: what follows the last member is not gzip.
        return count > 0 ? count : End(CaptureFaultKind.CorruptGzip, "");
    }

    /// <summary>Behind the end of the file only the end mark may come out, whole and alone.</summary>
    private int FinishInflated(GZipStream gzip, ReadOnlySpan<byte> first)
    {
        ReadOnlySpan<byte> expected = StoredBytes.EndMarkText;
        if (!expected.StartsWith(first)) return End(CaptureFaultKind.TruncatedGzip, "");
        expected = expected[first.Length..];
        // One byte more than the mark, so that anything behind it shows.
        Span<byte> rest = stackalloc byte[StoredBytes.EndMarkText.Length + 1];
        int count;
        while ((count = gzip.Read(rest)) > 0)
        {
            if (!expected.StartsWith(rest[..count])) return End(CaptureFaultKind.TruncatedGzip, "");
            expected = expected[count..];
        }

        return expected.IsEmpty ? 0 : End(CaptureFaultKind.TruncatedGzip, "");
    }

    private int End(CaptureFaultKind fault, string text)
    {
        _ended = true;
        Fault = fault;
        FaultText = text;
        return 0;
    }
}
