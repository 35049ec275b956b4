using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace TradingBot.Tests.Dashboard;

/// <summary>A headless Chromium with one page, spoken to over its debugging socket.</summary>
/// <remarks>https://chromedevtools.github.io/devtools-protocol/; one request at a time.</remarks>
internal sealed partial class Browser : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private string? _session;
    private int _requests;

    private Browser(Process process, string profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>What the page complained of: faults of its script, refused loads.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>The browser's file; the test is skipped, with a reason, where there is none.</summary>
    public static string Find()
    {
        string? named = Environment.GetEnvironmentVariable("TRADINGBOT_BROWSER");
        if (!string.IsNullOrEmpty(named)) return named;
        string[] names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string? found = names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        if (found is null) Assert.Skip("SKIPPED LOUDLY: there is no chromium to look at the page with");
        return found;
    }

    public static async Task<Browser> StartAsync(CancellationToken token)
    {
        string profile = Directory.CreateTempSubdirectory("tradingbot-browser-").FullName;
        ProcessStartInfo start = new(Find()) { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
            "--remote-debugging-port=0", "--user-data-dir=" + profile, "--window-size=1400,1000", "about:blank",
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Browser browser = new(Process.Start(start)!, profile);
        try
        {
            await browser.ConnectAsync(token);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    public async Task OpenAsync(Uri page, CancellationToken token)
    {
        await AskAsync("Runtime.enable", [], token);
        await AskAsync("Log.enable", [], token);
        await AskAsync("Page.enable", [], token);
        await AskAsync("Page.navigate", new JsonObject { ["url"] = page.ToString() }, token);
    }

    /// <summary>The value of an expression in the page, as text.</summary>
    public async Task<string> ReadAsync(string expression, CancellationToken token)
    {
        JsonObject parameters = new() { ["expression"] = $"String({expression})", ["returnByValue"] = true };
        JsonNode answer = await AskAsync("Runtime.evaluate", parameters, token);
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer["exceptionDetails"]}");
        return answer["result"]!["value"]!.GetValue<string>();
    }

    /// <summary>Writes the whole page as a picture, in a theme.</summary>
    public async Task PictureAsync(string file, string theme, CancellationToken token)
    {
        JsonObject feature = new() { ["name"] = "prefers-color-scheme", ["value"] = theme };
        await AskAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(feature) }, token);
        JsonObject form = new() { ["format"] = "png", ["captureBeyondViewport"] = true };
        JsonNode answer = await AskAsync("Page.captureScreenshot", form, token);
        byte[] picture = Convert.FromBase64String(answer["data"]!.GetValue<string>());
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, picture, token);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        // Its helpers may write a moment longer.
        for (int attempt = 0; attempt < 20 && Directory.Exists(_profile); attempt++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task ConnectAsync(CancellationToken token)
    {
        Match address = Match.Empty;
        while (!address.Success)
        {
            string? line = await _process.StandardError.ReadLineAsync(token);
            Assert.True(line is not null, "the browser ended before it listened");
            address = Listening().Match(line);
        }

        // What else it says is read away, so that it never waits for a reader.
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await _socket.ConnectAsync(new Uri(address.Groups[1].Value), token);
        JsonNode target = await AskAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }, token);
        JsonObject attach = new() { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true };
        JsonNode session = await AskAsync("Target.attachToTarget", attach, token);
        _session = session["sessionId"]!.GetValue<string>();
    }

    private async Task<JsonNode> AskAsync(string method, JsonObject parameters, CancellationToken token)
    {
        int number = ++_requests;
        JsonObject request = new() { ["id"] = number, ["method"] = method, ["params"] = parameters };
        if (_session is not null) request["sessionId"] = _session;
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(request);
        await _socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, true, token);
        while (true)
        {
            JsonNode message = await ReceiveAsync(token);
            Note(message);
            if (message["id"]?.GetValue<int>() != number) continue;
            return message["result"] ?? throw new InvalidOperationException($"{method}: {message["error"]}");
        }
    }

    private void Note(JsonNode message)
    {
        string method = message["method"]?.GetValue<string>() ?? "";
        bool isFault = method == "Runtime.exceptionThrown"
            || (method == "Log.entryAdded" && message["params"]!["entry"]!["level"]!.GetValue<string>() == "error");
        if (isFault) Complaints.Add(message["params"]!.ToJsonString());
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken token)
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray()) ?? throw new InvalidOperationException("The browser said nothing.");
    }

    [GeneratedRegex(@"^DevTools listening on (ws:\S+)")]
    private static partial Regex Listening();
}
