using System;
using System.IO;
using System.Text.RegularExpressions;

namespace TradingBot.Worker.Settings;

/// <summary>Where the worker keeps what must survive it.</summary>
/// <param name="Folder">Folder of the intent log.</param>
/// <param name="DatabaseFile">File of the database, in that folder; null without one.</param>
internal sealed partial record StorageAddress(string Folder, string? DatabaseFile)
{
    public string Text => DatabaseFile is null ? Folder : "sqlite:" + DatabaseFile;

    /// <summary>A path, <c>file:PATH</c> (a folder) or <c>sqlite:PATH</c> (a database file); null otherwise.</summary>
    public static StorageAddress? Read(string text)
    {
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
                string? folder = Path.GetDirectoryName(path);
                return new StorageAddress(string.IsNullOrEmpty(folder) ? "." : folder, path);
            default:
                return null;
        }
    }

    /// <summary>One letter and a colon would be a drive: no scheme is that short.</summary>
    [GeneratedRegex("^([A-Za-z][A-Za-z0-9+.-]+):")]
    private static partial Regex Scheme();
}
