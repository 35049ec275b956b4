using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Rest;

/// <summary>Every recorded answer and frame of the reference material: what reads it, and to which values.</summary>
public sealed class FixtureTableTests
{
    private const int WordsMax = 160;

    [Fact]
    public void Every_fixture_parses_to_its_values_or_stands_here_with_the_reason_why_nothing_reads_it()
    {
        string root = Repository.Shared("kraken", "fixtures");
        StringBuilder table = new("""
            # Fixtures

            What this program makes of each recorded answer and frame of its reference material, which is not part of
            the repository. Written by `FixtureTableTests` (`TRADINGBOT_WRITE=1` writes it anew); a fixture that no
            rule names, and one that its reader cannot read, fails the test.

            | Fixture | Read as | Values, or why not |
            |---|---|---|

            """);
        List<string> faults = [];
        int read = 0;
        foreach (string file in Directory.EnumerateFiles(root, "*.*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            string path = Path.GetRelativePath(root, file).Replace('\\', '/');
            bool isAbout = path is "vectors.json" || path.EndsWith(".md", StringComparison.Ordinal);
            if (isAbout) continue;
            FixtureRule? rule = FixtureRule.Find(path);
            if (rule is null)
            {
                faults.Add($"{path}: no rule says what reads it");
                continue;
            }

            string words = Read(rule, file);
            if (words.Contains("FAULT", StringComparison.Ordinal)) faults.Add($"{path}: {words}");
            if (rule.Reader != "-") read++;
            string cell = words.Length > WordsMax ? words[..WordsMax] + "…" : words;
            string plain = cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
            table.Append(null, $"| {path} | {rule.Reader} | {plain} |\n");
        }

        Assert.Empty(faults);
        Assert.True(read > 80, $"only {read} fixtures are read");
        string page = Path.Combine(Repository.Root, "docs", "fixtures.md");
        if (Environment.GetEnvironmentVariable("TRADINGBOT_WRITE") == "1") File.WriteAllText(page, table.ToString());
        Assert.Equal(table.ToString(), File.ReadAllText(page));
    }

    private static string Read(FixtureRule rule, string file)
    {
        if (rule.Reader == "-") return rule.Read(default);
        bool isLines = file.EndsWith(".ndjson", StringComparison.Ordinal);
        string[] texts = isLines ? File.ReadAllLines(file) : [File.ReadAllText(file)];
        IEnumerable<string> words = texts.Where(text => text.Length > 0).Select(text =>
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(text);
                return rule.Read(document.RootElement);
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
            {
                return "FAULT " + fault.Message;
            }
        });
        return string.Join("; ", words.Distinct());
    }
}
