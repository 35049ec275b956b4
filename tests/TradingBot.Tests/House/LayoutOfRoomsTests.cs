using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>What stands where: the top level, the rooms of each project, and namespaces that say the folder.</summary>
public sealed partial class LayoutOfRoomsTests
{
    private static readonly HashSet<string> TopLevel =
    [
        ".ci", ".dockerignore", ".editorconfig", ".gitattributes", ".gitignore", "ARCHITECTURE.md", "BannedSymbols.txt",
        "CHANGELOG.md", "CONTRIBUTING.md", "Directory.Build.props", "Directory.Packages.props", "Dockerfile", "LICENSE",
        "README.md", "SECURITY.md", "STYLE.md", "TradingBot.sln", "bench", "check", "config", "deploy", "docs",
        "global.json", "nightly", "src", "tests",
    ];

    /// <summary>The rooms a project may have. A new room is a decision: add it here and to ARCHITECTURE.md.</summary>
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["src/TradingBot.Market"] = ["Bars", "Book", "Events", "Ring", "Values", "Wire"],
        ["src/TradingBot.Signals"] = ["Indicators", "OrderFlow", "Strategies", "Structure"],
        ["src/TradingBot.Trading"] = ["Allocation", "Orders", "Positions", "Reconciliation", "Risk", "Stops"],
        ["src/TradingBot.Kraken"] = ["Budgets", "Feed", "Orders", "Rest", "Universe"],
        ["src/TradingBot.Storage"] = ["Candles", "Capture", "Database", "Export", "Journal", "Parquet"],
        ["src/TradingBot.Simulation"] = ["Backtest", "Loopback", "Paper", "Synthetic", "Venue"],
        ["src/TradingBot.Worker"] =
            [
                "Alerts", "Capture", "Circle", "Commands", "Dashboard", "Health", "History", "Metrics", "Operator",
                "Replay", "Scenarios", "Settings",
            ],
    };

    /// <summary>Rooms of the tests that mirror no room of src: kinds of test, not things tested.</summary>
    private static readonly HashSet<string> TestRooms =
    [
        "Fuzz", "Golden", "House", "Processes", "Properties", "Simulation", "Sockets", "Support", "Twins",
    ];

    [Fact]
    public void The_top_level_holds_what_it_should() => Verdict.Kept(TopLevelViolations(SourceTree.Files));

    [Fact]
    public void Projects_have_the_rooms_of_the_house() => Verdict.Kept(RoomViolations(SourceTree.Files));

    [Fact]
    public void Namespaces_are_folders() =>
        Verdict.Kept(SourceTree.CSharp("src", "tests", "bench").SelectMany(NamespaceViolations));

    [Fact]
    public void The_solution_holds_every_project_and_projects_stand_in_src_tests_or_bench() =>
        Verdict.Kept(ProjectViolations(SourceTree.Files, SourceTree.Read("TradingBot.sln").Text));

    [Fact]
    public void A_stranger_in_the_house_is_reported()
    {
        Verdict.Reports(TopLevelViolations(["tools/x.cs"]), "'tools'");
        Verdict.Reports(RoomViolations(["src/TradingBot.Market/Helpers/X.cs"]), "'Helpers'");
        Verdict.Reports(RoomViolations(["src/TradingBot.Market/Wire/Deep/X.cs"]), "'Deep'");
        Verdict.Reports(RoomViolations(["src/TradingBot.Extra/X.cs"]), "'src/TradingBot.Extra'");
        Verdict.Reports(RoomViolations(["tests/TradingBot.Tests/Models/X.cs"]), "'Models'");
        Verdict.Reports(ProjectViolations(["src/A/A.csproj"], "nothing"), "src/A/A.csproj is not in the solution");
        Verdict.Reports(ProjectViolations(["docs/A.csproj"], "docs\\A.csproj"), "docs/A.csproj stands outside");
        Verdict.Reports(
            NamespaceViolations(new("src/TradingBot.Market/Wire/X.cs", "namespace TradingBot.Market.Book;\n")),
            "TradingBot.Market.Wire");
    }

    private static IEnumerable<string> TopLevelViolations(IEnumerable<string> files) =>
        files.Select(path => path.Split('/')[0]).Distinct().Where(name => !TopLevel.Contains(name))
            .Select(name => $"'{name}' has no place at the top level");

    private static IEnumerable<string> RoomViolations(IEnumerable<string> files)
    {
        HashSet<string> known = [.. Rooms.SelectMany(entry => entry.Value), .. TestRooms];
        foreach (string path in files.Where(path => path.EndsWith(".cs", StringComparison.Ordinal)))
        {
            string[] parts = path.Split('/');
            string project = string.Join('/', parts.Take(2));
            string room = parts.Length > 3 ? parts[2] : string.Empty;
            if (parts[0] == "src")
            {
                string[]? rooms = Rooms.GetValueOrDefault(project);
                if (rooms is null) yield return $"'{project}' is not a project of the house";
                bool stranger = room.Length > 0 && rooms?.Contains(room) == false;
                if (stranger) yield return $"{path}: '{room}' is no room of this project";
                if (parts.Length > 4) yield return $"{path}: '{parts[3]}' is a room within a room";
            }
            else if (project == "tests/TradingBot.Tests" && room.Length > 0 && !known.Contains(room)
                && !Rooms.ContainsKey("src/TradingBot." + room))
            {
                yield return $"{path}: '{room}' mirrors no room of src";
            }
        }
    }

    private static IEnumerable<string> NamespaceViolations(SourceFile file)
    {
        Match match = NamespaceLine().Match(file.Text);
        // Programs of top-level statements have none.
        if (!match.Success) yield break;
        string[] folders = file.Path.Split('/')[1..^1];
        string expected = string.Join('.', folders);
        string said = match.Groups[1].Value;
        if (said != expected) yield return $"{file.Path} is in {said}, its folder says {expected}";
    }

    private static IEnumerable<string> ProjectViolations(IEnumerable<string> files, string solution)
    {
        foreach (string path in files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            bool inside = path.Split('/')[0] is "src" or "tests" or "bench";
            if (!inside) yield return $"{path} stands outside src, tests and bench";
            bool listed = solution.Contains($"\"{path.Replace('/', '\\')}\"", StringComparison.Ordinal);
            if (!listed) yield return $"{path} is not in the solution";
        }
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
