using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using TradingBot.Market.Values;

namespace TradingBot.Tests.Twins;

/// <summary>The slow twin of the order book: sorted dictionaries of mantissas at the instrument's decimals.</summary>
/// <param name="depth">Levels per side kept after every message; 0 keeps them all.</param>
internal sealed class NaiveBook(int depth)
{
    private const int ChecksumLevels = 10;

    private readonly SortedDictionary<long, long> _bids =
        new(Comparer<long>.Create(static (left, right) => right.CompareTo(left)));

    private readonly SortedDictionary<long, long> _asks = [];

    /// <summary>Best first.</summary>
    public IReadOnlyList<(long Price, long Quantity)> Bids => [.. _bids.Select(level => (level.Key, level.Value))];

    /// <summary>Best first.</summary>
    public IReadOnlyList<(long Price, long Quantity)> Asks => [.. _asks.Select(level => (level.Key, level.Value))];

    public bool Crossed => _bids.Count > 0 && _asks.Count > 0 && _bids.First().Key >= _asks.First().Key;

    public void Clear()
    {
        _bids.Clear();
        _asks.Clear();
    }

    /// <summary>One level of a message; quantity 0 deletes.</summary>
    public void Apply(Side side, long price, long quantity)
    {
        SortedDictionary<long, long> levels = side switch
        {
            Side.Buy => _bids,
            Side.Sell => _asks,
            _ => throw new ArgumentOutOfRangeException(nameof(side)),
        };
        if (quantity == 0) levels.Remove(price);
        else levels[price] = quantity;
    }

    /// <summary>Ends a message: the venue sends no delete for a level that is pushed out of the depth.</summary>
    public void EndMessage()
    {
        if (depth == 0) return;
        foreach (SortedDictionary<long, long> levels in new[] { _bids, _asks })
        {
            foreach (long price in levels.Keys.Skip(depth).ToArray()) levels.Remove(price);
        }
    }

    /// <summary>
    /// The digits the checksum is taken over: best ten asks, then best ten bids, each price then quantity. At the
    /// instrument's decimals a mantissa's own digits are the wire text without its dot and leading zeros.
    /// </summary>
    public string ChecksumText()
    {
        StringBuilder text = new();
        foreach ((long price, long quantity) in Asks.Take(ChecksumLevels).Concat(Bids.Take(ChecksumLevels)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{price}{quantity}");
        }

        return text.ToString();
    }

    public uint Checksum() => Crc32Of(ChecksumText());

    /// <summary>CRC-32 (IEEE 802.3, reflected), one bit at a time.</summary>
    public static uint Crc32Of(string text)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in Encoding.ASCII.GetBytes(text))
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1;
        }

        return ~crc;
    }
}
