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

    /// <summary>Its bytes are not what was written.</summary>
    Damaged = 7,

    /// <summary>Somebody else owns the account.</summary>
    Held = 8,
}

/// <summary>A fault as a value: its kind, and words that name the file, what was found and the remedy.</summary>
public sealed record StoreFault(StoreFaultKind Kind, string Text);

/// <summary>What opening a store came to: a store or a fault, and what was done to its place.</summary>
/// <param name="Store">Null when there is a fault.</param>
/// <param name="Fault">Null when there is a store.</param>
/// <param name="From">Schema it had; 0 when it was created.</param>
/// <param name="To">Schema it has.</param>
/// <param name="Copy">Where the store as it was before a migration lies; null when nothing was migrated.</param>
public sealed record StoreOpening(StateStore? Store, StoreFault? Fault, int From, int To, string? Copy)
{
    internal static StoreOpening Refused(StoreFaultKind kind, string text) => Refused(new StoreFault(kind, text));

    internal static StoreOpening Refused(StoreFault fault) => new(null, fault, 0, 0, null);
}
