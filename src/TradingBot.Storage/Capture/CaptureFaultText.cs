using System;
using System.Text;

namespace TradingBot.Storage.Capture;

/// <summary>What a person is told about a fault: what is wrong, and what to do.</summary>
internal static class CaptureFaultText
{
    public const string UnknownDialect =
        "No frame at its beginning tells which Kraken protocol this is; name the dialect if you know it.";

    /// <summary>How much of a strange line is quoted.</summary>
    private const int QuotedBytesMax = 40;

    public static string Of(CaptureFaultKind kind, string detail) => kind switch
    {
        CaptureFaultKind.ReadFailed =>
            "Reading failed: " + detail + " Check the disk or the program that writes to the pipe.",
        CaptureFaultKind.NotACapture => detail,
        CaptureFaultKind.TruncatedGzip =>
            "The gzip data is cut off: a download or recording did not finish. Everything up to here was read; " +
            "fetch the file again.",
        CaptureFaultKind.CorruptGzip =>
            "The gzip data is damaged. Everything up to here was read; fetch the file again, and test it with gzip -t.",
        CaptureFaultKind.BadLine =>
            "The line cannot be read: " + detail + ". Everything before it was read; remove or repair the line.",
        CaptureFaultKind.LineTooLong =>
            "The line is longer than 16 MiB. A capture has one frame a line; this is perhaps another kind of file.",
        CaptureFaultKind.Empty => "There are no frames in it. Was the recording stopped before the first frame?",
        CaptureFaultKind.NoReceiveTime =>
            "A frame has no absolute receive time (2010 to 2100), so this capture cannot be merged with others " +
            "by time; read it alone.",
        _ => detail,
    };

    public static string UnknownFormat(ReadOnlySpan<byte> line)
    {
        if (line.TrimEnd(" \t"u8).SequenceEqual("{"u8) || line.TrimEnd(" \t"u8).SequenceEqual("["u8))
        {
            return "Its JSON is spread over several lines, a capture has one frame a line: join the lines of a frame.";
        }

        return "It does not look like a capture: one frame a line is expected, alone, after a time stamp, or as " +
            "{\"recv_ns\":…,\"raw\":\"…\"}; here is " + Quote(line) + ".";
    }

    private static string Quote(ReadOnlySpan<byte> line)
    {
        StringBuilder text = new("\"");
        foreach (byte b in line[..Math.Min(line.Length, QuotedBytesMax)])
        {
            text.Append(b is >= 0x20 and < 0x7F ? (char)b : '?');
        }

        return text.Append(line.Length > QuotedBytesMax ? "…\"" : "\"").ToString();
    }
}
