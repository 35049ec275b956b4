using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;

namespace TradingBot.Tests.Capture;

/// <summary>A frame copied out of a reader.</summary>
internal sealed record FrameCopy(string Text, long? ReceiveTimeNs);

/// <summary>Everything one reader gave.</summary>
internal sealed record Reading(List<FrameCopy> Frames, CaptureFault? Fault, CaptureFormat Format, Dialect Dialect)
{
    public long Lines { get; init; }

    public long Skipped { get; init; }
}

/// <summary>Makes capture bytes, and reads them to the end.</summary>
internal static class CaptureBytes
{
    public static byte[] Text(params string[] lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");

    public static byte[] Gzip(byte[] text)
    {
        using MemoryStream target = new();
        using (GZipStream gzip = new(target, CompressionLevel.Fastest)) gzip.Write(text);
        return target.ToArray();
    }

    public static Reading Read(
        byte[] file, CaptureFormat format = CaptureFormat.Auto, Dialect dialect = Dialect.None, int bytesPerRead = 0)
    {
        using MemoryStream memory = new(file);
        using DripStream drip = new(memory, bytesPerRead);
        using CaptureReader reader = CaptureReader.Over(bytesPerRead > 0 ? drip : memory, "memory", format, dialect);
        return Read(reader);
    }

    public static Reading Read(CaptureReader reader)
    {
        List<FrameCopy> frames = [];
        CaptureReadResult result;
        while ((result = reader.TryRead(out CapturedFrame frame)) == CaptureReadResult.Frame)
        {
            frames.Add(new FrameCopy(
                Encoding.UTF8.GetString(frame.Bytes), frame.HasReceiveTime ? frame.ReceiveTimeNs : null));
        }

        // The end is final, and a fault is told exactly when the result says so.
        Xunit.Assert.Equal(result, reader.TryRead(out _));
        Xunit.Assert.Equal(result == CaptureReadResult.Fault, reader.Fault is not null);
        return new Reading(frames, reader.Fault, reader.Format, reader.Dialect)
        {
            Lines = reader.Lines,
            Skipped = reader.SkippedLines,
        };
    }
}

/// <summary>A stream that hands out few bytes a read, as a slow pipe does.</summary>
internal sealed class DripStream(Stream source, int bytesPerRead) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => source.Read(buffer[..Math.Min(buffer.Length, bytesPerRead)]);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
