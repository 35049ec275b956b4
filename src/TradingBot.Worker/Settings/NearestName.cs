using System;
using System.Collections.Generic;

namespace TradingBot.Worker.Settings;

/// <summary>The valid name a person most likely meant.</summary>
internal static class NearestName
{
    /// <summary>Of the candidates the one that takes the fewest edits; the first of equals.</summary>
    /// <remarks>
    /// The last part alone counts too, one edit worse: a key in the wrong section is meant by its own name.
    /// </remarks>
    public static string Of(string name, IEnumerable<string> candidates)
    {
        string nearest = "";
        int least = int.MaxValue;
        foreach (string candidate in candidates)
        {
            int whole = Edits(name, candidate);
            int last = Edits(LastPart(name), LastPart(candidate)) + 1;
            int edits = Math.Min(whole, last);
            if (edits >= least) continue;
            least = edits;
            nearest = candidate;
        }

        return nearest;
    }

    /// <summary>Insertions, deletions and replacements that make one text of the other, whatever the case.</summary>
    public static int Edits(string from, string to)
    {
        int[] row = new int[to.Length + 1];
        for (int i = 0; i <= to.Length; i++) row[i] = i;
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                bool same = char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]);
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }

    private static string LastPart(string name) => name[(name.LastIndexOf('.') + 1)..];
}
