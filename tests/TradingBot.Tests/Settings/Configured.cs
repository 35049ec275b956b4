using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>A folder with a configuration file and key files, read as the verbs read them.</summary>
internal sealed class Configured : IDisposable
{
    /// <summary>Nobody's: 88 characters of base64, as Kraken's private keys are.</summary>
    public const string PrivateKey =
        "bm90IGEga2V5IG9mIGFueWJvZHksIG9ubHkgYXMgbG9uZyBhcyBvbmU6IDY0IGJ5dGVzIG9mIGl0IC4uLi4uLi4uLg==";

    public const string ApiKey = "Tm90QUtleU9mQW55Ym9keUJ1dEFzTG9uZ0FzT25lT2ZLcmFrZW5z";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settings");

    public string Folder => _folder.FullName;

    public string FilePath => Path.Combine(Folder, "tradingbot.yaml");

    public static EffectiveSettings Of(
        string? yaml, Dictionary<string, string>? variables = null, params GivenSetting[] options)
    {
        using Configured configured = new();
        return configured.Read(yaml, variables, options);
    }

    /// <summary>The faults' texts, with the folder cut off the file's name.</summary>
    public static string[] FaultsOf(string yaml, Dictionary<string, string>? variables = null)
    {
        using Configured configured = new();
        EffectiveSettings effective = configured.Read(yaml, variables);
        return [.. effective.Faults.Select(fault =>
            fault.Text.Replace(configured.Folder + "/", "", StringComparison.Ordinal))];
    }

    public static string FaultOf(string yaml) => Assert.Single(FaultsOf(yaml));

    /// <summary>Without faults.</summary>
    public static WorkerSettings Sound(EffectiveSettings effective)
    {
        Assert.Empty(effective.Faults.Select(fault => fault.Text));
        return effective.Settings;
    }

    public EffectiveSettings Read(
        string? yaml, Dictionary<string, string>? variables = null, params GivenSetting[] options)
    {
        if (yaml is not null) File.WriteAllText(FilePath, yaml);
        return EffectiveSettings.Read(yaml is null ? null : FilePath, variables ?? [], options);
    }

    /// <summary>A file of the folder; mode 600 unless told otherwise.</summary>
    public string Write(
        string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        if (OperatingSystem.IsWindows()) Assert.Fail("Modes of files are a Unix thing.");
        else File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>Runs a verb as the process would; exit code, standard output, standard error.</summary>
    public static async Task<(int Code, string Output, string Error)> InvokeAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        RootCommand root = new()
        {
            RunCommand.Build(), ConfigCommand.Build(), DoctorCommand.Build(), WatchdogCommand.Build(),
            ProbeCommand.Build(), LiveCommand.Build(),
        };
        InvocationConfiguration streams = new() { Output = output, Error = error };
        int code = await root.Parse(arguments).InvokeAsync(streams, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
