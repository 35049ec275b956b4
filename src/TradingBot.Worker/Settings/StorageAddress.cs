using System;
using System.IO;
using System.Text.RegularExpressions;
using TradingBot.Storage.Database;

namespace TradingBot.Worker.Settings;

/// <summary>Where the worker keeps what must survive it.</summary>
/// <param name="Folder">Folder of the intent log.</param>
/// <param name="DatabaseFile">File of the database, in that folder; null without one.</param>
/// <param name="Server">The PostgreSQL database; null for a file.</param>
internal sealed partial record StorageAddress(string Folder, string? DatabaseFile, StorePlace? Server = null)
{
    private const string StateName = "state.db";
    private const string HistoryName = "candles.db";

    /// <summary>As it may be shown: a server's password is left out.</summary>
    public string Text => Server is { } server ? $"{server.Text} (log in {Folder})"
        : DatabaseFile is null ? Folder : "sqlite:" + DatabaseFile;

    /// <summary>Where the rows of the intent log lie.</summary>
    public StorePlace State => Server ?? StorePlace.OfFile(DatabaseFile ?? Path.Combine(Folder, StateName));

    /// <summary>Where candles lie: in the server, or in a file of their own.</summary>
    public StorePlace History => Server ?? StorePlace.OfFile(Path.Combine(Folder, HistoryName));

    /// <summary>
    /// A path, <c>file:PATH</c> (a folder), <c>sqlite:PATH</c> (a database file), or a PostgreSQL address in either
    /// form; null otherwise.
    /// </summary>
    /// <param name="text">As it was given.</param>
    /// <param name="folder">Folder of the log when the address is a server's: what an earlier source said.</param>
    public static StorageAddress? Read(string text, string folder = "data")
    {
        if (PostgresForm().IsMatch(text))
        {
            StorePlace? server = StorePlace.Read(text, out _);
            return server is null ? null : new StorageAddress(folder, null, server);
        }

        Match scheme = Scheme().Match(text);
        string path = text[scheme.Length..];
        // file:///var/lib is /var/lib; file://host/… would be a folder of another machine.
        if (scheme.Success && path.StartsWith("//", StringComparison.Ordinal))
        {
            if (!path.StartsWith("///", StringComparison.Ordinal)) return null;
            path = path[2..];
        }

        if (path.Trim().Length == 0 || path.Contains('\0', StringComparison.Ordinal)) return null;
        switch (scheme.Success ? scheme.Groups[1].Value.ToUpperInvariant() : "FILE")
        {
            case "FILE":
                return new StorageAddress(path, null);
            case "SQLITE":
                if (Path.GetFileName(path).Length == 0 || path.Contains('?', StringComparison.Ordinal)) return null;
                string? own = Path.GetDirectoryName(path);
                return new StorageAddress(string.IsNullOrEmpty(own) ? "." : own, path);
            default:
                return null;
        }
    }

    /// <summary>One letter and a colon would be a drive: no scheme is that short.</summary>
    [GeneratedRegex("^([A-Za-z][A-Za-z0-9+.-]+):")]
    private static partial Regex Scheme();

    /// <summary>A libpq address, or Npgsql's words.</summary>
    [GeneratedRegex("^(postgres(ql)?://|.*(^|;)\\s*(host|server)\\s*=)", RegexOptions.IgnoreCase)]
    private static partial Regex PostgresForm();
}
