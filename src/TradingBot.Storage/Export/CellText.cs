using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Export;

/// <summary>Cells as text: exact decimals without needless zeros, times as RFC 3339.</summary>
internal static class CellText
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>Appends the cell's text; nothing for none.</summary>
    public static void Append(StringBuilder line, in Cell cell, CellKind kind)
    {
        if (cell.IsNone) return;
        switch (kind)
        {
            case CellKind.Text:
                line.Append(cell.Text);
                break;
            case CellKind.Time:
                AppendTime(line, (long)cell.Number);
                break;
            case CellKind.Truth:
                line.Append(cell.Number != 0 ? "true" : "false");
                break;
            default:
                Span<byte> digits = stackalloc byte[DecimalText.BytesMax];
                int length = DecimalText.Write(cell.Number, cell.Decimals, digits, shortest: true);
                foreach (byte digit in digits[..length]) line.Append((char)digit);
                break;
        }
    }

    /// <summary><c>2023-01-01T00:00:00Z</c>, with a fraction where there is one.</summary>
    private static void AppendTime(StringBuilder line, long unixNs)
    {
        long seconds = Math.DivRem(unixNs, SecondNs, out long rest);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + SecondNs);
        DateTimeOffset second = DateTimeOffset.FromUnixTimeSeconds(seconds);
        line.Append(CultureInfo.InvariantCulture, $"{second.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}");
        if (rest > 0)
        {
            Span<byte> digits = stackalloc byte[9];
            Utf8Formatter.TryFormat(rest, digits, out _, new System.Buffers.StandardFormat('D', 9));
            line.Append('.');
            foreach (byte digit in digits.TrimEnd((byte)'0')) line.Append((char)digit);
        }

        line.Append('Z');
    }
}
