// In:     the bytes of one frame.   Out: literals, symbols, numbers and times taken from its front, or a refusal.
// Thread: any; lives on the stack.
// Keeps:  what FrameText keeps.
// Budget: for frames that are one in ten; those that are nine in ten give places in registers from hand to hand.
using System;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>
/// A position in a frame that follows a template. Every <c>Take…</c> is false when the template does not fit.
/// </summary>
/// <remarks>After a refusal the cursor is of no further use, except where <see cref="Take"/> alone was tried.</remarks>
internal ref struct FastCursor(ReadOnlySpan<byte> frame)
{
    private readonly ReadOnlySpan<byte> _frame = frame;

    /// <summary>How far it is.</summary>
    public int At { get; private set; }

    public readonly bool AtEnd => At == _frame.Length;

    /// <summary>Takes exactly these bytes, or nothing.</summary>
    public bool Take(scoped ReadOnlySpan<byte> literal)
    {
        if (!_frame[At..].StartsWith(literal)) return false;
        At += literal.Length;
        return true;
    }

    /// <summary>Takes text up to the closing quote, and the quote: printable ASCII without escapes.</summary>
    public bool TakeText(out ReadOnlySpan<byte> text)
    {
        int end = FrameText.TextEnd(_frame, At);
        text = end < 0 ? default : _frame[At..end];
        if (end >= 0) At = end + 1;
        return end >= 0;
    }

    /// <summary>Takes a symbol and the closing quote, and looks it up.</summary>
    public bool TakeSymbol(Dialect dialect, SymbolTable symbols, out int instrumentId)
    {
        int past = FrameText.PastSymbol(_frame, At, dialect, symbols, out instrumentId);
        if (past >= 0) At = past;
        return past >= 0;
    }

    /// <summary>Takes a JSON number without exponent, of at most 18 digits.</summary>
    public bool TakeNumber(out WireNumber number)
    {
        int past = FrameText.PastNumber(_frame, At, out number);
        if (past >= 0) At = past;
        return past >= 0;
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

    /// <summary>Takes a time in units of 10^<paramref name="unitDecimals"/> ns, as a number, in ns.</summary>
    public bool TakeEpoch(int unitDecimals, out long unixNs)
    {
        unixNs = 0;
        return TakeNotNegative(out WireNumber number)
            && number.Decimals <= unitDecimals
            && Pow10.TryScaleUp(number.Mantissa, unitDecimals - number.Decimals, out unixNs);
    }
}
