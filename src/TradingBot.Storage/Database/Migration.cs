using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace TradingBot.Storage.Database;

/// <summary>A step of the schema: numbered from 1, forward only, never changed once released.</summary>
/// <param name="Number">Its place.</param>
/// <param name="Name">What it brings.</param>
/// <param name="Sql">Its statements.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>The state's steps for SQLite, in order, as they lie in this assembly.</summary>
    public static IReadOnlyList<Migration> OfSqlite { get; } = Of("TradingBot.Storage.Database.Sqlite.");

    /// <summary>The state's steps for PostgreSQL.</summary>
    public static IReadOnlyList<Migration> OfPostgres { get; } = Of("TradingBot.Storage.Database.Postgres.");

    /// <summary>SHA-256 of the statements in hex: a step that was applied in another wording is refused.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>Steps under a name's prefix, in order.</summary>
    internal static IReadOnlyList<Migration> Of(string folder)
    {
        Assembly assembly = typeof(Migration).Assembly;
        List<string> names = [.. assembly.GetManifestResourceNames()];
        names.RemoveAll(name => !name.StartsWith(folder, StringComparison.Ordinal));
        names.Sort(StringComparer.Ordinal);
        List<Migration> steps = [];
        foreach (string name in names)
        {
            // 0001_intents.sql
            string file = Path.GetFileNameWithoutExtension(name[folder.Length..]);
            int number = int.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture);
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            using StreamReader text = new(stream, Encoding.UTF8);
            steps.Add(new Migration(number, file[5..], text.ReadToEnd()));
        }

        return steps;
    }
}
