using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>What the code must never be able to do: docs/decisions/0008.</summary>
public sealed partial class PromisedAbsenceTests
{
    [Fact]
    public void No_lane_and_no_tool_can_cancel_orders_that_it_does_not_name() =>
        Verdict.Kept(SourceTree.CSharp("src", "bench").SelectMany(Violations));

    [Fact]
    public void A_verb_that_takes_stops_along_is_reported()
    {
        Verdict.Reports(Violations(new("src/A/X.cs", "json.WriteString(\"method\", \"cancel_all\");\n")), "cancel_all");
        Verdict.Reports(Violations(new("src/A/X.cs", "\nvar p = \"/0/private/CancelAll\";")), "src/A/X.cs:2");
        Verdict.Reports(Violations(new("src/A/X.cs", "Post(\"/cancelallordersafter\");")), "cancelallordersafter");
        Verdict.Reports(Violations(new("src/A/X.cs", "\"cancel_all_orders_after\"u8")), "cancel_all_orders_after");
        Verdict.Reports(Violations(new("src/A/X.cs", "\"CancelAllOrdersAfter\"")), "CancelAllOrdersAfter");
        Verdict.Kept(Violations(new("src/A/X.cs", "// cancel_all is not here\n\"cancel_order\"u8")));
        // The simulated venue may know the words, to be asked by strangers' clients.
        Verdict.Kept(Violations(new("src/TradingBot.Simulation/Venue/X.cs", "\"cancel_all\"")));
    }

    private static IEnumerable<string> Violations(SourceFile file)
    {
        if (file.Path.StartsWith("src/TradingBot.Simulation/", System.StringComparison.Ordinal)) yield break;
        string[] lines = file.Text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith("//", System.StringComparison.Ordinal)) continue;
            foreach (Match match in Verbs().Matches(lines[i]))
            {
                yield return file.At(i + 1, $"{match.Value} would take the stops along (docs/decisions/0008)");
            }
        }
    }

    [GeneratedRegex(@"cancel_?all(_?orders)?(_?after)?", RegexOptions.IgnoreCase)]
    private static partial Regex Verbs();
}
