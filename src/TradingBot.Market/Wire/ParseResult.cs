namespace TradingBot.Market.Wire;

/// <summary>
/// What became of one frame. Anything but <see cref="Ok"/> leaves the batch empty: no half-applied event.
/// </summary>
/// <remarks>
/// When a frame has several faults the one listed lower wins, except that <see cref="Malformed"/> beats all.
/// </remarks>
public enum ParseResult : byte
{
    /// <summary>Understood; zero or more events are in the batch.</summary>
    Ok = 0,

    /// <summary>Well-formed, but of a channel, event or method we do not read: counted under its name.</summary>
    Ignored = 1,

    /// <summary>More events than a batch holds.</summary>
    TooLarge = 2,

    /// <summary>A new symbol, and the symbol table is full.</summary>
    SymbolTableFull = 3,

    /// <summary>A number that cannot be held in 63 bits with 18 decimals.</summary>
    OutOfRange = 4,

    /// <summary>
    /// Well-formed JSON of a channel we read, but a field is missing, doubled, of a wrong type or value.
    /// </summary>
    Invalid = 5,

    /// <summary>Not one well-formed JSON value.</summary>
    Malformed = 6,
}
