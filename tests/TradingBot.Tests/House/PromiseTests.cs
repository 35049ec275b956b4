using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>What the pages promise, the tests name: invariants, frames, banned calls.</summary>
public sealed partial class PromiseTests
{
    private const string Analyzer = "Microsoft.CodeAnalysis.BannedApiAnalyzers";

    /// <summary>Per hot project, the calls its list must ban whatever else it bans.</summary>
    private static readonly Dictionary<string, string[]> BannedCalls = new()
    {
        ["src/TradingBot.Market/BannedSymbols.Hot.txt"] =
            ["T:System.Linq.Enumerable", "T:System.Threading.Tasks.Task", "T:System.DateTime", "T:System.Decimal"],
        ["src/TradingBot.Signals/BannedSymbols.Hot.txt"] =
            ["T:System.Linq.Enumerable", "T:System.Threading.Tasks.Task", "T:System.DateTime", "T:System.Decimal"],
        ["src/TradingBot.Trading/BannedSymbols.Trading.txt"] =
            ["T:System.Linq.Enumerable", "T:System.TimeProvider", "T:System.Diagnostics.Stopwatch", "T:System.Random"],
        ["BannedSymbols.txt"] = ["P:System.DateTime.UtcNow", "P:System.Random.Shared"],
    };

    [Fact]
    public void Every_invariant_kept_today_is_cited_by_a_test() =>
        Verdict.Kept(InvariantViolations(SourceTree.Read("ARCHITECTURE.md").Text, [.. SourceTree.CSharp("tests")]));

    [Fact]
    public void The_invariants_are_thirteen_and_some_are_kept_today()
    {
        Dictionary<string, bool> kept = KeptToday(SourceTree.Read("ARCHITECTURE.md").Text);
        Assert.Equal(Enumerable.Range(1, 13).Select(n => $"I{n}"), kept.Keys);
        Assert.Contains(true, kept.Values);
    }

    [Fact]
    public void An_uncited_invariant_is_reported()
    {
        const string Page = "| I3 | three | today: a test |\n| I4 | four | part 9 |\n";
        Verdict.Reports(InvariantViolations(Page, [new("tests/X.cs", "// I4 and I33")]), "I3 is said to be kept");
        Verdict.Kept(InvariantViolations(Page, [new("tests/X.cs", "// keeps I3")]));
        Verdict.Kept(InvariantViolations(Page, [new("tests/X.cs", "void Unknown_closes_the_instrument_I3()")]));
    }

    [Fact]
    public void Every_recorded_frame_is_used_by_a_test() =>
        Verdict.Kept(FrameViolations(SourceTree.Files, [.. SourceTree.CSharp("tests")]));

    [Fact]
    public void An_unused_frame_is_reported()
    {
        string[] files = ["tests/data/frames/spot-v2/trade.json", "tests/data/golden/x.json"];
        Verdict.Reports(FrameViolations(files, []), "tests/data/frames/spot-v2/trade.json");
        Verdict.Kept(FrameViolations(files, [new("tests/A.cs", "Repository.TestData(\"fra" + "mes\")")]));
        Verdict.Kept(FrameViolations(files, [new("tests/A.cs", "Read(\"trade.json\")")]));
    }

    [Fact]
    public void Every_hot_project_bans_calls_and_the_analyzer_is_referenced()
    {
        foreach ((string path, string[] required) in BannedCalls)
        {
            Verdict.Kept(BanViolations(SourceTree.Read(path), required));
        }

        Verdict.Kept(AnalyzerViolations(SourceTree.Read("Directory.Build.props").Text));
        SourceFile market = SourceTree.Read("src/TradingBot.Market/BannedSymbols.Hot.txt");
        Assert.Equal(market.Text, SourceTree.Read("src/TradingBot.Signals/BannedSymbols.Hot.txt").Text);
    }

    [Fact]
    public void A_shortened_list_and_a_missing_analyzer_are_reported()
    {
        Verdict.Reports(
            BanViolations(new("a.txt", "T:System.Random;no\n"), ["T:System.Guid"]), "a.txt does not ban T:System.Guid");
        Verdict.Reports(BanViolations(new("a.txt", "T:System.Random\n"), []), "gives no reason");
        Verdict.Reports(AnalyzerViolations("<Project />"), Analyzer);
    }

    private static Dictionary<string, bool> KeptToday(string page) =>
        InvariantRow().Matches(page).ToDictionary(
            match => match.Groups[1].Value,
            match => match.Groups[2].Value.TrimStart().StartsWith("today", StringComparison.Ordinal));

    private static IEnumerable<string> InvariantViolations(string page, SourceFile[] tests)
    {
        foreach ((string number, bool today) in KeptToday(page))
        {
            Regex cited = new($@"(?<![A-Za-z0-9]){number}(?![0-9A-Za-z])");
            // This file cites numbers as samples.
            bool any = tests.Any(t => !t.Path.EndsWith("PromiseTests.cs", StringComparison.Ordinal)
                && cited.IsMatch(t.Text));
            if (today && !any) yield return $"{number} is said to be kept today and no test cites it";
        }
    }

    private static IEnumerable<string> FrameViolations(IEnumerable<string> files, SourceFile[] tests)
    {
        bool enumerated = tests.Any(test => Folder().IsMatch(test.Text));
        return files.Where(path => path.StartsWith("tests/data/frames/", StringComparison.Ordinal))
            .Where(path => path.EndsWith(".json", StringComparison.Ordinal) && !enumerated)
            .Where(path => !tests.Any(t => t.Text.Contains(path.Split('/')[^1], StringComparison.Ordinal)))
            .Select(path => $"{path} is used by no test");
    }

    private static IEnumerable<string> BanViolations(SourceFile list, string[] required)
    {
        string[] lines = [.. list.Lines.Where(line => line.Length > 0)];
        foreach (string line in lines.Where(line => line.IndexOf(';', StringComparison.Ordinal) is < 0))
        {
            yield return $"{list.Path}: {line} gives no reason";
        }

        foreach (string call in required
            .Where(call => !lines.Any(line => line.StartsWith(call + ";", StringComparison.Ordinal))))
        {
            yield return $"{list.Path} does not ban {call}";
        }
    }

    private static IEnumerable<string> AnalyzerViolations(string props)
    {
        string[] needed = [$"PackageReference Include=\"{Analyzer}\"", "BannedSymbols.txt", "BannedSymbols.*.txt"];
        return needed.Where(words => !props.Contains(words, StringComparison.Ordinal))
            .Select(words => $"Directory.Build.props lacks {words}");
    }

    [GeneratedRegex(@"^\| (I\d+) \|[^\n]*\|([^|\n]*)\|[ ]*$", RegexOptions.Multiline)]
    private static partial Regex InvariantRow();

    [GeneratedRegex("TestData\\(\"frames\"")]
    private static partial Regex Folder();
}
