// In:     the bytes of one frame.   Out: literals, symbols, numbers and times taken from its front, or a refusal.
// Thread: any; lives on the stack.
// Keeps:  takes nothing the general path would refuse: strict number grammar, printable ASCII in text, no escapes.
// Budget: one pass over each byte.
using System;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>
/// A position in a frame that follows a template. Every <c>Take…</c> is false when the template does not fit.
/// </summary>
/// <remarks>After a refusal the cursor is of no further use, except where <see cref="Take"/> alone was tried.</remarks>
internal ref struct FastCursor(ReadOnlySpan<byte> frame)
{
    /// <summary>Digits that always fit a mantissa; longer numbers are the general path's.</summary>
    private const int DigitsMax = 18;

    private ReadOnlySpan<byte> _rest = frame;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Takes exactly these bytes, or nothing.</summary>
    public bool Take(scoped ReadOnlySpan<byte> literal)
    {
        if (!_rest.StartsWith(literal)) return false;
        _rest = _rest[literal.Length..];
        return true;
    }

    /// <summary>Takes text up to the closing quote, and the quote: printable ASCII without escapes.</summary>
    public bool TakeText(out ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> rest = _rest;
        for (int i = 0; i < rest.Length; i++)
        {
            byte b = rest[i];
            if (b == (byte)'"')
            {
                text = rest[..i];
                _rest = rest[(i + 1)..];
                return true;
            }

            if (b is < 0x20 or > 0x7E or (byte)'\\') break;
        }

        text = default;
        return false;
    }

    /// <summary>Takes a symbol and the closing quote, and looks it up.</summary>
    public bool TakeSymbol(Dialect dialect, SymbolTable symbols, out int instrumentId)
    {
        instrumentId = -1;
        return TakeText(out ReadOnlySpan<byte> text)
            && SymbolTable.IsSymbol(text)
            && symbols.TryIdOf(dialect, text, out instrumentId);
    }

    /// <summary>Takes a JSON number without exponent, of at most 18 digits.</summary>
    public bool TakeNumber(out WireNumber number)
    {
        ReadOnlySpan<byte> rest = _rest;
        number = default;
        int index = 0;
        bool isNegative = rest.Length > 0 && rest[0] == (byte)'-';
        if (isNegative) index = 1;

        long value = 0;
        int firstDigit = index;
        int dot = -1;
        for (; index < rest.Length; index++)
        {
            uint digit = (uint)(rest[index] - '0');
            if (digit <= 9)
            {
                // Beyond 18 digits the value may wrap; it is then refused below.
                value = (value * 10) + digit;
                continue;
            }

            if (rest[index] != (byte)'.' || dot >= 0) break;
            dot = index;
        }

        int integerEnd = dot < 0 ? index : dot;
        int integerDigits = integerEnd - firstDigit;
        int decimals = dot < 0 ? 0 : index - dot - 1;
        if (integerDigits == 0 || integerDigits + decimals > DigitsMax) return false;
        if (integerDigits > 1 && rest[firstDigit] == (byte)'0') return false;
        if (dot >= 0 && decimals == 0) return false;
        number = new WireNumber(isNegative ? -value : value, decimals);
        _rest = rest[index..];
        return true;
    }

    public bool TakePositive(out WireNumber number) => TakeNumber(out number) && number.Mantissa > 0;

    public bool TakeNotNegative(out WireNumber number) => TakeNumber(out number) && number.Mantissa >= 0;

    /// <summary>Takes an integer written as plain digits.</summary>
    public bool TakeInteger(out long value)
    {
        bool taken = TakeNumber(out WireNumber number) && number.Decimals == 0 && number.Mantissa >= 0;
        value = number.Mantissa;
        return taken;
    }

    /// <summary>Takes an RFC 3339 text and its closing quote.</summary>
    public bool TakeTimestamp(ref Rfc3339 parser, out long unixNs)
    {
        unixNs = 0;
        return TakeText(out ReadOnlySpan<byte> text) && parser.TryParse(text, out unixNs);
    }

    /// <summary>Takes a time in units of 10^<paramref name="unitDecimals"/> ns, as a number, in ns.</summary>
    public bool TakeEpoch(int unitDecimals, out long unixNs)
    {
        unixNs = 0;
        return TakeNotNegative(out WireNumber number)
            && number.Decimals <= unitDecimals
            && Pow10.TryScaleUp(number.Mantissa, unitDecimals - number.Decimals, out unixNs);
    }
}
