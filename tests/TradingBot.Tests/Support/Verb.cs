using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace TradingBot.Tests.Support;

/// <summary>The program as a process of its own: a verb with its options.</summary>
internal static class Verb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a verb to its end; a process that does not end is killed and fails the test.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        using CancellationTokenSource late =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(late.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    public static Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "tradingbot.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>
    /// Asks the system for something a test needs (a mount, an attribute); the test is skipped when it is not granted.
    /// </summary>
    public static async Task NeedAsync(string program, params string[] arguments)
    {
        string what = $"{program} {string.Join(' ', arguments)}";
        try
        {
            ProcessStartInfo start = new(program) { RedirectStandardError = true };
            foreach (string argument in arguments) start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            string error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode == 0) return;
            Assert.Skip($"SKIPPED LOUDLY: '{what}' is not permitted here: {error.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Assert.Skip($"SKIPPED LOUDLY: '{what}' cannot be run here: {missing.Message}");
        }
    }
}
