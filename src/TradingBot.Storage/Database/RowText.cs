using System;
using System.Collections.Generic;
using System.Text;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Storage.Database;

/// <summary>Values of a record as the words of the columns; nothing for None.</summary>
internal static class RowText
{
    public static string? Of(SymbolText symbol) =>
        symbol.Length == 0 ? null : Encoding.UTF8.GetString(symbol.AsSpan());

    public static string? Of(ClientOrderId id)
    {
        if (id.IsNone) return null;
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

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> All = Read();

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
