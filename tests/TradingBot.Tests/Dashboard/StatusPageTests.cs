using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using TradingBot.Kraken.Feed;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Database;
using TradingBot.Tests.Support;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Dashboard;
using Xunit;

namespace TradingBot.Tests.Dashboard;

/// <summary>What the page is made of, and whom the server answers.</summary>
public sealed partial class StatusPageTests
{
    private static readonly Uri Nowhere = new("ws://127.0.0.1:1/");
    private static readonly VenueAddresses Nobody = new(new Uri("http://127.0.0.1:1/"), Nowhere, Nowhere, Nowhere);

    [Theory]
    [InlineData("localhost:8080", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("", false)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example:8080", false)]
    [InlineData("192.168.1.7:8080", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    public void Only_names_of_this_machine_are_answered(string host, bool answered) =>
        Assert.Equal(answered, StatusServer.IsOfThisMachine(new HostString(host)));

    [Fact]
    public async Task Every_answer_says_what_a_browser_may_do_with_it_and_strangers_get_none()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using SocketWire wire = new(Nobody);
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out _);
        LiveRun run = new(new CircleOptions(), wire, log, 1, "paper", "simulated");
        IPEndPoint listen = new(IPAddress.Loopback, 0);
        await using StatusServer server = await StatusServer.StartAsync(run, listen, token);
        using SocketsHttpHandler handler = new();
        using HttpClient client = new(handler) { BaseAddress = server.Address };
        foreach (string path in new[] { "/", "/page.css", "/page.js", "/icon.svg", "/api/history", "/metrics" })
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            string policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", string.Join(' ', answer.Headers.GetValues("X-Content-Type-Options")));
        }

        using HttpRequestMessage strange = new(HttpMethod.Get, new Uri("/api/status", UriKind.Relative));
        strange.Headers.Host = "evil.example";
        using HttpResponseMessage refused = await client.SendAsync(strange, token);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, refused.StatusCode);
        using HttpResponseMessage write =
            await client.PostAsync(new Uri("/api/status", UriKind.Relative), new StringContent("x"), token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, write.StatusCode);
    }

    [Fact]
    public void The_page_brings_everything_with_it_and_takes_words_for_text()
    {
        string html = Read("page.html");
        string script = Read("page.js");
        Assert.Matches("<script src=\"/page.js\" defer></script>", html);
        Assert.Contains("new EventSource(\"/events\")", script, StringComparison.Ordinal);
        Assert.DoesNotMatch(Outside(), html + script + Read("page.css"));
        Assert.DoesNotMatch(Inline(), html);
        Assert.DoesNotMatch(Markup(), script);
        // The patterns find what they are there to find.
        Assert.Matches(Outside(), "<img src=\"https://example.org/x.png\">");
        Assert.Matches(Inline(), "<p onclick=\"x()\">");
        Assert.Matches(Markup(), "row.innerHTML = name;");
    }

    private static string Read(string name) =>
        File.ReadAllText(Path.Combine(Repository.Root, "src", "TradingBot.Worker", "Dashboard", name));

    [GeneratedRegex(@"(src|href)=""(https?:)?//|url\(|@import|fetch\(""http")]
    private static partial Regex Outside();

    [GeneratedRegex(@"<style|<script>|\son[a-z]+=|\sstyle=|javascript:")]
    private static partial Regex Inline();

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")]
    private static partial Regex Markup();
}
