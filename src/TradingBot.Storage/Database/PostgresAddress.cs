using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace TradingBot.Storage.Database;

/// <summary>Where a PostgreSQL database is and who we are there, from either form in which people keep it.</summary>
/// <remarks>
/// <c>postgresql://user:password@host:5432/database?sslmode=require</c> (libpq's form, <c>DATABASE_URL</c> of hosters;
/// postgresql.org/docs/current/libpq-connect.html) or <c>Host=…;Username=…;Password=…;Database=…</c> (Npgsql's).
/// </remarks>
internal sealed partial class PostgresAddress
{
    /// <summary>With the suffixes of kinds, steps and stamps it stays within the 63 bytes of a name.</summary>
    private const int SchemaMax = 24;

    private const string SchemaDefault = "tradingbot";

    /// <summary>Parameters of libpq's form and what they are here; others are refused by name.</summary>
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["channel_binding"] = "Channel Binding",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["search_path"] = "Search Path",
        ["schema"] = "Search Path",
        ["target_session_attrs"] = "Target Session Attributes",
        ["user"] = "Username",
        ["password"] = "Password",
        ["host"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
    };

    private PostgresAddress(NpgsqlConnectionStringBuilder builder, string schema)
    {
        ConnectionString = builder.ConnectionString;
        Schema = schema;
        string host = builder.Host!.Contains('/', StringComparison.Ordinal) ? $"[{builder.Host}]" : builder.Host;
        string suffix = schema == SchemaDefault ? "" : "?schema=" + schema;
        Text = string.Create(
            CultureInfo.InvariantCulture,
            $"postgresql://{builder.Username}@{host}:{builder.Port}/{builder.Database}{suffix}");
    }

    /// <summary>With the password: for Npgsql alone.</summary>
    public string ConnectionString { get; }

    /// <summary>Schema of the state's tables.</summary>
    public string Schema { get; }

    /// <summary>The address without its password.</summary>
    public string Text { get; }

    /// <summary>Whether the text means a PostgreSQL database, well or badly put.</summary>
    public static bool IsMeant(string text) => Form().IsMatch(text);

    /// <summary>Reads either form; null, with what is wrong and without the password, otherwise.</summary>
    public static PostgresAddress? Read(string text, out string error)
    {
        error = "";
        try
        {
            NpgsqlConnectionStringBuilder builder = Scheme().IsMatch(text) ? OfUrl(text, ref error) : new(text);
            if (error.Length > 0) return null;
            string schema = builder.SearchPath is { Length: > 0 } path ? path : SchemaDefault;
            if (string.IsNullOrEmpty(builder.Host)) error = "it names no host";
            else if (string.IsNullOrEmpty(builder.Database)) error = "it names no database";
            else if (string.IsNullOrEmpty(builder.Username)) error = "it names no user";
            else if (!SchemaForm().IsMatch(schema) || schema.Length > SchemaMax)
            {
                error = "its search path is not one schema of at most 24 lower-case letters, digits and underscores";
            }

            return error.Length > 0 ? null : new PostgresAddress(builder, schema);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or UriFormatException
            or KeyNotFoundException or OverflowException)
        {
            // The message of the builder names the key, never its value.
            error = "it cannot be read: " + (wrong is ArgumentException ? wrong.Message : "it is not an address");
            return null;
        }
    }

    private static NpgsqlConnectionStringBuilder OfUrl(string text, ref string error)
    {
        Uri address = new(Scheme().Replace(text, "postgresql://", 1));
        NpgsqlConnectionStringBuilder builder = new() { Host = address.Host };
        if (address.Port > 0) builder.Port = address.Port;
        string[] user = address.UserInfo.Split(':', 2);
        if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) builder.Password = Uri.UnescapeDataString(user[1]);
        builder.Database = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/'));
        foreach (string part in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split('=', 2);
            string name = Uri.UnescapeDataString(pair[0]);
            if (pair.Length < 2 || !Known.TryGetValue(name, out string? keyword))
            {
                error = $"its parameter '{name}' is not known: {string.Join(", ", Known.Keys)}";
                return builder;
            }

            string value = Uri.UnescapeDataString(pair[1]);
            // libpq writes verify-full, Npgsql VerifyFull.
            if (keyword is "SSL Mode" or "Target Session Attributes")
            {
                value = value.Replace("-", keyword[0] == 'S' ? "" : "-", StringComparison.Ordinal);
            }

            builder[keyword] = value;
        }

        return builder;
    }

    [GeneratedRegex("^(postgres(ql)?://|.*(^|;)\\s*(host|server)\\s*=)", RegexOptions.IgnoreCase)]
    private static partial Regex Form();

    [GeneratedRegex("^postgres(ql)?://", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex("^[a-z_][a-z0-9_]*$")]
    private static partial Regex SchemaForm();
}
