using Microsoft.Data.Sqlite;

namespace TradingBot.Storage.Database;

/// <summary>Why a store cannot be used.</summary>
public enum StoreFaultKind : byte
{
    None = 0,

    /// <summary>It cannot be opened, read or written: folder, rights, room, a lock, the medium.</summary>
    Unreachable = 1,

    /// <summary>The file is something else. It is unchanged.</summary>
    NotOurs = 2,

    /// <summary>It belongs to another mode or account. It is unchanged.</summary>
    WrongMark = 3,

    /// <summary>Its schema is newer than this build knows, or was made by other steps. It is unchanged.</summary>
    WrongSchema = 4,

    /// <summary>It holds records that the intent log does not.</summary>
    WrongLog = 5,

    /// <summary>A record of the log cannot be put into rows.</summary>
    BadRecord = 6,
}

/// <summary>A fault as a value: its kind, and words that name the file, what was found and the remedy.</summary>
public sealed record StoreFault(StoreFaultKind Kind, string Text)
{
    // https://www.sqlite.org/rescode.html
    internal const int Constraint = 19;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    internal static StoreFault Of(string path, SqliteException fault)
    {
        string remedy = fault.SqliteErrorCode switch
        {
            Busy or Locked => "another process holds it: end that one.",
            ReadOnly => "it or its folder may not be written: allow it, or choose another.",
            InputOutput => "the medium cannot be read or written: look at the disk and the room on it.",
            Corrupt or NotADatabase =>
                "it is damaged: move it with its -wal file away; the next start rebuilds it from the intent log.",
            Full => "no room is left on its disk: free some.",
            CannotOpen => "it cannot be opened: see that its folder is there, may be written and has room.",
            _ => "keep the file and report this.",
        };
        string code = $"SQLite {fault.SqliteErrorCode}/{fault.SqliteExtendedErrorCode}";
        return new StoreFault(StoreFaultKind.Unreachable, $"{path}: {remedy} ({code}: {fault.Message})");
    }
}

/// <summary>What opening a store came to: a store or a fault, and what was done to the file.</summary>
/// <param name="Store">Null when there is a fault.</param>
/// <param name="Fault">Null when there is a store.</param>
/// <param name="From">Schema the file had; 0 when it was created.</param>
/// <param name="To">Schema it has.</param>
/// <param name="Copy">Where the file as it was before a migration lies; null when nothing was migrated.</param>
public sealed record StoreOpening(StateStore? Store, StoreFault? Fault, int From, int To, string? Copy)
{
    internal static StoreOpening Refused(StoreFaultKind kind, string text) => Refused(new StoreFault(kind, text));

    internal static StoreOpening Refused(StoreFault fault) => new(null, fault, 0, 0, null);
}
