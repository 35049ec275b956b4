using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Processes;

/// <summary>The worker as its users start it: <c>run</c> in a process of its own, on a data folder.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>For a machine that is busy with other things; spent only on a failure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly TaskCompletionSource<string> _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<string> _errors;

    private WorkerProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = ReadErrorsAsync();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static WorkerProcess Start(string folder, params string[] more) =>
        new(Verb.Start(["run", "--port", "0", "--data", folder, .. more]));

    /// <summary>
    /// A configuration that trades on a simulated Kraken that stands elsewhere, and often: small stops, short entries,
    /// and caps that five positions do not reach.
    /// </summary>
    public static string Configure(string folder, LoopbackKraken venue)
    {
        string path = Path.Combine(folder, "tradingbot.yaml");
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $$"""
            venue:
              spot: {rest_url: "{{venue.RestUrl}}", ws_public_url: "{{venue.SpotPublicUrl}}"}
              unified: {public_url: "{{venue.UnifiedPublicUrl}}", private_url: "{{venue.UnifiedPrivateUrl}}"}
            risk:
              order_notional: 500
              position_notional_max: 5000
              total_notional_max: 50000
              orders_per_window_max: 10
              order_time_to_live_ms: 3000
            protection: {stop_distance_ppm: 1000, starts_max: 0}

            """));
        return path;
    }

    /// <summary>Its greeting, which comes when log and store are open and the page is up; else all it said.</summary>
    public async Task<string> GreetingAsync() =>
        await _greeting.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>Where its page is, by its greeting.</summary>
    public async Task<Uri> PageAsync()
    {
        string greeting = await GreetingAsync();
        return new Uri(greeting[greeting.LastIndexOf("http://", StringComparison.Ordinal)..]);
    }

    /// <summary>Sends a signal by its name: TERM, INT, STOP, CONT.</summary>
    public Task SignalAsync(string name) =>
        Verb.NeedAsync("kill", "-" + name, _process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>SIGKILL: no code of the process runs any more.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for its end; what it said, to the last byte.</summary>
    public async Task<(int Code, string Output, string Errors)> EndAsync()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await _process.WaitForExitAsync(token).WaitAsync(Patience, token);
        return (_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task<string> ReadErrorsAsync()
    {
        StringBuilder said = new();
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            said.Append(line).Append('\n');
            // Notices of the configuration and of the lane come before it.
            if (line.Contains("Look at http", StringComparison.Ordinal)) _greeting.TrySetResult(line);
        }

        _greeting.TrySetResult(said.ToString());
        return said.ToString();
    }
}
