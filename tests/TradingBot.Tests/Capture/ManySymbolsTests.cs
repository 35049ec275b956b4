using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Synthetic;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>Processes as users start them: one serves two hundred symbols, one records them for minutes.</summary>
public sealed class ManySymbolsTests : IDisposable
{
    private const int Symbols = 200;

    private readonly Recordings _recordings = new();

    public void Dispose() => _recordings.Dispose();

    [Fact]
    public async Task Two_hundred_symbols_are_recorded_clean_and_their_replay_ends_in_the_recorders_state_I5()
    {
        int seconds = Seed.Count(ci: 30, full: 600);
        string source = Path.Combine(_recordings.Folder, "source.jsonl");
        // No fault is in it, so not one checksum may be wrong.
        SyntheticOptions made = new()
        {
            Seed = 7,
            Symbols = Symbols,
            Faults = false,
            DurationUs = (seconds + 120) * 1_000_000L,
        };
        using (FileStream file = File.Create(source)) SyntheticCapture.Write(file, made);

        string folder = Path.Combine(_recordings.Folder, "recording");
        using Process server = Verb.Start("serve", source, "--port", "0", "--speed", "1", "--json");
        string? line = await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        JsonElement said = JsonDocument.Parse(line!).RootElement;
        Assert.Equal(Symbols, said.GetProperty("symbols").GetInt32());
        JsonElement recorded = await RunAsync(
            seconds + 60, "record", "--symbols", string.Join(',', SyntheticCapture.SymbolsOf(made)), "--for",
            $"{seconds}s", "--out", folder, "--url", said.GetProperty("spot").GetString()!, "--json");
        await Verb.NeedAsync("kill", "-TERM", server.Id.ToString(CultureInfo.InvariantCulture));
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, server.ExitCode);

        long verified = recorded.GetProperty("checksums_verified").GetInt64();
        Assert.True(verified > 5L * seconds * Symbols / 10, $"{verified} checksums in {seconds} s");
        Assert.Equal((0, 0, 0, 0), (
            Number(recorded, "checksum_mismatches"), Number(recorded, "parse_errors"), Number(recorded, "reconnects"),
            Number(recorded, "capture_records_lost")));
        JsonElement audit = await RunAsync(300, "capture", "verify", folder, "--json");
        Assert.Equal((verified, 0, 0, 0), (
            audit.GetProperty("checksums_verified").GetInt64(), Number(audit, "checksum_mismatches"),
            Number(audit, "parse_errors"), audit.GetProperty("faults").GetArrayLength()));
        Assert.Equal(recorded.GetProperty("frames").GetInt64(), audit.GetProperty("frames").GetInt64());
        JsonElement replayed = await RunAsync(300, "replay", folder, "--json");
        Assert.Equal(
            recorded.GetProperty("state_hash").GetString(), replayed.GetProperty("state_hash").GetString());
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{seconds} s, {recorded.GetProperty("frames")} frames, {verified} checksums verified, "
            + $"{audit.GetProperty("frame_bytes")} bytes of frames in {audit.GetProperty("bytes")}");
    }

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static async Task<JsonElement> RunAsync(int patienceSeconds, params string[] arguments)
    {
        using Process process = Verb.Start(arguments);
        using CancellationTokenSource late =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(patienceSeconds));
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(late.Token);
            string output = await process.StandardOutput.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            Assert.True(process.ExitCode == 0, $"{arguments[0]} ended with {process.ExitCode}: {await error}");
            return JsonDocument.Parse(output).RootElement;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
