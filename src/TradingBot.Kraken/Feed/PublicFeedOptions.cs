using System.Collections.Generic;
using TradingBot.Market.Events;

namespace TradingBot.Kraken.Feed;

/// <summary>What is wanted of one public socket, and how long to be patient, in ns.</summary>
public sealed record PublicFeedOptions
{
    private const long Second = 1_000_000_000;

    /// <summary>Wanted of each symbol, of book, trade and ticker; the instruments of the socket come first.</summary>
    public IReadOnlyList<Channel> Channels { get; init; } = [Channel.Book, Channel.Trade];

    /// <summary>Book depth: 10, 25, 100, 500 or 1000.</summary>
    public int Depth { get; init; } = 10;

    /// <summary>
    /// Sent with each request on the Unified WebSocket; null on spot v2, which refuses it.
    /// </summary>
    public string? AssetClass { get; init; }

    /// <summary>
    /// The derivatives' first WebSocket: heartbeats in place of instruments, no number on requests, so no answer tells
    /// which one it is about but by feed and product.
    /// </summary>
    public bool IsLegacy { get; init; }

    /// <summary>Symbols in one request. No limit is published; 20 to 100 are in use.</summary>
    public int SymbolsPerRequest { get; init; } = 50;

    /// <summary>Without an answer for so long a request counts as lost.</summary>
    public long AckTimeoutNs { get; init; } = 10 * Second;

    /// <summary>The snapshot comes right behind its acknowledgement; without it for so long it will not come.</summary>
    public long DataTimeoutNs { get; init; } = 5 * Second;

    /// <summary>Pause before one symbol is asked for again; it doubles with each failure.</summary>
    public long RetryNs { get; init; } = Second;

    public long RetryMaxNs { get; init; } = 30 * Second;

    /// <summary>Pause after a refusal that is about the symbol itself; it doubles with each.</summary>
    public long QuarantineNs { get; init; } = 60 * Second;

    public long QuarantineMaxNs { get; init; } = 3_600 * Second;

    /// <summary>Nothing is asked for this long after the venue said that it was too much.</summary>
    public long RateRestNs { get; init; } = 5 * Second;

    /// <summary>What held for this long has its failures forgiven.</summary>
    public long StableNs { get; init; } = 20 * Second;

    /// <summary>
    /// The least silence that is ever taken for death: healthy pairs of some activity were silent for 26 s.
    /// </summary>
    public long SilenceNs { get; init; } = 30 * Second;

    /// <summary>How many times its longest silence so far a subscription may be silent.</summary>
    public int SilenceTimes { get; init; } = 10;

    /// <summary>Before so many intervals were measured nothing is known of a subscription's habits.</summary>
    public int SilenceIntervals { get; init; } = 30;

    /// <summary>Seed of the jitter in the pauses.</summary>
    public int Seed { get; init; }
}
