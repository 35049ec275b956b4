using System.Collections.Immutable;
using System.Text.Json.Serialization;
using TradingBot.Kraken.Orders;

namespace TradingBot.Kraken.Universe;

/// <summary>What is traded under a name.</summary>
public enum InstrumentKind : byte
{
    Other = 0,
    Spot = 1,

    /// <summary>PF_: linear, without end; the only kind a spot instrument is matched with.</summary>
    LinearPerpetual = 2,

    /// <summary>FF_: linear, with a date.</summary>
    LinearDated = 3,

    /// <summary>PI_: counted in coins; never an alias of the linear one.</summary>
    InversePerpetual = 4,

    /// <summary>FI_.</summary>
    InverseDated = 5,
}

/// <summary>What is behind an instrument. The universe is chosen by this, never by a name.</summary>
public enum InstrumentClass : byte
{
    Unknown = 0,
    Crypto = 1,

    /// <summary>The base is made to be worth a currency.</summary>
    Stablecoin = 2,

    /// <summary>The base is a state's currency; its index sleeps at weekends.</summary>
    Forex = 3,

    /// <summary>Equities and funds as tokens (xStocks); rights to trade them differ.</summary>
    TokenizedEquity = 4,

    /// <summary>Listed for another venue, which our orders cannot reach.</summary>
    OtherVenue = 5,
}

/// <summary>What the venue lets happen in an instrument now.</summary>
public enum InstrumentStatus : byte
{
    /// <summary>A word we do not know, or none.</summary>
    Unknown = 0,
    Online = 1,
    PostOnly = 2,
    LimitOnly = 3,

    /// <summary>Positions may only shrink: on its way out.</summary>
    ReduceOnly = 4,
    CancelOnly = 5,

    /// <summary>Listed and not traded.</summary>
    Suspended = 6,

    /// <summary>Announced, and not open yet.</summary>
    New = 7,

    /// <summary>The venue lists it no more.</summary>
    Delisted = 8,
}

/// <summary>A place where an instrument has a name of its own.</summary>
public enum NameDialect : byte
{
    /// <summary>WebSocket v2: <c>BTC/USD</c>.</summary>
    SpotV2 = 0,

    /// <summary>WebSocket v1 and <c>wsname</c>: <c>XBT/USD</c>.</summary>
    SpotV1 = 1,

    /// <summary>The parameter of spot REST: <c>XBTUSD</c>.</summary>
    Altname = 2,

    /// <summary>The key of spot REST's answers: <c>XXBTZUSD</c>.</summary>
    RestKey = 3,

    /// <summary>Derivatives on every interface: <c>PF_XBTUSD</c>.</summary>
    Derivatives = 4,
}

/// <summary>One name, and how long the venue used it.</summary>
/// <param name="Dialect">Where it is the name.</param>
/// <param name="Text">As the venue spells it; case matters (AAPLx).</param>
/// <param name="FromNs">First seen, Unix ns.</param>
/// <param name="ToNs">Last seen; <see cref="long.MaxValue"/> while it is in use.</param>
public sealed record VenueName(NameDialect Dialect, string Text, long FromNs, long ToNs = long.MaxValue)
{
    [JsonIgnore]
    public bool IsInUse => ToNs == long.MaxValue;
}

/// <summary>One instrument as the venue lists it: names, steps, limits, status.</summary>
public sealed record InstrumentSpec
{
    /// <summary>
    /// Ours, for good: the venue's v2 or derivatives name at first sight. It survives renames and delistings.
    /// </summary>
    public required string Id { get; init; }

    public required InstrumentKind Kind { get; init; }

    public InstrumentClass Class { get; init; }

    public InstrumentStatus Status { get; init; }

    /// <summary>The venue's own word of the status.</summary>
    public string StatusText { get; init; } = "";

    /// <summary>Assets by their v2 names: BTC, not XBT.</summary>
    public required string Base { get; init; }

    public required string Quote { get; init; }

    /// <summary>Every name, in use or not.</summary>
    public ImmutableArray<VenueName> Names { get; init; } = [];

    /// <summary>Prices are multiples of it; null: the venue did not say.</summary>
    public Amount? PriceStep { get; init; }

    /// <summary>Quantities are multiples of it; 1000 for a contract precision of −3.</summary>
    public Amount? QuantityStep { get; init; }

    public Amount? QuantityMin { get; init; }

    /// <summary>Least price × quantity; derivatives have none.</summary>
    public Amount? CostMin { get; init; }

    /// <summary>Trading begins, Unix ns; 0: not said.</summary>
    public long OpensNs { get; init; }

    /// <summary>Trading ends and positions settle, Unix ns; 0: never, or not said.</summary>
    public long SettlesNs { get; init; }

    [JsonIgnore]
    public bool IsSpot => Kind == InstrumentKind.Spot;

    /// <summary>What an order needs and the listing lacks; empty when nothing is missing. Nothing is guessed.</summary>
    [JsonIgnore]
    public string Missing
    {
        get
        {
            bool needsCost = Kind == InstrumentKind.Spot;
            string missing = (PriceStep is null ? "price step, " : "") + (QuantityStep is null ? "quantity step, " : "")
                + (QuantityMin is null ? "minimum quantity, " : "")
                + (needsCost && CostMin is null ? "minimum cost, " : "");
            return missing.TrimEnd(',', ' ');
        }
    }

    /// <summary>The name in use in a dialect; null when it has none there.</summary>
    public string? NameIn(NameDialect dialect)
    {
        foreach (VenueName name in Names)
        {
            if (name.Dialect == dialect && name.IsInUse) return name.Text;
        }

        return null;
    }

    /// <summary>The status as reports spell it.</summary>
    public static string TextOf(InstrumentStatus status) => status switch
    {
        InstrumentStatus.Online => "online",
        InstrumentStatus.PostOnly => "post-only",
        InstrumentStatus.LimitOnly => "limit-only",
        InstrumentStatus.ReduceOnly => "reduce-only",
        InstrumentStatus.CancelOnly => "cancel-only",
        InstrumentStatus.Suspended => "suspended",
        InstrumentStatus.New => "new",
        InstrumentStatus.Delisted => "delisted",
        _ => "unknown",
    };

    public static string TextOf(InstrumentClass kind) => kind switch
    {
        InstrumentClass.Crypto => "crypto",
        InstrumentClass.Stablecoin => "stablecoin",
        InstrumentClass.Forex => "forex",
        InstrumentClass.TokenizedEquity => "tokenized",
        InstrumentClass.OtherVenue => "other-venue",
        _ => "unknown",
    };

    public static string TextOf(InstrumentKind kind) => kind switch
    {
        InstrumentKind.Spot => "spot",
        InstrumentKind.LinearPerpetual => "perpetual",
        InstrumentKind.LinearDated => "dated",
        InstrumentKind.InversePerpetual => "inverse-perpetual",
        InstrumentKind.InverseDated => "inverse-dated",
        _ => "other",
    };

    /// <summary>The status a word of the venue stands for, from AssetPairs or an instrument frame.</summary>
    public static InstrumentStatus StatusOf(string word) => word switch
    {
        "online" => InstrumentStatus.Online,
        "post_only" => InstrumentStatus.PostOnly,
        "limit_only" => InstrumentStatus.LimitOnly,
        "reduce_only" => InstrumentStatus.ReduceOnly,
        "cancel_only" => InstrumentStatus.CancelOnly,
        "work_in_progress" => InstrumentStatus.New,
        "maintenance" => InstrumentStatus.Suspended,
        "delisted" => InstrumentStatus.Delisted,
        _ => InstrumentStatus.Unknown,
    };
}
