using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Settings;
using TradingBot.Tests.Support;
using TradingBot.Worker;
using TradingBot.Worker.Operator;
using Xunit;

namespace TradingBot.Tests.Operator;

/// <summary><c>run --script</c>, <c>halt</c> and <c>resume</c> as processes over real sockets.</summary>
public sealed partial class OperatorVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tb").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_scripted_run_over_sockets_does_its_acts_and_its_journal_is_the_same_run_again_I5()
    {
        long price = new SimulatedKraken(new VenueOptions { Activity = 12 }).Oracle.LastPrice("PF_XBTUSD");
        string script = Path.Combine(_folder, "script.yaml");
        string[] acts =
        [
            "{at: 500ms, do: enter, symbol: PF_XBTUSD, side: buy, type: market, quantity: '0.05', "
                + $"stop_price: '{price * 97 / 100}', take_profit: ['{price * 103 / 100}', '{price * 104 / 100}']}}",
            $"{{at: 3s, do: move_stop, symbol: PF_XBTUSD, stop_price: '{price * 98 / 100}'}}",
            $"{{at: 4s, do: move_stop, symbol: PF_XBTUSD, stop_price: '{price * 97 / 100}'}}",
            "{at: 5s, do: halt, reason: lunch}",
            "{at: 5s, do: enter, symbol: PF_ETHUSD, side: sell, type: market, quantity: '0.5', stop_price: '2100'}",
            "{at: 6s, do: exit, symbol: PF_XBTUSD}",
            "{at: 8s, do: resume, reason: back}",
            "{at: 1h, do: exit, symbol: PF_XBTUSD}",
        ];
        await File.WriteAllLinesAsync(script, acts.Select(act => "- " + act), Token);
        (int code, string output, string error) = await Verb.RunAsync(
            "run", "--script", script, "--for", "20s", "--port", "0", "--data", Path.Combine(_folder, "d"), "--json");
        Assert.True(code == 0, error);
        Assert.Contains("The run ended before 1 of 8 acts were due.", error, StringComparison.Ordinal);
        Assert.Contains("move_stop PF_XBTUSD: REFUSED: loosens_protection", error, StringComparison.Ordinal);
        using JsonDocument run = JsonDocument.Parse(output);
        JsonElement root = run.RootElement;
        Assert.Equal(
            [null, null, "loosens_protection", null, "halted", null, null],
            root.GetProperty("script").GetProperty("results").EnumerateArray()
                .Select(result => result.GetProperty("refused").GetString()));
        Assert.Equal(1, root.GetProperty("entries").GetInt32());
        Assert.Equal(0, root.GetProperty("positions").GetInt32());
        Assert.False(root.GetProperty("halted").GetBoolean());
        Assert.True(root.GetProperty("unprotected_seconds_max").GetDouble() <= 5);

        (code, output, error) = await Verb.RunAsync(
            "replay", root.GetProperty("journal").GetString()!, "--json");
        Assert.True(code == 0, error);
        using JsonDocument replay = JsonDocument.Parse(output);
        Assert.True(replay.RootElement.GetProperty("equal").GetBoolean());
        Assert.Equal(9, replay.RootElement.GetProperty("acts").GetInt32());
        foreach (string hash in (string[])["command_hash", "state_hash"])
        {
            Assert.Equal(root.GetProperty(hash).GetString(), replay.RootElement.GetProperty(hash).GetString());
        }
    }

    [Fact]
    public async Task A_halt_from_outside_is_shown_holds_over_a_kill_and_is_lifted_by_resume()
    {
        (int code, _, string error) = await Verb.RunAsync("halt", "--reason", "early", "--data", _folder);
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("no worker listens on", error, StringComparison.Ordinal);
        using (Process run = Verb.Start("run", "--for", "60s", "--port", "0", "--data", _folder))
        {
            Uri page = new(PageLine().Match((await run.StandardError.ReadLineAsync(Token))!).Value);
            (code, string output, error) =
                await Verb.RunAsync("halt", "--reason", "the moon is full", "--data", _folder, "--json");
            Assert.True(code == 0, error);
            Assert.Contains("\"halted\":true,\"why\":\"the moon is full\"", output, StringComparison.Ordinal);
            string socket = Path.Combine(_folder, OperatorSocket.Name);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
            }

            await UntilHaltedAsync(page);
            run.Kill();
            await run.WaitForExitAsync(Token);
            Assert.True(File.Exists(socket), "a killed process leaves its socket behind");
        }

        using (Process run = Verb.Start("run", "--for", "60s", "--port", "0", "--data", _folder))
        {
            await run.StandardError.ReadLineAsync(Token);
            string line = (await run.StandardError.ReadLineAsync(Token))!;
            Assert.StartsWith("HALTED since 20", line, StringComparison.Ordinal);
            Assert.Contains(": the moon is full. No entries until 'tradingbot resume", line, StringComparison.Ordinal);
            (code, string output, _) = await Verb.RunAsync("resume", "--reason", "dawn", "--data", _folder);
            Assert.Equal((0, "entries are let in"), (code, output.Trim()));
            run.Kill();
            await run.WaitForExitAsync(Token);
        }

        (code, string ended, error) =
            await Verb.RunAsync("run", "--max-loops", "2", "--port", "0", "--data", _folder, "--json");
        Assert.True(code == 0, error);
        Assert.Contains("\"halted\":false,\"halt_reason\":null", ended, StringComparison.Ordinal);
        Assert.DoesNotContain("HALTED", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, OperatorSocket.Name)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("two\nlines")]
    public async Task A_halt_needs_a_reason_of_one_line(string reason)
    {
        (int code, _, string error) = await Verb.RunAsync("halt", "--reason", reason, "--data", _folder);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("one line of 1 to 200 characters", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("venue: {kind: kraken}", "venue.spot.rest_url (api.kraken.com), venue.spot.ws_public_url (ws.kraken")]
    [InlineData(
        "venue: {kind: kraken, spot: {rest_url: 'http://127.0.0.1:1', ws_public_url: 'ws://127.0.0.1:1'}, unified: "
            + "{public_url: 'ws://[::1]:1', private_url: wss://uws.kraken.com/v2/private}}",
        "not: venue.unified.private_url (uws.kraken.com). Set")]
    [InlineData(
        "venue: {kind: kraken, spot: {rest_url: 'http://127.0.0.1:1', ws_public_url: 'ws://127.0.0.1:1'}, unified: "
            + "{public_url: 'ws://[::1]:1', private_url: 'ws://localhost:1'}, derivatives: {ws_url: wss://kraken.com}}",
        "not: venue.derivatives.ws_url (kraken.com). Set")]
    public async Task A_script_is_refused_where_any_address_is_not_of_this_machine(string yaml, string words)
    {
        using Configured configured = new();
        configured.Read(yaml);
        string script = configured.Write("s.yaml", "- {at: 1s, do: exit, symbol: PF_XBTUSD}\n");
        (int code, _, string error) = await Configured.InvokeAsync(
            "run", "--config", configured.FilePath, "--script", script, "--max-loops", "2", "--data", _folder);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("--script is for venues of this machine alone", error, StringComparison.Ordinal);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_script_with_faults_stops_the_start_and_leaves_nothing_behind()
    {
        using Configured configured = new();
        string script = configured.Write("s.yaml", "- {at: 1s, do: exit, symbol: PF_XBT}\n- {at: 0s, do: halt}\n");
        (int code, _, string error) = await Configured.InvokeAsync(
            "run", "--script", script, "--max-loops", "2", "--data", _folder, "--port", "0");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("run cannot start: 3 faults in the script", error, StringComparison.Ordinal);
        Assert.Contains(script + ":1: exit.symbol: 'PF_XBT' is no perpetual", error, StringComparison.Ordinal);
        Assert.Contains(script + ":2: halt.at: 0s is before", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task What_is_no_request_is_answered_so_and_changes_nothing()
    {
        OperatorInbox inbox = new();
        await using OperatorSocket? socket = OperatorSocket.Listen(_folder, inbox, out string fault);
        Assert.True(socket is not null, fault);
        foreach (string line in (string[])
            ["", "x", "[]", "{}", "{\"do\":\"exit\",\"why\":\"x\"}", "{\"do\":\"halt\",\"why\":\"\"}", "{\"do\":1}"])
        {
            string wrong = "";
            byte[]? answer = await OperatorSocket.AskAsync(
                _folder, System.Text.Encoding.UTF8.GetBytes(line), text => wrong = text);
            Assert.True(answer is not null, wrong);
            using JsonDocument json = JsonDocument.Parse(answer);
            Assert.Equal("not_understood", json.RootElement.GetProperty("refused").GetString());
        }
    }

    [Fact]
    public async Task A_folder_whose_path_no_socket_takes_is_said_and_the_run_goes_on_without()
    {
        string deep = Path.Combine(_folder, new string('x', 120));
        Directory.CreateDirectory(deep);
        Assert.Null(OperatorSocket.Listen(deep, new OperatorInbox(), out string fault));
        Assert.Contains("too long for a socket", fault, StringComparison.Ordinal);
        (int code, _, string error) =
            await Verb.RunAsync("run", "--max-loops", "2", "--port", "0", "--data", deep);
        Assert.Equal(0, code);
        Assert.Contains("No halt from outside: ", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync("halt", "--reason", "x", "--data", deep);
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("too long for a socket", error, StringComparison.Ordinal);
    }

    private static async Task UntilHaltedAsync(Uri page)
    {
        using SocketsHttpHandler handler = new();
        using HttpClient client = new(handler);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        for (int i = 0; i < 300; i++)
        {
            string status = await client.GetStringAsync(new Uri(page, "/api/status"), Token);
            if (status.Contains("\"halt_reason\":\"the moon is full\"", StringComparison.Ordinal)) return;
            await timer.WaitForNextTickAsync(Token);
        }

        Assert.Fail("the status does not tell of the halt");
    }

    [GeneratedRegex("http://[^ ]+")]
    private static partial Regex PageLine();
}
