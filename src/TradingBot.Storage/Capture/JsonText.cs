using System;
using System.Text;

namespace TradingBot.Storage.Capture;

/// <summary>Undoes the escapes of a JSON string.</summary>
/// <remarks>
/// Every quote of a captured frame is escaped, one in some eight bytes: runs are too short for searching to pay, so
/// this is a plain loop over bytes.
/// </remarks>
internal static class JsonText
{
    /// <summary>
    /// Writes the text up to the closing quote, or to the end of <paramref name="escaped"/>; returns where it stopped,
    /// -1 at an escape or byte that JSON does not allow. <paramref name="text"/> must be as long as the input.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> text, out int length)
    {
        int read = 0;
        int written = 0;
        while (read < escaped.Length)
        {
            byte b = escaped[read];
            if (b == (byte)'"') break;
            if (b < 0x20) return Bad(out length);
            if (b != (byte)'\\')
            {
                text[written++] = b;
                read++;
                continue;
            }

            if (read + 1 == escaped.Length) return Bad(out length);
            int plain = PlainOf(escaped[read + 1]);
            if (plain >= 0)
            {
                text[written++] = (byte)plain;
                read += 2;
                continue;
            }

            int taken = UnescapeUnicode(escaped[read..], text[written..], out int bytes);
            if (taken < 0) return Bad(out length);
            read += taken;
            written += bytes;
        }

        length = written;
        return read;
    }

    /// <summary>What a two-byte escape stands for; -1 when it is none.</summary>
    private static int PlainOf(byte escape) => escape switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => escape,
        (byte)'n' => '\n',
        (byte)'t' => '\t',
        (byte)'r' => '\r',
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        _ => -1,
    };

    /// <summary><c>\uXXXX</c>, or a surrogate pair of two; returns the bytes taken, -1 when it is neither.</summary>
    private static int UnescapeUnicode(ReadOnlySpan<byte> escaped, Span<byte> text, out int bytes)
    {
        bytes = 0;
        int high = CodeUnit(escaped);
        if (high < 0) return -1;
        int taken = 6;
        if (!Rune.TryCreate(high, out Rune rune))
        {
            int low = CodeUnit(escaped[6..]);
            if (low < 0 || !Rune.TryCreate((char)high, (char)low, out rune)) return -1;
            taken = 12;
        }

        bytes = rune.EncodeToUtf8(text);
        return taken;
    }

    private static int CodeUnit(ReadOnlySpan<byte> escaped)
    {
        if (escaped.Length < 6 || escaped[0] != (byte)'\\' || escaped[1] != (byte)'u') return -1;
        int value = 0;
        for (int i = 2; i < 6; i++)
        {
            int digit = HexDigit(escaped[i]);
            if (digit < 0) return -1;
            value = (value << 4) | digit;
        }

        return value;
    }

    private static int HexDigit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };

    private static int Bad(out int length)
    {
        length = 0;
        return -1;
    }
}
