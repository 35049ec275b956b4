using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Tests.Database;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Dashboard;

/// <summary>The page as a person sees it: the program as it is started, and a browser that looks at it.</summary>
public sealed partial class BrowserTests
{
    private const string Books = "[...document.querySelectorAll('#books tbody tr')]"
        + ".map(r => r.cells[1].textContent + ' ' + r.cells[2].textContent).join(',')";

    /// <summary>Open positions that a working stop stands behind: stop price and badge say so.</summary>
    private const string Guarded = "[...document.querySelectorAll('#positions tbody tr')]"
        + ".filter(r => /^[0-9.]+$/.test(r.cells[6].textContent) && r.cells[9].textContent === 'guarded').length";

    private const string Curves =
        "[...document.querySelectorAll('#books .line')].filter(p => (p.getAttribute('d') || '').length > 20).length";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task The_page_shows_moving_books_and_a_position_behind_its_stop()
    {
        using CancellationTokenSource late =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Patience);
        CancellationToken token = late.Token;
        await using Browser browser = await Browser.StartAsync(token);
        using StoreFolder folder = new();
        using Process run = Verb.Start(
            "run", "--for", "170s", "--port", "0", "--data", folder.Folder, "--no-journal", "--json");
        try
        {
            await browser.OpenAsync(await PageOfAsync(run, token), token);
            await UntilAsync(browser, Guarded, text => Whole(text) > 0, token);
            string before = await browser.ReadAsync(Books, token);
            Assert.Equal(10, before.Split(',').Length);
            await UntilAsync(browser, Books, text => text != before, token);
            await UntilAsync(browser, Curves, text => text == "10", token);
            Assert.Equal("SIMULATED", await TextOfAsync(browser, "#venue", token));
            Assert.Equal("trading", await TextOfAsync(browser, "#state", token));
            Assert.NotEqual("0", await browser.ReadAsync(
                "document.querySelectorAll('#happenings tbody tr').length", token));
            Assert.NotEqual("0", await browser.ReadAsync(
                "document.querySelectorAll('#refused tbody tr').length", token));
            Assert.Equal("true", await browser.ReadAsync(
                "document.documentElement.scrollWidth <= innerWidth", token));
            foreach (string theme in new[] { "light", "dark" })
            {
                string picture = Path.Combine(Repository.Root, "artifacts", "ci", $"page-{theme}.png");
                await browser.PictureAsync(picture, theme, token);
                Assert.True(new FileInfo(picture).Length > 50_000, "the picture is empty");
            }

            Assert.Empty(browser.Complaints);
            // The page is open while the run is asked to end: it does not wait for the browser.
            await Verb.NeedAsync("kill", "-TERM", run.Id.ToString(CultureInfo.InvariantCulture));
            using JsonDocument report = JsonDocument.Parse(await run.StandardOutput.ReadToEndAsync(token));
            await run.WaitForExitAsync(token);
            Assert.Equal(0, run.ExitCode);
            Assert.Equal(0, report.RootElement.GetProperty("checksum_mismatches").GetInt64());
        }
        finally
        {
            if (!run.HasExited) run.Kill();
        }
    }

    private static Task<string> TextOfAsync(Browser browser, string selector, CancellationToken token) =>
        browser.ReadAsync($"document.querySelector('{selector}').textContent", token);

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task UntilAsync(
        Browser browser, string expression, Predicate<string> holds, CancellationToken token)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200));
        while (!holds(await browser.ReadAsync(expression, token))) await timer.WaitForNextTickAsync(token);
    }

    private static async Task<Uri> PageOfAsync(Process run, CancellationToken token)
    {
        while (await run.StandardError.ReadLineAsync(token) is { } line)
        {
            Match match = Address().Match(line);
            if (match.Success) return new Uri(match.Value);
        }

        throw new InvalidOperationException("The run ended without telling where its page is.");
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/")]
    private static partial Regex Address();
}
