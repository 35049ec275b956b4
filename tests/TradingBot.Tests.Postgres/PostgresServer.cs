using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Xunit;

namespace TradingBot.Tests.Postgres;

/// <summary>
/// A real server for the tests: a cluster in a temporary folder, on loopback, with a password. It belongs to the user
/// postgres where the tests run as root, because the server refuses root.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string User = "bot";
    public const string Password = "p@ss:w/rd";
    private const string Database = "market";

    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-pg").FullName;
    private readonly int _port = FreePort();
    private string? _programs;

    /// <summary>Why there is no server, or null.</summary>
    public string? Absence { get; private set; }

    /// <summary>The address as hosters give it, with the password in it.</summary>
    public string Url(string schema) => string.Create(
        CultureInfo.InvariantCulture,
        $"postgresql://{User}:{Uri.EscapeDataString(Password)}@127.0.0.1:{_port}/{Database}"
        + $"?sslmode=disable&schema={schema}");

    /// <summary>The same in Npgsql's words.</summary>
    public string Keywords(string schema) => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={_port};Username={User};Password={Password};Database={Database};Search Path={schema}");

    public async ValueTask InitializeAsync()
    {
        _programs = FindPrograms();
        if (_programs is null)
        {
            Absence = "SKIPPED LOUDLY: no PostgreSQL server is installed (Debian: apt-get install postgresql)";
            return;
        }

        string secret = Path.Combine(_folder, "secret");
        await File.WriteAllTextAsync(secret, Password);
        if (IsRoot) await ExecuteAsync("chown", "-R", "postgres", _folder);
        await AsServerAsync(
            "initdb", "-D", Cluster, "-U", User, "--pwfile", secret, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C");
        await StartAsync();
        await AsServerAsync("createdb", "-h", "127.0.0.1", "-p", Port, "-U", User, Database);
    }

    public async ValueTask DisposeAsync()
    {
        if (Absence is null) await StopAsync("immediate");
        if (IsRoot) await ExecuteAsync("chown", "-R", "root", _folder);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Skips the test loudly where there is no server, except in CI, where one has to be.</summary>
    public void Need()
    {
        if (Absence is null) return;
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", Absence);
        Assert.Skip(Absence);
    }

    // Nothing here outlives power: what is tested is processes that die, so the medium need not be waited for.
    public Task StartAsync() => AsServerAsync(
        "pg_ctl", "-D", Cluster, "-l", Path.Combine(_folder, "log"), "-w", "-t", "60", "-o",
        $"-p {Port} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60 -k {_folder}", "start");

    public Task StopAsync(string how) => AsServerAsync("pg_ctl", "-D", Cluster, "-w", "-m", how, "stop");

    private static bool IsRoot => Environment.UserName == "root";

    private string Cluster => Path.Combine(_folder, "cluster");

    private string Port => _port.ToString(CultureInfo.InvariantCulture);

    private static string? FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        string[] versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return versions.OrderDescending().Select(version => Path.Combine(version, "bin")).Concat(path)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task AsServerAsync(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs!, program);
        return IsRoot
            ? ExecuteAsync("runuser", ["-u", "postgres", "--", "env", $"PGPASSWORD={Password}", path, .. arguments])
            : ExecuteAsync("env", [$"PGPASSWORD={Password}", path, .. arguments]);
    }

    private async Task ExecuteAsync(string program, params string[] arguments)
    {
        // A started server keeps the pipes of its starter open: what it says goes to a file, and nobody waits for it.
        ProcessStartInfo start = new("bash") { WorkingDirectory = _folder };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"\"$@\" >>'{_folder}/said' 2>&1");
        start.ArgumentList.Add(program);
        start.ArgumentList.Add(program);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode == 0) return;
        string said = await File.ReadAllTextAsync(Path.Combine(_folder, "said"));
        string what = $"{program} {string.Join(' ', arguments)}";
        throw new InvalidOperationException($"{what} ended with {process.ExitCode}: {said}");
    }
}
