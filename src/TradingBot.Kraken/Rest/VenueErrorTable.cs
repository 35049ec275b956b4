using System;
using System.Collections.Immutable;
using System.Globalization;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Rest;

/// <summary>Reads the tables of error texts.</summary>
/// <remarks>
/// A row is <c>text | class | reason | outcome of an order | again | pause in seconds | meaning for data</c>, and below
/// it, indented, what the operator should do.
/// </remarks>
internal static class VenueErrorTable
{
    private const int Cells = 7;

    /// <summary>The rows in their order.</summary>
    /// <exception cref="FormatException">A row is none: a fault of this program.</exception>
    public static ImmutableArray<VenueError> Read(params ReadOnlySpan<string> tables)
    {
        ImmutableArray<VenueError>.Builder rows = ImmutableArray.CreateBuilder<VenueError>();
        foreach (string line in string.Join('\n', tables).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] != ' ')
            {
                rows.Add(Row(line));
                continue;
            }

            if (rows.Count == 0) throw new FormatException($"Advice without a row: {line}");
            VenueError last = rows[^1];
            string gap = last.Advice.Length > 0 ? " " : "";
            rows[^1] = last with { Advice = last.Advice + gap + line.Trim() };
        }

        return rows.ToImmutable();
    }

    private static VenueError Row(string line)
    {
        string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
        if (cells.Length != Cells) throw new FormatException($"No row of errors: {line}");
        return new VenueError(
            cells[0], Enum.Parse<ErrorClass>(cells[1]), Enum.Parse<VenueReason>(cells[2]),
            Enum.Parse<OrderOutcome>(cells[3]), Enum.Parse<RetryRule>(cells[4]),
            int.Parse(cells[5], CultureInfo.InvariantCulture), Enum.Parse<RestFailureClass>(cells[6]), "");
    }
}
