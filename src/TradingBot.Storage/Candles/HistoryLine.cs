using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Storage.Candles;

/// <summary>Cuts a CSV line of downloaded history into exact numbers.</summary>
internal ref struct HistoryLine(ReadOnlySpan<byte> line)
{
    /// <summary>No price or quantity of Kraken has more; what has is the error of a binary float.</summary>
    private const int DecimalsMax = 12;

    private const int DecimalsRounded = 8;
    private const long SecondNs = 1_000_000_000;

    private ReadOnlySpan<byte> _rest = line;

    /// <summary>Numbers that had digits no quantity has, and were rounded to 8 decimals.</summary>
    public int Rounded { get; private set; }

    public readonly bool AtEnd => _rest.IsEmpty;

    public ReadOnlySpan<byte> Next()
    {
        int comma = _rest.IndexOf((byte)',');
        ReadOnlySpan<byte> cell = comma < 0 ? _rest : _rest[..comma];
        _rest = comma < 0 ? [] : _rest[(comma + 1)..];
        return cell.Trim(" \""u8);
    }

    /// <summary>Whole seconds, or seconds with up to nine decimals: Unix ns.</summary>
    public bool TryTime(out long timeNs)
    {
        timeNs = 0;
        return Mantissa.TryParse(Next(), out long mantissa, out int decimals) == NumberResult.Ok
            && decimals <= 9 && mantissa > 0 && Pow10.TryScaleUp(mantissa, 9 - decimals, out timeNs);
    }

    public bool TryWhole(out long value) =>
        Utf8Parser.TryParse(Next() is { IsEmpty: false } cell ? cell : "x"u8, out value, out int used) && used > 0;

    /// <summary>A number that is not negative.</summary>
    public bool TryNumber(out long mantissa, out byte decimals)
    {
        ReadOnlySpan<byte> cell = Next();
        NumberResult result = Mantissa.TryParse(cell, out mantissa, out int places);
        decimals = (byte)places;
        if (result == NumberResult.Ok && places <= DecimalsMax) return mantissa >= 0;
        if (result == NumberResult.Invalid) return false;
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(Encoding.ASCII.GetString(cell), Styles, CultureInfo.InvariantCulture, out decimal value))
        {
            return false;
        }

        Rounded++;
        string text = Math.Round(value, DecimalsRounded).ToString(CultureInfo.InvariantCulture);
        result = Mantissa.TryParse(Encoding.ASCII.GetBytes(text), out mantissa, out places);
        decimals = (byte)places;
        return result == NumberResult.Ok && mantissa >= 0;
    }

    public static long OfSeconds(long seconds) => seconds * SecondNs;
}
