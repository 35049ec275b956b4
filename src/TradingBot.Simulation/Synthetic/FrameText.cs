using System;
using System.Globalization;
using System.Text;

namespace TradingBot.Simulation.Synthetic;

/// <summary>One frame under construction, in UTF-8.</summary>
internal sealed class FrameText
{
    private byte[] _bytes = new byte[4_096];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public FrameText Clear()
    {
        _length = 0;
        return this;
    }

    public FrameText Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
        return this;
    }

    /// <summary>Text that needs no JSON escapes.</summary>
    public FrameText Add(string text)
    {
        _length += Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetByteCount(text)));
        return this;
    }

    public FrameText Add(long number)
    {
        number.TryFormat(Room(20), out int count, default, CultureInfo.InvariantCulture);
        _length += count;
        return this;
    }

    /// <summary>A mantissa with exactly its decimals: 187720 at 2 is <c>1877.20</c>.</summary>
    public FrameText Add(long mantissa, int decimals)
    {
        if (mantissa < 0) Add("-"u8);
        ulong rest = (ulong)Math.Abs(mantissa);
        ulong scale = 1;
        for (int i = 0; i < decimals; i++) scale *= 10;
        Add((long)(rest / scale));
        if (decimals == 0) return this;
        Add("."u8);
        rest %= scale;
        for (scale /= 10; scale > 0; scale /= 10)
        {
            Room(1)[0] = (byte)('0' + (int)(rest / scale % 10));
            _length++;
        }

        return this;
    }

    /// <summary>Unix microseconds as <c>"2026-08-26T15:16:16.637831Z"</c>, quotes included.</summary>
    public FrameText AddTime(long unixUs)
    {
        DateTime time = DateTime.UnixEpoch.AddTicks(unixUs * TimeSpan.TicksPerMicrosecond);
        int us = (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        AddPart((byte)'"', time.Year, 4).AddPart((byte)'-', time.Month, 2).AddPart((byte)'-', time.Day, 2);
        AddPart((byte)'T', time.Hour, 2).AddPart((byte)':', time.Minute, 2).AddPart((byte)':', time.Second, 2);
        return AddPart((byte)'.', us, 6).Add("Z\""u8);
    }

    /// <summary>Unix ns as <c>"2026-08-26T15:16:16Z"</c>, quotes included; <c>"0"</c> for none.</summary>
    public FrameText AddSeconds(long unixNs)
    {
        if (unixNs == 0) return Add("\"0\""u8);
        string shown = DateTimeOffset.FromUnixTimeSeconds(unixNs / 1_000_000_000)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Add("\""u8).Add(shown).Add("\""u8);
    }

    /// <summary>Takes back the last byte: the comma after the last element.</summary>
    public FrameText DropComma()
    {
        if (_bytes[_length - 1] == (byte)',') _length--;
        return this;
    }

    /// <summary>A sign, and a number with zeros before it.</summary>
    private FrameText AddPart(byte sign, int number, int digits)
    {
        Span<byte> room = Room(1 + digits);
        room[0] = sign;
        for (int i = digits; i > 0; i--)
        {
            room[i] = (byte)('0' + (number % 10));
            number /= 10;
        }

        _length += 1 + digits;
        return this;
    }

    private Span<byte> Room(int bytes)
    {
        if (_length + bytes > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        return _bytes.AsSpan(_length);
    }
}
