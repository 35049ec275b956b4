using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>Memory safety is the compiler's everywhere, except in listed files that say why they are right.</summary>
public sealed partial class UnsafeTests
{
    /// <summary>
    /// Files that may step around the bounds checks. Each says <c>// SAFETY:</c> and names its benchmark.
    /// </summary>
    private static readonly HashSet<string> Listed =
    [
        "src/TradingBot.Market/Ring/SlotMemory.cs",
        "src/TradingBot.Market/Wire/FrameText.cs",
        "src/TradingBot.Market/Wire/WireDigits.cs",
        "src/TradingBot.Storage/Capture/MappedFile.cs",
    ];

    [Fact]
    public void No_project_allows_unsafe_blocks() =>
        Verdict.Kept(SourceTree.Files.Where(IsBuildFile).Select(SourceTree.Read).SelectMany(BuildViolations));

    [Fact]
    public void Only_listed_files_step_around_the_bounds_checks() =>
        Verdict.Kept(SourceTree.CSharp("src", "bench").SelectMany(Violations));

    [Fact]
    public void Unlisted_and_unexplained_use_is_reported()
    {
        const string Code = "var a = MemoryMarshal.GetReference(span);\n";
        Verdict.Reports(Violations(new("src/A/X.cs", Code)), "src/A/X.cs:1: MemoryMarshal.");
        Verdict.Reports(Violations(new("src/A/X.cs", "\nint x = Unsafe.Add(ref a, 1);")), "src/A/X.cs:2: Unsafe.");
        Verdict.Reports(Violations(new("src/A/X.cs", "delegate*<int> f;")), "delegate*");
        Verdict.Reports(Violations(new(Listed.First(), Code)), "no SAFETY comment");
        Verdict.Kept(Violations(new(Listed.First(), "// SAFETY: the index is masked.\n" + Code)));
        Verdict.Kept(Violations(new("src/A/X.cs", "// Unsafe.Add is not needed here\nstring s = \"MemoryMarshal.\";")));
        Verdict.Reports(
            BuildViolations(
                new("src/A/A.csproj", "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>")), "allows unsafe blocks");
    }

    private static bool IsBuildFile(string path) =>
        path.EndsWith(".csproj", StringComparison.Ordinal) || path.EndsWith(".props", StringComparison.Ordinal);

    private static IEnumerable<string> BuildViolations(SourceFile file)
    {
        if (Allows().IsMatch(file.Text)) yield return $"{file.Path} allows unsafe blocks";
    }

    private static IEnumerable<string> Violations(SourceFile file)
    {
        string[] code = CodeText.Blank(file.Text).Split('\n');
        bool any = false;
        for (int i = 0; i < code.Length; i++)
        {
            foreach (Match match in Uses().Matches(code[i]))
            {
                any = true;
                if (!Listed.Contains(file.Path)) yield return file.At(i + 1, $"{match.Value} outside the listed files");
            }
        }

        bool explained = file.Text.Contains("// SAFETY:", StringComparison.Ordinal);
        if (any && Listed.Contains(file.Path) && !explained) yield return $"{file.Path} has no SAFETY comment";
    }

    [GeneratedRegex(@"\b(Unsafe|MemoryMarshal|NativeMemory|CollectionsMarshal|Marshal)\.|\bunsafe\b|\bdelegate\s*\*")]
    private static partial Regex Uses();

    [GeneratedRegex(@"<AllowUnsafeBlocks[^>]*>\s*true", RegexOptions.IgnoreCase)]
    private static partial Regex Allows();
}
