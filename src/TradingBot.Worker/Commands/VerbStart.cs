using System;
using System.CommandLine;
using System.IO;
using System.Threading.Tasks;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>What verbs read first: how long, and the configuration in effect.</summary>
/// <param name="Settings">Null when the verb cannot start; then everything was told, and the code says it.</param>
internal readonly record struct VerbStart(WorkerSettings? Settings, TimeSpan Duration, int Code)
{
    /// <summary>The configuration of a verb, and the value of its <c>--for</c>.</summary>
    public static async Task<VerbStart> ReadAsync(ParseResult parsed, string verb, string? forText)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        if (!RunCommand.TryReadDuration(forText, out TimeSpan duration))
        {
            await errors.WriteLineAsync($"--for '{forText}' is not a time: 30s, 5m or 1h.").ConfigureAwait(false);
            return new VerbStart(null, default, ExitCode.Usage);
        }

        EffectiveSettings effective = SettingsOptions.Read(parsed);
        if (effective.Faults.Count == 0) return new VerbStart(effective.Settings, duration, ExitCode.Ok);
        await errors.WriteAsync(effective.Explain(verb)).ConfigureAwait(false);
        return new VerbStart(null, default, ExitCode.Configuration);
    }
}
