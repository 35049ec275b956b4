using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Journal;
using TradingBot.Tests.Processes;
using TradingBot.Tests.Settings;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Health;

/// <summary>A key that sings: whatever goes wrong, it is in nothing that anybody can read.</summary>
public sealed class CanaryTests
{
    /// <summary>Long enough that no other text holds them by accident; the private one is base64.</summary>
    private const string ApiKey = "CanaryKeyThatMustNeverBeReadAnywhereAtAll0123456789+/ab";

    private static readonly string PrivateKey =
        Convert.ToBase64String("canary: 64 bytes that must never be read anywhere at all >>>???"u8);

    private readonly List<(string Where, byte[] Bytes)> _seen = [];

    [Fact]
    public async Task A_canary_runs_through_everything_that_goes_wrong_and_is_heard_nowhere()
    {
        VenueOptions believing = new() { ApiKey = ApiKey, ApiSecret = PrivateKey };
        using Configured configured = new();
        await using (LoopbackKraken venue = await DoctorTests.StartAsync(believing))
        {
            string config = Write(configured, venue);
            await RunAsync("a run in order", config, asksPage: true);
            Hear("doctor", await Verb.RunAsync("doctor", "--config", config));
            Hear("doctor --json", await Verb.RunAsync("doctor", "--json", "--config", config));
            Hear("config --json", await Verb.RunAsync("config", "--json", "--config", config));
        }

        await RunLanesAsync(configured);

        foreach ((string what, VenueOptions options) in ((string, VenueOptions)[])
            [
                ("a key the venue does not know", believing with { ApiKey = "another" }),
                ("a private key the venue does not know", believing with { ApiSecret = "YW5vdGhlcg==" }),
                ("a key that moves money", believing with { KeyRights = ["withdraw-funds"] }),
            ])
        {
            await using LoopbackKraken venue = await DoctorTests.StartAsync(options);
            string config = Write(configured, venue);
            Hear(what, await Verb.RunAsync(
                "run", "--live", "--for", "2s", "--config", config, "--data", Live(config)));
            Hear(what + ", asked by the doctor", await Verb.RunAsync("doctor", "--config", config));
            await RunAsync(what + ", on paper", config, asksPage: false);
        }

        LoopbackKraken gone = await DoctorTests.StartAsync(believing);
        string dead = Write(configured, gone);
        await gone.DisposeAsync();
        Hear("nobody there", await Verb.RunAsync(
            "run", "--live", "--for", "2s", "--config", dead, "--data", Live(dead)));
        Hear("nobody there, asked by the doctor", await Verb.RunAsync("doctor", "--config", dead));
        configured.Write("canary-key", ApiKey + "\nsecond line", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Hear("a key file of two lines", await Verb.RunAsync("run", "--for", "1s", "--config", dead));
        configured.Write("canary-key", ApiKey + PrivateKey + "*", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        configured.Write("canary-secret", PrivateKey + "*", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Hear("no base64", await Verb.RunAsync("run", "--for", "1s", "--config", dead));
        HearFiles(Path.Combine(configured.Folder, "data"));
        HearFiles(Live(dead));

        Assert.True(_seen.Count > 25, $"only {_seen.Count} places were listened to");
        Assert.All(_seen, place => Assert.Equal((place.Where, ""), (place.Where, Heard(place.Bytes))));
    }

    /// <summary>The legacy lane signs a challenge and every call, and its answers are lost now and then.</summary>
    private async Task RunLanesAsync(Configured configured)
    {
        FaultPlan faults = new(1);
        VenueOptions options = new()
        {
            ApiKey = ApiKey,
            ApiSecret = PrivateKey,
            DerivativesKey = ApiKey,
            DerivativesSecret = PrivateKey,
            Faults = faults,
        };
        await using LoopbackKraken venue = await DoctorTests.StartAsync(options);
        string config = Write(configured, venue);
        string key = Path.Combine(configured.Folder, "canary-key");
        string secret = Path.Combine(configured.Folder, "canary-secret");
        string yaml = File.ReadAllText(config);
        string legacy = $"    rest_url: {venue.RestUrl}derivatives/api/v3\n    ws_url: {venue.FuturesUrl}\n"
            + $"    api_key_file: {key}\n    api_secret_file: {secret}\n";
        File.WriteAllText(config, yaml.Replace(
            "venue:\n", "venue:\n  derivatives:\n    lane: legacy\n" + legacy, StringComparison.Ordinal));
        await RunAsync("a run by the legacy lane", config, asksPage: true);
        faults.Arm(VenueFault.DropReply);
        foreach (string lane in (string[])["legacy", "unified", "spot"])
        {
            (int Code, string Output, string Error) said = await Verb.RunAsync(
                "live", "--rehearse", "--send", "--json", "--lane", lane, "--config", config, "--data", Live(config));
            Assert.True(said.Code == 0, $"{lane}: {said.Output}{said.Error}");
            Hear("a rehearsal of " + lane, said);
        }

        File.WriteAllText(config, yaml);
    }

    private static string Heard(byte[] bytes) =>
        string.Join(", ", Songs().Where(song => bytes.AsSpan().IndexOf(song.Bytes) >= 0).Select(song => song.Form));

    [Fact]
    public void A_canary_that_sings_is_heard()
    {
        Assert.Equal("key URL-coded", Heard(Encoding.ASCII.GetBytes($"x{Uri.EscapeDataString(ApiKey)}y")));
        string hex = Convert.ToHexString(Convert.FromBase64String(PrivateKey));
        Assert.Equal("private key's bytes in hex", Heard(Encoding.ASCII.GetBytes(hex)));
    }

    /// <summary>Both keys as they are, in base64, hex and URL coding; of the private one its bytes, too.</summary>
    private static IEnumerable<(string Form, byte[] Bytes)> Songs()
    {
        foreach ((string name, byte[] key) in ((string, byte[])[])
            [
                ("key", Encoding.ASCII.GetBytes(ApiKey)), ("private key", Encoding.ASCII.GetBytes(PrivateKey)),
                ("private key's bytes", Convert.FromBase64String(PrivateKey)),
            ])
        {
            yield return (name, key);
            yield return (name + " in base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(key).TrimEnd('=')));
            yield return (name + " in hex", Encoding.ASCII.GetBytes(Convert.ToHexString(key)));
            yield return (name + " in small hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key)));
            yield return (name + " URL-coded",
                Encoding.ASCII.GetBytes(Uri.EscapeDataString(Encoding.Latin1.GetString(key))));
        }
    }

    private static string Live(string config) => Path.Combine(Path.GetDirectoryName(config)!, "live");

    private static string Write(Configured configured, LoopbackKraken venue)
    {
        string key = configured.Write("canary-key", ApiKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string secret = configured.Write("canary-secret", PrivateKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string config = DoctorTests.Write(
            configured, venue, $"    ws_private_url: {venue.SpotPrivateUrl}\n"
            + $"    api_key_file: {key}\n    api_secret_file: {secret}");
        File.AppendAllText(config, "account: {id: canary}\n");
        return config;
    }

    private async Task RunAsync(string what, string config, bool asksPage)
    {
        using WorkerProcess worker = WorkerProcess.Start(
            Path.Combine(Path.GetDirectoryName(config)!, "data"), "--config", config, "--for", "4s", "--json");
        if (asksPage)
        {
            using HttpClient client = new(new SocketsHttpHandler()) { BaseAddress = await worker.PageAsync() };
            foreach (string path in (string[])["/", "/api/status", "/metrics", "/readyz?verbose", "/livez", "/nowhere"])
            {
                using HttpResponseMessage answer = await client.GetAsync(
                    new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
                byte[] body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                _seen.Add(($"{what}: {path}", [.. Encoding.ASCII.GetBytes(answer.ToString()), .. body]));
            }
        }

        Hear(what, await worker.EndAsync());
    }

    private void Hear(string where, (int Code, string Output, string Error) said) =>
        _seen.Add(($"{where}: what it said", Encoding.UTF8.GetBytes(said.Output + said.Error)));

    /// <summary>Log, database, journals unpacked, and whatever else lies there.</summary>
    private void HearFiles(string folder)
    {
        int journals = 0;
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(path);
            _seen.Add((path, bytes));
            if (!InputJournalReader.IsJournal(bytes)) continue;
            journals++;
            List<InputRecord> records = Journals.Read(bytes);
            Assert.NotEmpty(records);
            _seen.Add((path + ", unpacked", [.. records.SelectMany(record => record.Bytes.ToArray())]));
        }

        Assert.True(journals >= 1 || folder.EndsWith("live", StringComparison.Ordinal), "no journal was listened to");
    }
}
