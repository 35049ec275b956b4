using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
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

    [Fact]
    public void Every_error_and_every_status_of_the_fixtures_is_listed_or_stands_here_with_its_reason()
    {
        string[] unlisted =
        [
            // Of subscriptions, which have states of their own.
            "Subscription depth not supported", "snapshot_too_large",
            // A message beside a number: nobody documents which there are, so it proves nothing.
            "invalid order size",
        ];
        List<string> texts = [];
        List<string> statuses = [];
        foreach (string file in Directory.EnumerateFiles(
            Repository.Shared("kraken", "fixtures"), "*.*json", SearchOption.AllDirectories))
        {
            foreach (JsonElement root in Documents(file)) Collect(root, texts, statuses);
        }

        Assert.True(texts.Count > 6 && statuses.Count > 8, $"only {texts.Count} errors and {statuses.Count} statuses");
        Assert.All(texts.Except(unlisted), text => Assert.True(VenueErrors.Find(text) is not null, text));
        Assert.All(unlisted, text => Assert.Null(VenueErrors.Find(text)));
        Assert.All(statuses, status =>
            Assert.True(VenueErrors.Find(ErrorDialect.SendStatus, status) is not null, status));
    }

    [Fact]
    public void The_recorded_answers_about_keys_and_tokens_read_as_they_are_written()
    {
        string root = Repository.Shared("kraken", "fixtures", "spot-rest");
        using JsonDocument told = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "kn_GetApiKeyInfo.json")));
        KeyReport report = KeyReport.Read(told.RootElement, out string fault)!;
        Assert.Equal("", fault);
        Assert.Equal(["withdraw-funds"], report.Dangerous);
        Assert.Empty(report.Missing);
        Assert.Equal(["add-funds"], report.Idle);
        Assert.Equal((123UL, 0L, false, 32), (report.LastNonce, report.ValidUntilSeconds, report.IsBound,
            report.Account.Length));
        byte[] token = File.ReadAllBytes(Path.Combine(root, "doc_GetWebSocketsToken.json"));
        TokenAnswer answer = WebSocketToken.Parse(200, token, 0);
        Assert.Equal("1Dwc4lzSwNWOAwkMdqhssNNFhs1ed606d1WcF3XfEMw", answer.Token!.Text.Reveal());
        Assert.Equal(900_000_000_000, answer.Token.ExpiresNs);
    }

    private static IEnumerable<JsonElement> Documents(string file)
    {
        string[] texts = file.EndsWith(".ndjson", StringComparison.Ordinal)
            ? File.ReadAllLines(file) : [File.ReadAllText(file)];
        foreach (string text in texts.Where(text => text.Length > 0))
        {
            using JsonDocument document = JsonDocument.Parse(text);
            yield return document.RootElement;
        }
    }

    private static void Collect(JsonElement value, List<string> texts, List<string> statuses)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray()) Collect(item, texts, statuses);
        }

        if (value.ValueKind != JsonValueKind.Object) return;
        foreach (JsonProperty member in value.EnumerateObject())
        {
            bool isText = member.Value.ValueKind == JsonValueKind.String;
            bool isStatus = member.Name is "sendStatus" or "editStatus" or "cancelStatus";
            if (member.Name == "error" && isText) texts.Add(member.Value.GetString()!);
            if (member.Name == "error" && member.Value.ValueKind == JsonValueKind.Array)
            {
                texts.AddRange(member.Value.EnumerateArray().Select(one => one.ToString()));
            }

            if (member.Name == "errors") texts.AddRange(member.Value.EnumerateArray().Select(MessageOf));
            if (isStatus) statuses.Add(member.Value.GetProperty("status").GetString()!);
            Collect(member.Value, texts, statuses);
        }
    }

    private static string MessageOf(JsonElement error) => error.GetProperty("message").GetString()!;

    [GeneratedRegex(@"^\| (E[A-Z][A-Za-z]*:[^|]*?) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
