using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>Files ≤ 400 lines, methods ≤ 70, lines ≤ 120 columns; the dispatcher stays a dispatcher.</summary>
public sealed class SizeTests
{
    private const int FileLinesMax = 400;
    private const int EngineLinesMax = 300;
    private const int MethodLinesMax = 70;
    private const int ColumnsMax = 120;

    [Fact]
    public void Files_methods_and_lines_are_short() =>
        Verdict.Kept(SourceTree.CSharp("src", "tests", "bench").SelectMany(Violations));

    [Fact]
    public void A_long_file_is_reported() =>
        Verdict.Reports(Violations(Sample(string.Concat(Enumerable.Repeat("// line\n", 500)))), "500 lines");

    [Fact]
    public void The_engine_has_a_limit_of_its_own()
    {
        string text = string.Concat(Enumerable.Repeat("// line\n", 301));
        Verdict.Kept(Violations(Sample(text)));
        Verdict.Reports(Violations(new SourceFile("src/TradingBot.Trading/Engine.cs", text)), "301 lines");
    }

    [Fact]
    public void A_long_method_is_reported()
    {
        string body = string.Concat(Enumerable.Repeat("        x++;\n", 70));
        string source = $"namespace N;\nclass C\n{{\n    int F(int x)\n    {{\n{body}    }}\n\n    int G() => 1;\n}}\n";
        Verdict.Reports(Violations(Sample(source)), "sample.cs:4: int F(int x) has 73 lines");
        Assert.Single(Violations(Sample(source)));
    }

    [Fact]
    public void A_wide_line_is_reported()
    {
        Verdict.Reports(Violations(Sample(new string('/', 121) + "\n")), "121 columns");
        Verdict.Kept(Violations(Sample(new string('/', 120) + "\n")));
    }

    [Fact]
    public void The_scanner_is_not_fooled_by_braces_in_text_and_finds_every_kind_of_member()
    {
        const string Source = """"
            using System;
            namespace N;
            public record struct P(long M);
            internal sealed class C<T>(int seed) : Base(seed) where T : struct
            {
                // } not code
                private readonly string _a = "}" + $"{(1 > 0 ? "}" : "{")} {{" + @"\" + '}';
                private static readonly int[] Table = { 1, 2 };
                [Obsolete("}")]
                public int Count { get; set; } = 3;
                public string Raw => """ } " """;
                public int Pick(int x = 1) => x switch
                {
                    1 => 2,
                    _ => 3,
                };
                public static bool operator ==(C<T> a, C<T> b) { return true; }
                internal enum E { A, B }
                private void Last() { if (_a == "") { return; } }
            }
            """";
        string[] headers = [.. MemberScan.Members(Source).Select(m => m.Header)];
        string all = string.Join('\n', headers);
        string[] expected =
        [
            "public int Count", "public int Pick(int x = 1) => x switch", "operator ==", "private void Last()",
            "public string Raw", "private readonly string _a",
        ];
        foreach (string member in expected)
        {
            Assert.Contains(member, all, StringComparison.Ordinal);
        }

        Member pick = MemberScan.Members(Source).Single(m => m.Header.Contains("Pick", StringComparison.Ordinal));
        Assert.Equal(5, pick.Lines);
        Assert.DoesNotContain(headers, header => header.StartsWith("if", StringComparison.Ordinal));
    }

    private static SourceFile Sample(string text) => new("sample.cs", text);

    private static IEnumerable<string> Violations(SourceFile file)
    {
        string[] lines = file.Lines;
        int count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        int limit = file.Path.EndsWith("TradingBot.Trading/Engine.cs", StringComparison.Ordinal)
            ? EngineLinesMax
            : FileLinesMax;
        if (count > limit) yield return $"{file.Path}: {count} lines, at most {limit}";

        for (int i = 0; i < lines.Length; i++)
        {
            int columns = lines[i].Length;
            if (columns > ColumnsMax) yield return file.At(i + 1, $"{columns} columns, at most {ColumnsMax}");
        }

        foreach (Member member in MemberScan.Members(file.Text))
        {
            // Tables of constants are data, not methods.
            bool code = member.Header.Contains('(') || member.Header.Contains("=>", StringComparison.Ordinal)
                || !member.Header.Contains('=');
            if (!code || member.Lines <= MethodLinesMax) continue;
            string words = $"{member.Header} has {member.Lines} lines, at most {MethodLinesMax}";
            yield return file.At(member.FirstLine, words);
        }
    }
}
