using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Streams of one connection; each keeps its order, and they race each other.</summary>
internal enum VenueStream : byte
{
    Public,
    Replies,
    Executions,
    Positions,
}

/// <summary>One open socket as the venue sees it.</summary>
internal sealed class VenueConnection(int id, VenueEndpoint endpoint)
{
    private const int Streams = 4;

    public int Id { get; } = id;

    public VenueEndpoint Endpoint { get; } = endpoint;

    public bool IsSpot => Endpoint is VenueEndpoint.SpotPublic or VenueEndpoint.SpotPrivate || IsFirst;

    public bool IsPrivate =>
        Endpoint is VenueEndpoint.UnifiedPrivate or VenueEndpoint.SpotPrivate or VenueEndpoint.SpotV1Private;

    /// <summary>The derivatives' first WebSocket, public and private on one socket.</summary>
    public bool IsFutures => Endpoint == VenueEndpoint.FuturesV1;

    /// <summary>It speaks the first WebSocket's words, which Kraken keeps for clients that exist.</summary>
    public bool IsFirst => Endpoint is VenueEndpoint.SpotV1Public or VenueEndpoint.SpotV1Private;

    public KrakenFrames Frames { get; } = new(endpoint switch
    {
        VenueEndpoint.UnifiedPublic or VenueEndpoint.UnifiedPrivate => Dialect.Unified,
        VenueEndpoint.SpotV1Public or VenueEndpoint.SpotV1Private => Dialect.SpotV1,
        _ => Dialect.SpotV2,
    });

    /// <summary>Nothing due after this reaches the client.</summary>
    public long ClosedNs { get; set; } = long.MaxValue;

    public bool IsOpen => ClosedNs == long.MaxValue;

    /// <summary>Any channel at all: heartbeats flow from then on.</summary>
    public bool IsSubscribed { get; set; }

    /// <summary>A black hole: nothing comes out, and what goes in is not heard.</summary>
    public bool IsMute { get; set; }

    public long LastSentNs { get; set; }

    /// <summary>When the last frame of each stream is due.</summary>
    public long[] LastDueNs { get; } = new long[Streams];

    /// <summary>When the last request arrives at the venue.</summary>
    public long LastArrivalNs { get; set; }

    public Dictionary<SyntheticMarket, ShownBook> Books { get; } = [];

    /// <summary>Markets whose trades are wanted.</summary>
    public HashSet<SyntheticMarket> Trades { get; } = [];

    /// <summary>Books on the first WebSocket, which tells them its own way.</summary>
    public List<SpotV1Book> FirstBooks { get; } = [];

    /// <summary>The last stamp of a level there, Unix µs.</summary>
    public long FirstStampUs { get; set; }

    /// <summary>Feeds of the derivatives' first WebSocket by market; −1 for those of the account.</summary>
    public HashSet<(string Feed, int Market)> Feeds { get; } = [];

    /// <summary>What this socket has to sign there; empty before it asked.</summary>
    public string Challenge { get; set; } = string.Empty;

    public bool WantsInstruments { get; set; }

    /// <summary>Subscribed as the venue counts it, and never sending; no market stands for instruments.</summary>
    public List<(string Channel, SyntheticMarket? Market)> Muted { get; } = [];

    public bool WantsExecutions { get; set; }

    public bool WantsPositions { get; set; }

    public bool WantsBalances { get; set; }

    /// <summary>Unified: every change of a balance or position.</summary>
    public bool WantsLedgers { get; set; }

    public long LedgerSequence { get; set; }

    /// <summary>Unified: margin figures as they are.</summary>
    public bool WantsMargin { get; set; }

    public long BalanceSequence { get; set; }

    /// <summary>Markets whose ticker is wanted, and whether on changes of the best prices or on trades.</summary>
    public Dictionary<SyntheticMarket, bool> Tickers { get; } = [];

    /// <summary>Markets whose bars are wanted, by minutes.</summary>
    public List<(SyntheticMarket Market, int Minutes)> Bars { get; } = [];

    public long ExecutionSequence { get; set; }

    /// <summary>The token a private subscription was made with: it lives as long as this connection.</summary>
    public string Token { get; set; } = string.Empty;
}
