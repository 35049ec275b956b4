using System;
using System.IO;

namespace TradingBot.Storage.Database;

/// <summary>Where a store lies: a SQLite file, or a PostgreSQL database. It may hold a password and never shows
/// it.</summary>
public sealed class StorePlace
{
    private readonly string _path;
    private readonly PostgresAddress? _address;

    private StorePlace(string path, PostgresAddress? address)
    {
        _path = path;
        _address = address;
    }

    /// <summary>The file; null for a server.</summary>
    public string? File => _address is null ? _path : null;

    public bool IsServer => _address is not null;

    /// <summary>As messages, logs and reports show it: without a password.</summary>
    public string Text => _address?.Text ?? _path;

    /// <summary>A SQLite file; its folder is there.</summary>
    public static StorePlace OfFile(string path) => new(path, null);

    /// <summary>
    /// Reads <c>sqlite:FILE</c>, a file's path, <c>postgresql://user:password@host:port/database?sslmode=…</c> or
    /// Npgsql's <c>Host=…;Username=…;…</c>.
    /// </summary>
    /// <param name="text">What the operator wrote.</param>
    /// <param name="error">What is wrong with it; never its password.</param>
    public static StorePlace? Read(string text, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (PostgresAddress.IsMeant(text))
        {
            PostgresAddress? address = PostgresAddress.Read(text, out error);
            return address is null ? null : new StorePlace("", address);
        }

        const string Scheme = "sqlite:";
        string path = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..] : text;
        if (path.StartsWith("///", StringComparison.Ordinal)) path = path[2..];
        bool usable = Path.GetFileName(path).Trim().Length > 0 && !path.Contains('\0', StringComparison.Ordinal);
        error = usable ? "" : "it is neither a file nor an address like postgresql://user@host:5432/database";
        return usable ? OfFile(path) : null;
    }

    public override string ToString() => Text;

    internal IStoreEngine EngineFor(StoreKind kind) =>
        _address is null ? new SqliteEngine(_path, kind) : new PostgresEngine(_address, kind);
}
