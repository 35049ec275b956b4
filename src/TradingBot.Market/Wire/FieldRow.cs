// In:     a frame and a place in it.   Out: the numbers of a row of fields, and the place behind them.
// Thread: any; built once.
// Keeps:  what FrameText keeps.
// Budget: ≤ 6 ns a field (benchmark ParseBench.Parse).
using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace TradingBot.Market.Wire;

/// <summary>Fields that follow one another, each a number: <c>,"bid":1.0,"bid_qty":2.0</c> and so on.</summary>
/// <remarks>
/// A loop over the names, not a line of code for each: one compare of 16 bytes behind a mask finds any of them, and the
/// whole row stays in a few cache lines of code. Two fields are taken at a time: one look at 64 bytes finds where both
/// end, and their numbers are converted together.
/// </remarks>
internal sealed class FieldRow
{
    /// <summary>Comma, quotes, colon and name.</summary>
    private const int NameBytesMax = 16;

    private readonly Field[] _fields;

    /// <param name="names">The fields' names, separated by blanks.</param>
    public FieldRow(string names)
    {
        string[] each = names.Split(' ');
        _fields = new Field[each.Length];
        Span<byte> bytes = stackalloc byte[NameBytesMax];
        for (int i = 0; i < each.Length; i++)
        {
            bytes.Clear();
            int length = Encoding.ASCII.GetBytes($",\"{each[i]}\":", bytes);
            Vector128<byte> behind = WireDigits.LastBytes(NameBytesMax - length);
            _fields[i] = new Field { Name = Vector128.Create<byte>(bytes), Behind = behind, Length = length };
        }
    }

    public int Count => _fields.Length;

    /// <summary>Reads every field's number, in order; the place behind the last, or refused.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Past(ReadOnlySpan<byte> frame, int at, Span<WireNumber> numbers)
    {
        Field[] fields = _fields;
        int taken = 0;
        while (taken + 1 < fields.Length
            && FrameText.TryTwoCommas(frame, at, out int middle, out int end)
            && TryTwo(frame, at, middle, end, taken, numbers))
        {
            taken += 2;
            at = end;
        }

        return taken == fields.Length ? at : PastEach(frame, at, taken, numbers);
    }

    /// <summary>Reads the fields that begin at these places; false leaves them to <see cref="PastEach"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private bool TryTwo(ReadOnlySpan<byte> frame, int at, int middle, int end, int index, Span<WireNumber> numbers)
    {
        ref readonly Field first = ref _fields[index];
        ref readonly Field second = ref _fields[index + 1];
        if (at < WireDigits.Width || frame.Length - middle < NameBytesMax) return false;
        bool areNamed = Is(frame, at, in first) && Is(frame, middle, in second);
        int start = at + first.Length;
        int secondStart = middle + second.Length;
        if (!areNamed || start >= middle || secondStart >= end) return false;
        // A sign is seldom seen, but it comes and goes with the market: no branch depends on it.
        int minus = frame[start] == (byte)'-' ? 1 : 0;
        int secondMinus = frame[secondStart] == (byte)'-' ? 1 : 0;
        int length = middle - start - minus;
        int secondLength = end - secondStart - secondMinus;
        if (!WireDigits.CanReadTwo(length, secondLength)) return false;
        WireDigits.ReadTwo(
            frame, middle, length, end, secondLength, out WireNumber number, out WireNumber secondNumber);
        if (number.IsRefused) return false;
        numbers[index] = Signed(number, minus);
        numbers[index + 1] = Signed(secondNumber, secondMinus);
        return true;
    }

    /// <summary>One field after the other: the last of an odd row, and what does not look as usual.</summary>
    private int PastEach(ReadOnlySpan<byte> frame, int at, int taken, Span<WireNumber> numbers)
    {
        Field[] fields = _fields;
        for (int i = taken; i < fields.Length; i++)
        {
            ref readonly Field field = ref fields[i];
            if (frame.Length - at < NameBytesMax || !Is(frame, at, in field)) return FrameText.Refused;
            at = FrameText.PastNumber(frame, at + field.Length, out WireNumber number);
            if (at < 0) return at;
            numbers[i] = number;
        }

        return at;
    }

    private static bool Is(ReadOnlySpan<byte> frame, int at, ref readonly Field field)
    {
        Vector128<byte> here = Vector128.Create(frame.Slice(at, NameBytesMax));
        return Vector128.AndNot(here, field.Behind) == field.Name;
    }

    /// <summary>The number, or for 1 its negative.</summary>
    private static WireNumber Signed(WireNumber number, int minus) =>
        new((number.Mantissa ^ -minus) + minus, number.Decimals);

    private struct Field
    {
        /// <summary>The field's bytes up to the number, and zeros.</summary>
        public Vector128<byte> Name;

        /// <summary>A mask of those zeros.</summary>
        public Vector128<byte> Behind;

        public int Length;
    }
}
