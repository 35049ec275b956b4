using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using TradingBot.Kraken.Rest;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Rest;

/// <summary>One table of error texts: complete, without shadows, and the same in the documentation.</summary>
public sealed partial class VenueErrorTests
{
    [Fact]
    public void The_documentation_shows_the_table_that_the_program_uses()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "venue-errors.md"));
        int at = page.IndexOf("## Spot", StringComparison.Ordinal);
        Assert.True(at > 0, "docs/venue-errors.md has no tables");
        // To write it anew: tradingbot doctor --errors
        Assert.Equal(VenueErrors.Markdown(), page[at..]);
    }

    [Theory]
    [InlineData(ErrorDialect.Spot)]
    [InlineData(ErrorDialect.Derivatives)]
    [InlineData(ErrorDialect.SendStatus)]
    public void Every_row_is_found_by_its_own_text_and_hides_no_other(ErrorDialect dialect)
    {
        foreach (VenueError row in VenueErrors.Of(dialect))
        {
            Assert.Same(row, VenueErrors.Find(dialect, row.Text));
            Assert.Same(row, VenueErrors.Find(dialect, row.Text.ToUpperInvariant()));
            if (dialect != ErrorDialect.SendStatus) Assert.Same(row, VenueErrors.Find(dialect, row.Text + ": 57"));
            Assert.EndsWith(".", row.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_text_of_the_reference_material_is_listed()
    {
        string page = File.ReadAllText(Repository.Shared("kraken", "spot-rest.md"));
        List<string> missing = [];
        int count = 0;
        foreach (Match line in Rows().Matches(page))
        {
            string? head = null;
            foreach (string part in line.Groups[1].Value.Split(',', '/'))
            {
                string text = part.Trim();
                int colon = text.IndexOf(':', StringComparison.Ordinal);
                bool isWhole = text.StartsWith('E') && colon > 0 && text[..colon].All(char.IsLetter);
                if (isWhole) head = text[..colon];
                string full = (isWhole ? text : $"{head}:{text}").Split('[')[0].Split('(')[0].TrimEnd('*', ' ');
                if (full.StartsWith("EService:post", StringComparison.Ordinal)) continue;
                if (full.StartsWith("EService:limit", StringComparison.Ordinal)) continue;
                if (full.EndsWith("exchange has no margin funds)", StringComparison.Ordinal)) continue;
                bool isShort = full is "EOrder:Position is closed" or "EOrder:Non-PC" or "EOrder:Non-ECP";
                if (isShort) full = full.Insert(7, "Reduce only:");
                count++;
                if (VenueErrors.Find(ErrorDialect.Spot, full) is null) missing.Add(full);
            }
        }

        Assert.Empty(missing);
        Assert.True(count > 60, $"only {count} texts were found in the material");
    }

    [Fact]
    public void Every_status_of_the_reference_material_is_listed()
    {
        string page = File.ReadAllText(Repository.Shared("kraken", "futures-rest-v3.md"));
        string line = page.Split('\n').Single(one => one.StartsWith("sendStatus.status:", StringComparison.Ordinal));
        string list = line["sendStatus.status:".Length..];
        list = list[..list.IndexOf('.', StringComparison.Ordinal)];
        string[] statuses = list.Split(',', StringSplitOptions.TrimEntries);
        Assert.True(statuses.Length > 25);
        Assert.All(statuses, status => Assert.NotNull(VenueErrors.Find(ErrorDialect.SendStatus, status)));
        string[] taken = [.. statuses.Where(status =>
            VenueErrors.Find(ErrorDialect.SendStatus, status)!.Outcome == OrderOutcome.Accepted)];
        Assert.Equal(["placed", "partiallyFilled", "filled", "cancelled", "edited"], taken);
    }

    [Theory]
    [InlineData("EService:Unavailable")]
    [InlineData("EService:Busy")]
    [InlineData("EGeneral:Internal error")]
    [InlineData("EService:Deadline elapsed")]
    [InlineData("marketUnavailable")]
    [InlineData("Server Error")]
    public void Nothing_of_which_the_venue_does_not_know_itself_counts_as_refused(string text)
    {
        VenueError row = VenueErrors.Find(text)!;
        Assert.Equal((OrderOutcome.Unknown, RetryRule.AfterLookUp), (row.Outcome, row.Retry));
        Assert.True(row.CoolDownSeconds > 0);
    }

    [Fact]
    public void A_reduction_that_ended_early_is_a_partial_success_and_an_unknown_text_proves_nothing()
    {
        Assert.Equal(
            OrderOutcome.Partial, VenueErrors.Find("EOrder: Reduce only: Position is closed")!.Outcome);
        Assert.False(KrakenError.Of("EOrder:Reduce only:Position is closed").IsDefinite);
        Assert.Null(VenueErrors.Find("EOrder:A text nobody has seen"));
        Assert.Equal(new KrakenError(VenueReason.Other, false), KrakenError.Of("EOrder:A text nobody has seen"));
        Assert.Null(VenueErrors.Find(ErrorDialect.SendStatus, "filledAndMore"));
    }

    [GeneratedRegex(@"^\| (E[A-Z][A-Za-z]*:[^|]*?) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
