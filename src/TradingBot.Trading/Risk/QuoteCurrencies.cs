using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>The money an instrument is priced in, as a small number per currency text.</summary>
/// <remarks>
/// Spot symbols name it after the slash (<c>ETH/XBT</c>). Derivatives (<c>PF_XBTUSD</c>, <c>FI_ETHUSD_210730</c>) are
/// all
/// priced in US dollars. Spellings differ by dialect (XBT, BTC), but one run's caps never need to join them.
/// </remarks>
public sealed class QuoteCurrencies
{
    /// <summary>
    /// Kraken quotes in about 15 currencies; the 64th and further share the last number and so one cap.
    /// </summary>
    public const int Capacity = 64;

    private const int TextBytesMax = 16;

    private readonly byte[] _text = new byte[Capacity * TextBytesMax];
    private readonly byte[] _length = new byte[Capacity];
    private int _count;

    public int IdOf(Dialect dialect, ReadOnlySpan<byte> symbol)
    {
        int slash = symbol.LastIndexOf((byte)'/');
        bool derivative = slash < 0 || dialect == Dialect.FuturesV1;
        ReadOnlySpan<byte> quote = derivative ? "USD"u8 : symbol[(slash + 1)..];
        if (quote.Length > TextBytesMax) quote = quote[..TextBytesMax];
        for (int id = 0; id < _count; id++)
        {
            if (_text.AsSpan(id * TextBytesMax, _length[id]).SequenceEqual(quote)) return id;
        }

        if (_count == Capacity) return Capacity - 1;
        quote.CopyTo(_text.AsSpan(_count * TextBytesMax));
        _length[_count] = (byte)quote.Length;
        return _count++;
    }
}
