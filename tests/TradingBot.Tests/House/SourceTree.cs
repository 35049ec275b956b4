using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Tests.Support;

namespace TradingBot.Tests.House;

/// <summary>One text file of the repository; the path is relative to the root, with forward slashes.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    public string[] Lines => Text.Split('\n');

    /// <summary>Reports one place in this file.</summary>
    public string At(int line, string what) => $"{Path}:{line}: {what}";
}

/// <summary>The files of the checkout as the house rules see them: what is built or fetched does not count.</summary>
internal static class SourceTree
{
    private static readonly HashSet<string> NotOurs =
    [
        ".git", "bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea", ".vscode",
        "node_modules",
    ];

    /// <summary>Where a run from the checkout keeps its log and rows; .gitignore names it, too.</summary>
    private static readonly string WorkersFolder = Path.Combine(Repository.Root, "data");

    private static readonly HashSet<string> TextSuffixes =
    [
        ".cs", ".md", ".csproj", ".props", ".sln", ".json", ".txt", ".yaml", ".yml", ".sh", ".editorconfig", "",
    ];

    private static readonly Lazy<IReadOnlyList<string>> Paths = new(() => [.. Walk(Repository.Root).Order()]);

    /// <summary>Relative paths of all files, sorted.</summary>
    public static IReadOnlyList<string> Files => Paths.Value;

    public static IEnumerable<SourceFile> CSharp(params string[] roots) =>
        Files.Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
            .Where(path => roots.Any(root => path.StartsWith(root + "/", StringComparison.Ordinal)))
            .Select(Read);

    /// <summary>Everything a person wrote as text, captured traffic and lock files excepted.</summary>
    public static IEnumerable<SourceFile> Prose() =>
        Files.Where(path => TextSuffixes.Contains(Path.GetExtension(path)))
            .Where(path => !path.StartsWith("tests/data/", StringComparison.Ordinal))
            .Where(path => Path.GetFileName(path) != "packages.lock.json")
            .Select(Read);

    public static SourceFile Read(string path) =>
        new(path, File.ReadAllText(Path.Combine(Repository.Root, path)).Replace("\r\n", "\n",
            StringComparison.Ordinal));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            // In a worktree .git is a file.
            if (Path.GetFileName(file) == ".git" || file.EndsWith(".user", StringComparison.Ordinal)) continue;
            yield return Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
        }

        foreach (string child in Directory.EnumerateDirectories(folder))
        {
            if (NotOurs.Contains(Path.GetFileName(child)) || child == WorkersFolder) continue;
            foreach (string file in Walk(child)) yield return file;
        }
    }
}
