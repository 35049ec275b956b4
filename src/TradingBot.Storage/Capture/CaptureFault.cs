using System.Globalization;

namespace TradingBot.Storage.Capture;

/// <summary>Why reading a capture ended early.</summary>
public enum CaptureFaultKind : byte
{
    None = 0,

    /// <summary>The file is absent, a folder, or may not be read.</summary>
    CannotOpen = 1,

    /// <summary>The medium failed while reading.</summary>
    ReadFailed = 2,

    /// <summary>The lines have none of the forms of <see cref="CaptureFormat"/>, or speak no Kraken protocol.</summary>
    NotACapture = 3,

    /// <summary>The file ends before its gzip data does: a download or a recording was cut.</summary>
    TruncatedGzip = 4,

    /// <summary>The gzip data contradicts itself, or other bytes follow it.</summary>
    CorruptGzip = 5,

    /// <summary>A line is not what the format of the file promises.</summary>
    BadLine = 6,

    /// <summary>A line is longer than <see cref="LineReader.LineBytesMax"/>.</summary>
    LineTooLong = 7,

    /// <summary>The file holds no frame at all.</summary>
    Empty = 8,

    /// <summary>Captures are to be merged by receive time, and a frame of this one has none that is absolute.</summary>
    NoReceiveTime = 9,

    /// <summary>Bytes of a recording are damaged or missing that are not its end.</summary>
    DamagedSegment = 10,
}

/// <summary>Where and why reading a capture ended early; every frame before that place was delivered.</summary>
/// <param name="Kind">The kind of fault.</param>
/// <param name="FileName">The file as it was named to the reader, or <c>standard input</c>.</param>
/// <param name="Line">Number of the line, from 1; 0 when no line was begun.</param>
/// <param name="Offset">Where that line begins, in bytes of the (decompressed) text.</param>
/// <param name="CompressedOffset">For gzip: bytes of the file that were read when the fault showed.</param>
/// <param name="Message">What is wrong and what to do, for a person.</param>
public sealed record CaptureFault(
    CaptureFaultKind Kind, string FileName, long Line, long Offset, long? CompressedOffset, string Message)
{
    public override string ToString()
    {
        string line = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $", line {Line}") : "";
        return $"{FileName}{line}: {Message}";
    }
}
