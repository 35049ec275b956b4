using System;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TradingBot.Kraken.Universe;

/// <summary>
/// The universe on disk: specs are there at the start, so that protection never waits for the venue to list them.
/// </summary>
public static class UniverseFile
{
    private const int Format = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>What the file holds; a new state when there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="warning">What became of a file that cannot be read: it is set aside, never deleted.</param>
    /// <exception cref="IOException">The file is there and cannot be opened.</exception>
    public static UniverseState Load(string path, out string warning)
    {
        warning = "";
        if (!File.Exists(path)) return new UniverseState();
        string text = File.ReadAllText(path);
        string fault;
        try
        {
            Content? content = JsonSerializer.Deserialize<Content>(text, Json);
            if (content is { Format: Format, State: { } state })
            {
                if (InstrumentNames.Build(state.Specs, out fault) is not null) return state;
            }
            else
            {
                fault = "it is of another format";
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException)
        {
            fault = unreadable.Message;
        }

        string aside = SetAside(path);
        warning = $"{path} cannot be used ({fault}); it is now {aside}, and the venue is asked afresh";
        return new UniverseState();
    }

    /// <summary>Replaces the file whole: a reader sees the old one or the new one.</summary>
    /// <exception cref="IOException">The folder or the disk does not take it.</exception>
    public static void Save(string path, UniverseState state)
    {
        string next = path + ".new";
        using (FileStream file = new(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, new Content(Format, state), Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    private static string SetAside(string path)
    {
        for (int i = 1; ; i++)
        {
            string aside = string.Create(CultureInfo.InvariantCulture, $"{path}.unread-{i}");
            if (File.Exists(aside)) continue;
            File.Move(path, aside);
            return aside;
        }
    }

    private sealed record Content(int Format, UniverseState State);
}
