using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>What the sources and pages may not say, and what a page must have.</summary>
public sealed partial class TextTests
{
    /// <summary>Mouths of lanes: the places where an unforeseen fault ends (ARCHITECTURE.md, catch sites).</summary>
    private static readonly HashSet<string> LaneMouths =
    [
        "src/TradingBot.Worker/Program.cs",

        // Keeps a stage's fault for whoever owns the ring, and throws it on.
        "src/TradingBot.Market/Ring/Consumer.cs",

        // The store's writer: a database that fails must not end the process that trades.
        "src/TradingBot.Storage/Database/StoreWriter.cs",
    ];

    [Fact]
    public void Sources_keep_the_rules_of_text() =>
        Verdict.Kept(SourceTree.CSharp("src", "tests", "bench").SelectMany(CodeViolations));

    [Fact]
    public void Every_page_has_one_title() =>
        Verdict.Kept(SourceTree.Prose()
            .Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal)).SelectMany(PageViolations));

    [Fact]
    public void Nothing_tells_of_the_machine_it_was_written_on() =>
        Verdict.Kept(SourceTree.Prose().SelectMany(MachineViolations));

    [Theory]
    [InlineData("try { } catch (Exception e) { }", "catches everything")]
    [InlineData("try { } catch { }", "catches everything")]
    [InlineData("#region Fields", "region")]
    [InlineData("// TO" + "DO: later", "owner and a date")]
    [InlineData("// TO" + "DO(someone): later", "owner and a date")]
    public void A_breach_in_a_source_is_reported(string line, string words)
    {
        Verdict.Reports(CodeViolations(new("src/A/X.cs", "\n" + line)), "src/A/X.cs:2");
        Verdict.Reports(CodeViolations(new("src/A/X.cs", "\n" + line)), words);
    }

    [Fact]
    public void A_skipped_test_is_reported() =>
        Verdict.Reports(CodeViolations(new("tests/A/X.cs", "[Fact(Skip" + " = \"flaky\")]")), "skips a test");

    [Fact]
    public void What_is_allowed_is_left_alone()
    {
        Verdict.Kept(CodeViolations(new(LaneMouths.First(), "try { } catch (Exception e) { }")));
        Verdict.Kept(CodeViolations(new("src/A/X.cs", "// TO" + "DO(name, 2026-01-31): with owner and date")));
        Verdict.Kept(CodeViolations(new("src/A/X.cs", "try { } catch (FormatException) { }")));
        Verdict.Kept(MachineViolations(new("a.md", "the header User-Ag" + "ent")));
    }

    [Fact]
    public void A_page_of_no_or_two_titles_is_reported()
    {
        Verdict.Reports(PageViolations(new("a.md", "text\n## b\n")), "0 titles");
        Verdict.Reports(PageViolations(new("a.md", "# a\n# b\n")), "2 titles");
        Verdict.Kept(PageViolations(new("a.md", "# a\n```\n# a comment in a shell\n```\n")));
    }

    [Fact]
    public void Traces_of_a_machine_are_reported()
    {
        Verdict.Reports(MachineViolations(new("a.md", "see /ho" + "me/ann/notes")), "a.md:1");
        Verdict.Reports(MachineViolations(new("a.md", "\nsee /wo" + "rk/main")), "a.md:2");
        Verdict.Reports(MachineViolations(new("a.md", "written by an ag" + "ent")), "a.md:1");
    }

    private static IEnumerable<string> CodeViolations(SourceFile file)
    {
        string[] lines = file.Lines;
        string[] code = CodeText.Blank(file.Text).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            bool mouth = LaneMouths.Contains(file.Path) || !file.Path.StartsWith("src/", StringComparison.Ordinal);
            if (CatchesAll().IsMatch(code[i]) && !mouth)
            {
                yield return file.At(i + 1, "catches everything outside a lane's mouth");
            }

            if (Region().IsMatch(code[i])) yield return file.At(i + 1, "folds code away in a region");
            if (Skip().IsMatch(code[i])) yield return file.At(i + 1, "skips a test");
            bool comment = code[i].Length == lines[i].Length && code[i] != lines[i];
            if (comment
                && lines[i].Contains("// TO" + "DO", StringComparison.Ordinal) && !OwnedTodo().IsMatch(lines[i]))
            {
                yield return file.At(i + 1, "a TODO needs an owner and a date: TODO(name, yyyy-mm-dd)");
            }
        }
    }

    private static IEnumerable<string> PageViolations(SourceFile file)
    {
        int titles = 0;
        bool fenced = false;
        foreach (string line in file.Lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) fenced = !fenced;
            if (!fenced && line.StartsWith("# ", StringComparison.Ordinal)) titles++;
        }

        if (titles != 1) yield return $"{file.Path} has {titles} titles, not one";
    }

    private static IEnumerable<string> MachineViolations(SourceFile file)
    {
        string[] lines = file.Lines;
        for (int i = 0; i < lines.Length; i++)
        {
            Match match = Machine().Match(lines[i]);
            if (match.Success) yield return file.At(i + 1, $"says '{match.Value}'");
        }
    }

    [GeneratedRegex(@"\bcatch\s*(\(\s*(System\.)?Exception\b|\{|$)(?!.*\bwhen\b)")]
    private static partial Regex CatchesAll();

    [GeneratedRegex(@"^\s*#\s*region\b")]
    private static partial Regex Region();

    [GeneratedRegex(@"\bSkip\s*=")]
    private static partial Regex Skip();

    [GeneratedRegex(@"TODO\(\w+, \d{4}-\d{2}-\d{2}\)")]
    private static partial Regex OwnedTodo();

    // Spelled in halves, so that the rule does not report itself.
    private const string Folder = "(?<![\\w.])/(ho" + "me|Us" + "ers|wo" + "rk)/\\w|[A-Z]:\\\\Us" + "ers";
    private const string Writer = "(?i)(?<!user-)\\b(sub)?ag" + "ents?\\b";

    [GeneratedRegex(Folder + "|" + Writer)]
    private static partial Regex Machine();
}
