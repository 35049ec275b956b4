using System;
using System.Collections.Generic;
using System.Text;

namespace TradingBot.Worker.Operator;

/// <summary>One act of an operator or a script, and what it came to.</summary>
/// <param name="TimeNs">Engine time.</param>
/// <param name="Do">What was wanted: enter, exit, move_stop, halt, resume.</param>
/// <param name="Symbol">Of which instrument; empty where of all.</param>
/// <param name="Why">The operator's words, where there are some.</param>
/// <param name="Refusal">Why it was not done; empty when it was.</param>
internal sealed record ActNote(long TimeNs, string Do, string Symbol, string Why, string Refusal);

/// <summary>Names of values as reports have them: lower case, with underscores.</summary>
internal static class ActWords
{
    /// <summary>The value's word; nothing for <paramref name="none"/>.</summary>
    public static string Of<T>(T value, T none)
        where T : struct, Enum
    {
        if (EqualityComparer<T>.Default.Equals(value, none)) return "";
        StringBuilder word = new();
        foreach (char letter in value.ToString())
        {
            if (char.IsUpper(letter) && word.Length > 0) word.Append('_');
            word.Append(char.ToLowerInvariant(letter));
        }

        return word.ToString();
    }
}
