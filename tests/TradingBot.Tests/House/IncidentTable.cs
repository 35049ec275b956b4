using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using TradingBot.Tests.Support;

namespace TradingBot.Tests.House;

/// <summary>One incident of the bots before this one, and what stands against it here.</summary>
/// <param name="Id">As in the list of requirements: I-01 … I-134, L-01 … L-34.</param>
/// <param name="What">What went wrong.</param>
/// <param name="Standing">kept, na (it cannot happen here) or open.</param>
/// <param name="Words">Class and method of the test that keeps it; else why not, or what is missing.</param>
/// <param name="File">Where the guard stands; empty when none is named.</param>
/// <param name="Guard">Text of the guard, once in that file.</param>
/// <param name="Reversal">What the guard is replaced by to see the test fail.</param>
internal sealed record Incident(
    string Id, string What, string Standing, string Words, string File, string Guard, string Reversal)
{
    public bool IsKept => Standing == "kept";
}

/// <summary>The table of incidents: its rows, and the page made of them.</summary>
internal static class IncidentTable
{
    private const int Columns = 7;

    public static string RowsPath => Repository.TestData("incidents.tsv");

    public static string PagePath => Path.Combine(Repository.Root, "docs", "incidents.md");

    public static IReadOnlyList<Incident> Read() =>
        [.. File.ReadLines(RowsPath).Where(line => line.Length > 0 && line[0] != '#').Select(Row)];

    public static string Page(IReadOnlyList<Incident> rows)
    {
        StringBuilder page = new();
        page.Append(Head(rows));
        Section(page, "Kept", "| | what went wrong | test | guard |", rows.Where(row => row.IsKept), row =>
            $"| {row.Id} | {row.What} | `{row.Words}` | {GuardOf(row)} |");
        Section(page, "Open", "| | what went wrong | what is missing |", rows.Where(row => row.Standing == "open"),
            row => $"| {row.Id} | {row.What} | {row.Words} |");
        Section(page, "Cannot happen here", "| | what went wrong | why not |",
            rows.Where(row => row.Standing == "na"), row => $"| {row.Id} | {row.What} | {row.Words} |");
        return page.ToString();
    }

    private static Incident Row(string line)
    {
        string[] cells = line.Split('\t');
        if (cells.Length != Columns) throw new InvalidDataException($"{cells.Length} columns: {line}");
        return new Incident(
            cells[0], cells[1], cells[2], cells[3], cells[4], Unescape(cells[5]), Unescape(cells[6]));
    }

    private static string Unescape(string cell) => cell.Replace("\\n", "\n", StringComparison.Ordinal);

    private static string Head(IReadOnlyList<Incident> rows)
    {
        int kept = rows.Count(row => row.IsKept);
        int reversed = rows.Count(row => row is { IsKept: true, Guard.Length: > 0 });
        int open = rows.Count(row => row.Standing == "open");
        return $"""
            # What went wrong before, and what stands against it

            The bots before this one lost money to their own plumbing. Each incident of theirs is a row here, in our
            words: {rows.Count} rows, {kept} kept by a named test, {open} open, {rows.Count - kept - open} that cannot
            happen here. This page is made of `tests/data/incidents.tsv` by `IncidentTableTests`, which fails when a
            test it names does not exist, when a guard no longer stands where it says, or when the page is not what
            the rows make of it (`TRADINGBOT_WRITE=1` writes it). For {reversed} rows the guard is named whose
            reversal makes the test fail: `tests/reverse-guards` takes each away in turn, and says which tests did
            not notice.


            """;
    }

    private static void Section(
        StringBuilder page, string title, string header, IEnumerable<Incident> rows, Func<Incident, string> line)
    {
        page.Append("## ").Append(title).Append("\n\n").Append(header).Append('\n');
        int cells = header.Count(letter => letter == '|') - 1;
        page.Append('|').Insert(page.Length, "---|", cells).Append('\n');
        foreach (Incident row in rows) page.Append(line(row)).Append('\n');
        if (title != "Cannot happen here") page.Append('\n');
    }

    private static string GuardOf(Incident row)
    {
        if (row.Guard.Length == 0) return "";
        string first = row.Guard.Trim().Split('\n')[0].Replace("|", "\\|", StringComparison.Ordinal);
        return $"`{Path.GetFileName(row.File)}`: `{first}`";
    }
}
