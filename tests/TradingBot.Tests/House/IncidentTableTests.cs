using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>The table of incidents says nothing that is not there.</summary>
public sealed partial class IncidentTableTests
{
    [Fact]
    public void Every_incident_has_a_row_and_every_row_an_answer()
    {
        IReadOnlyList<Incident> rows = IncidentTable.Read();
        Assert.Equal(rows.Count, rows.Select(row => row.Id).Distinct().Count());
        Assert.Equal(138, rows.Count(row => row.Id.StartsWith("I-", StringComparison.Ordinal)));
        Assert.Equal(
            Enumerable.Range(1, 34).Select(n => $"L-{n:00}"),
            rows.Select(row => row.Id).Where(id => id.StartsWith("L-", StringComparison.Ordinal)).Order());
        Assert.All(rows, row => Assert.Contains(row.Standing, (string[])["kept", "na", "open"]));
        Assert.All(rows, row => Assert.True(row.What.Length > 10 && row.Words.Length > 5, row.Id));
    }

    [Fact]
    public void Every_test_it_names_exists_and_runs() =>
        Verdict.Kept(
            IncidentTable.Read().Where(row => row.IsKept).SelectMany(row => TestViolations(row.Id, row.Words)));

    [Fact]
    public void Every_guard_it_names_stands_where_it_says() =>
        Verdict.Kept(IncidentTable.Read().Where(row => row.Guard.Length > 0).SelectMany(GuardViolations));

    [Fact]
    public void Of_protection_and_reconciliation_most_rows_name_the_guard_whose_reversal_is_noticed() =>
        Assert.True(IncidentTable.Read().Count(row => row is { IsKept: true, Guard.Length: > 0 }) >= 40);

    [Fact]
    public void The_page_is_what_the_rows_make_of_it()
    {
        string page = IncidentTable.Page(IncidentTable.Read());
        bool writes = Environment.GetEnvironmentVariable("TRADINGBOT_WRITE") == "1";
        if (writes) File.WriteAllText(IncidentTable.PagePath, page);
        Assert.Equal(page, File.ReadAllText(IncidentTable.PagePath).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_rows_are_those_of_the_list_of_requirements()
    {
        string list = File.ReadAllText(Repository.Shared("requirements", "seed-systems.md"));
        SortedSet<string> asked = [.. Row().Matches(list).Select(match => match.Groups[1].Value)];
        Assert.Equal(
            asked, [.. IncidentTable.Read().Select(row => row.Id).Where(id => id[0] == 'I')]);
    }

    [Fact]
    public void A_test_that_is_not_there_and_a_guard_that_moved_are_reported()
    {
        Verdict.Reports(TestViolations("I-01", "IncidentTableTests.Nobody_wrote_this"), "I-01 names");
        Verdict.Reports(TestViolations("I-01", "NobodysTests.Nobody_wrote_this"), "I-01 names");
        Verdict.Reports(
            TestViolations("I-01", "IncidentTableTests." + nameof(TestViolations)), "is no test");
        Incident moved = new("I-02", "", "kept", "", "src/TradingBot.Trading/Engine.cs", "no such guard", "");
        Verdict.Reports(GuardViolations(moved), "I-02: 0 places");
        Verdict.Reports(GuardViolations(moved with { File = "src/none.cs" }), "I-02: no file");
        Verdict.Reports(GuardViolations(moved with { Guard = "class Engine", Reversal = "class Engine" }), "changes");
        Verdict.Kept(GuardViolations(moved with { Guard = "class Engine" }));
    }

    private static IEnumerable<string> TestViolations(string id, string words)
    {
        string[] parts = words.Split('.');
        // Suites of stores are abstract and run by those derived from them.
        MethodInfo[] found =
        [
            .. typeof(IncidentTableTests).Assembly.GetTypes().Where(type => type.Name == parts[0])
                .Select(type => type.GetMethod(
                    parts[^1],
                    BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .OfType<MethodInfo>(),
        ];
        if (found.Length == 0) yield return $"{id} names {words}, which does not exist";
        if (found.Length > 0 && !found.Any(IsTest)) yield return $"{id} names {words}, which is no test";
    }

    private static bool IsTest(MethodInfo method) =>
        method.GetCustomAttributes().Any(attribute => attribute is FactAttribute);

    private static IEnumerable<string> GuardViolations(Incident row)
    {
        string path = Path.Combine(Repository.Root, row.File);
        if (!File.Exists(path))
        {
            yield return $"{row.Id}: no file {row.File}";
            yield break;
        }

        int places = File.ReadAllText(path).ReplaceLineEndings("\n").Split(row.Guard).Length - 1;
        if (places != 1) yield return $"{row.Id}: {places} places of its guard in {row.File}";
        if (row.Guard == row.Reversal) yield return $"{row.Id}: its reversal changes nothing";
    }

    [GeneratedRegex(@"^\| (I-\d+b?)\b", RegexOptions.Multiline)]
    private static partial Regex Row();
}
