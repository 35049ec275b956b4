using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Storage.Database;

/// <summary>Values of a record as the words of the columns; nothing for None.</summary>
internal static class RowText
{
    public static string? Of(SymbolText symbol) =>
        symbol.Length == 0 ? null : Encoding.UTF8.GetString(symbol.AsSpan());

    /// <summary>For a message.</summary>
    public static string Of(ClientOrderId id)
    {
        Span<byte> text = stackalloc byte[ClientOrderId.TextBytes];
        id.Write(text);
        return Encoding.ASCII.GetString(text);
    }

    /// <summary>The name of an enum's value in lower case with underscores; its number when it has no name.</summary>
    public static string? Of<T>(T value)
        where T : struct, Enum
    {
        if (EqualityComparer<T>.Default.Equals(value, default)) return null;
        return Words<T>.All.TryGetValue(value, out string? word) ? word : value.ToString("d");
    }

    /// <summary>The same in UTF-8; empty for nothing.</summary>
    public static ReadOnlySpan<byte> Bytes<T>(T value)
        where T : struct, Enum
    {
        if (EqualityComparer<T>.Default.Equals(value, default)) return default;
        return Words<T>.Utf8.TryGetValue(value, out byte[]? word) ? word : Encoding.UTF8.GetBytes(value.ToString("d"));
    }

    /// <summary>The state of an order by its word.</summary>
    public static OrderStanding StandingOf(string word)
    {
        foreach ((OrderStanding standing, string known) in Words<OrderStanding>.All)
        {
            if (known == word) return standing;
        }

        throw new InvalidOperationException($"'{word}' is no state of an order.");
    }

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> All = Read();

        public static readonly Dictionary<T, byte[]> Utf8 =
            All.ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetBytes(entry.Value));

        private static Dictionary<T, string> Read()
        {
            Dictionary<T, string> words = [];
            foreach (T value in Enum.GetValues<T>()) words[value] = Underscored(value.ToString());
            return words;
        }

        private static string Underscored(string name)
        {
            StringBuilder word = new();
            foreach (char letter in name)
            {
                if (char.IsUpper(letter) && word.Length > 0) word.Append('_');
                word.Append(char.ToLowerInvariant(letter));
            }

            return word.ToString();
        }
    }
}
