using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Xml.Linq;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>Dependencies point one way: never up, never sideways. The table is the snapshot.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["TradingBot.Market"] = [],
        ["TradingBot.Signals"] = ["TradingBot.Market"],
        ["TradingBot.Trading"] = ["TradingBot.Market", "TradingBot.Signals"],
        ["TradingBot.Kraken"] = ["TradingBot.Market", "TradingBot.Trading"],
        ["TradingBot.Storage"] = ["TradingBot.Market", "TradingBot.Trading"],
        ["TradingBot.Simulation"] = ["TradingBot.Market", "TradingBot.Signals", "TradingBot.Trading"],
        ["TradingBot.Worker"] =
        [
            "TradingBot.Kraken", "TradingBot.Market", "TradingBot.Signals", "TradingBot.Simulation",
            "TradingBot.Storage", "TradingBot.Trading",
        ],
    };

    private static readonly string[] OnlyRuntime = ["TradingBot.Market", "TradingBot.Signals", "TradingBot.Trading"];

    [Fact]
    public void Projects_reference_what_stands_below_them()
    {
        foreach ((string project, string[] allowed) in Allowed)
        {
            Assert.Equal(allowed, ProjectReferences(SourceTree.Read($"src/{project}/{project}.csproj").Text));
        }

        string[] folders = Directory.GetDirectories(Path.Combine(Repository.Root, "src"));
        Assert.Equal(Allowed.Keys.Order(), folders.Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Assemblies_reference_what_stands_below_them()
    {
        foreach (string name in CompiledCode.Source)
        {
            string project = name == "tradingbot" ? "TradingBot.Worker" : name;
            Verdict.Kept(Violations(project, ReferencesOf(CompiledCode.Load(name))));
        }
    }

    [Fact]
    public void A_reference_upward_or_outside_is_reported()
    {
        Verdict.Reports(Violations("TradingBot.Signals", ["TradingBot.Trading"]),
            "TradingBot.Signals references TradingBot.Trading");
        Verdict.Reports(Violations("TradingBot.Storage", ["TradingBot.Simulation"]), "TradingBot.Simulation");
        Verdict.Reports(
            Violations("TradingBot.Market", ["Spectre.Console"]), "Spectre.Console, which is not of the runtime");
        Verdict.Kept(Violations("TradingBot.Market", ["System.Runtime", "System.Memory"]));
        string sample = "<Project><ItemGroup><ProjectReference Include=\"../B/B.csproj\" /></ItemGroup></Project>";
        Assert.Equal(["B"], ProjectReferences(sample));
    }

    [Fact]
    public void The_tests_themselves_are_seen_to_reference_packages() =>
        Assert.Contains("xunit.v3.assert", ReferencesOf(typeof(ReferenceTests).Assembly));

    private static IEnumerable<string> Violations(string project, IEnumerable<string> references)
    {
        foreach (string reference in references)
        {
            bool ours = reference.StartsWith("TradingBot.", StringComparison.Ordinal);
            if (ours && !Allowed[project].Contains(reference)) yield return $"{project} references {reference}";
            if (!ours && OnlyRuntime.Contains(project) && !IsRuntime(reference))
            {
                yield return $"{project} references {reference}, which is not of the runtime";
            }
        }
    }

    private static bool IsRuntime(string assembly)
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return File.Exists(Path.Combine(folder, assembly + ".dll"));
    }

    private static string[] ReferencesOf(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Order()];

    private static string[] ProjectReferences(string project) =>
        [.. XDocument.Parse(project).Descendants("ProjectReference")
            .Select(element => Path.GetFileNameWithoutExtension(element.Attribute("Include")!.Value)).Order()];
}
