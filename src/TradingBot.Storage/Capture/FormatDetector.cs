using System;
using TradingBot.Market.Wire;

namespace TradingBot.Storage.Capture;

/// <summary>Tells the format of a capture by its first lines.</summary>
internal static class FormatDetector
{
    /// <summary>Notes that may precede the first frame of a cryptofeed capture; it writes one per request.</summary>
    public const int NotesMax = 64;

    /// <summary>The format one line speaks for; Auto when the line fits none.</summary>
    public static CaptureFormat FormatOf(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> trimmed = line.TrimStart(" \t"u8);
        if (trimmed[0] is (byte)'{' or (byte)'[')
        {
            bool isEnvelope = EnvelopeLine.IsEnvelope(line, out bool isJson);
            if (!isJson) return CaptureFormat.Auto;
            return isEnvelope ? CaptureFormat.Envelope : CaptureFormat.Raw;
        }

        Rfc3339 clock = default;
        if (StampedLine.ReadRfc3339(line, ref clock, out _) >= 0) return CaptureFormat.Rfc3339Stamped;
        return StampedLine.ReadSeconds(line, out _) >= 0 ? CaptureFormat.SecondsStamped : CaptureFormat.Auto;
    }

    /// <summary>
    /// Leaves <paramref name="lines"/> on the first line that is a frame, counting the notes before it; Auto when the
    /// lines are no capture's or there are none.
    /// </summary>
    public static CaptureFormat Detect(LineReader lines, out int notes)
    {
        notes = 0;
        while (lines.TryRead())
        {
            CaptureFormat format = FormatOf(lines.Line);
            // Only cryptofeed puts notes before frames.
            if (format != CaptureFormat.Auto && notes > 0) return OnlySeconds(format);
            if (format != CaptureFormat.Auto) return format;
            if (lines.Line[0] is (byte)'{' or (byte)'[' || !StampedLine.IsNote(lines.Line)) return CaptureFormat.Auto;
            if (++notes > NotesMax) return CaptureFormat.Auto;
        }

        return CaptureFormat.Auto;
    }

    private static CaptureFormat OnlySeconds(CaptureFormat format) =>
        format == CaptureFormat.SecondsStamped ? format : CaptureFormat.Auto;
}
