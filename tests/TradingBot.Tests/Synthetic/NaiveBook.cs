using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace TradingBot.Tests.Synthetic;

/// <summary>A subscriber's book that is obviously right: sorted decimals, and CRC-32 by its definition.</summary>
internal sealed class NaiveBook
{
    private readonly SortedDictionary<decimal, string> _bids = new(Comparer<decimal>.Create((a, b) => b.CompareTo(a)));
    private readonly SortedDictionary<decimal, string> _asks = [];
    private readonly int _priceDecimals;

    public NaiveBook(int priceDecimals) => _priceDecimals = priceDecimals;

    public bool IsCrossed => _bids.Count > 0 && _asks.Count > 0 && _bids.First().Key >= _asks.First().Key;

    public decimal Mid => (_bids.First().Key + _asks.First().Key) / 2;

    /// <summary>(bid − ask) / (bid + ask) of the quantities of the best three levels.</summary>
    public decimal Lean
    {
        get
        {
            decimal bid = _bids.Values.Take(3).Sum(text => decimal.Parse(text, CultureInfo.InvariantCulture));
            decimal ask = _asks.Values.Take(3).Sum(text => decimal.Parse(text, CultureInfo.InvariantCulture));
            return (bid - ask) / (bid + ask);
        }
    }

    public int Levels => _bids.Count + _asks.Count;

    /// <summary>Deletions of levels that were not there.</summary>
    public int AbsentDeletes { get; private set; }

    public void Apply(JsonElement message, bool isSnapshot)
    {
        Apply(_bids, message.GetProperty("bids"), isSnapshot);
        Apply(_asks, message.GetProperty("asks"), isSnapshot);
    }

    public uint Checksum()
    {
        StringBuilder text = new();
        foreach ((decimal price, string quantity) in _asks.Concat(_bids))
        {
            string fixedPrice = price.ToString("F" + _priceDecimals, CultureInfo.InvariantCulture);
            text.Append(Digits(fixedPrice)).Append(Digits(quantity));
        }

        uint crc = uint.MaxValue;
        foreach (char digit in text.ToString())
        {
            crc ^= digit;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }

    private static string Digits(string number) =>
        number.Replace(".", "", StringComparison.Ordinal).TrimStart('0');

    private void Apply(SortedDictionary<decimal, string> side, JsonElement levels, bool isSnapshot)
    {
        if (isSnapshot) side.Clear();
        foreach (JsonElement level in levels.EnumerateArray())
        {
            decimal price = level.GetProperty("price").GetDecimal();
            string quantity = level.GetProperty("qty").GetRawText();
            if (decimal.Parse(quantity, CultureInfo.InvariantCulture) != 0) side[price] = quantity;
            else if (!side.Remove(price)) AbsentDeletes++;
        }

        while (side.Count > 10) side.Remove(side.Last().Key);
    }
}
