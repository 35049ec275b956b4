using System;

namespace TradingBot.Trading;

/// <summary>Which socket of the venue.</summary>
public enum WireEndpoint : byte
{
    SpotPublic = 0,
    UnifiedPublic = 1,
    UnifiedPrivate = 2,

    /// <summary>The derivatives' first WebSocket, public feeds, which the venue ends on 2027-03-01.</summary>
    FuturesPublic = 3,

    /// <summary>The derivatives' first WebSocket: private feeds by a signed challenge.</summary>
    FuturesPrivate = 4,

    /// <summary>Spot WebSocket v2, trading and the account's channels.</summary>
    SpotPrivate = 5,
}

/// <summary>What a wire tells.</summary>
public enum WireEventKind : byte
{
    None = 0,

    /// <summary>The socket is open: subscriptions may be sent.</summary>
    Opened = 1,

    /// <summary>One whole message.</summary>
    Frame = 2,

    /// <summary>
    /// The socket is no more, or never came to be. Bytes say why, for people; Status is the HTTP status that refused
    /// the connection or the close code of the other side, 0 when there was neither.
    /// </summary>
    Closed = 3,

    /// <summary>An HTTP answer; without an answer the status is 0.</summary>
    Answer = 4,
}

/// <summary>One thing a wire tells; the bytes live until the wire's next call.</summary>
public readonly ref struct WireEvent
{
    public WireEvent(WireEventKind kind, int connection, ReadOnlySpan<byte> bytes = default, int status = 0)
    {
        Kind = kind;
        Connection = connection;
        Bytes = bytes;
        Status = status;
    }

    public WireEventKind Kind { get; }

    /// <summary>Number of the socket, or of the request.</summary>
    public int Connection { get; }

    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>HTTP status of an answer; of Closed see there.</summary>
    public int Status { get; }
}

/// <summary>An HTTP request, ready to leave: a signed POST, a public GET, or a signed one of derivatives.</summary>
public sealed record WireRequest(string Path, string ApiKey, string ApiSign, ReadOnlyMemory<byte> Body)
{
    private const string PublicPath = "/0/public/";
    private const string DerivativesPath = "/derivatives/";

    /// <summary>It reads what everybody may read: a GET without key, signature and body.</summary>
    public bool IsPublic => Path.StartsWith(PublicPath, StringComparison.Ordinal);

    /// <summary>For the derivatives' own host: key and signature go by other names there.</summary>
    public bool IsOfDerivatives => Path.StartsWith(DerivativesPath, StringComparison.Ordinal);

    /// <summary>Without a body it only reads.</summary>
    public bool IsGet => IsPublic || (IsOfDerivatives && Body.IsEmpty);
}

/// <summary>Bytes to and from a venue: real sockets, or a simulated venue in this process.</summary>
/// <remarks>
/// Everything above it is the same code whoever answers. Calls come from one thread and never wait; what happens
/// meanwhile is told by <see cref="TryReceive"/>, in order per socket.
/// </remarks>
public interface IWire
{
    /// <summary>When something will be there to receive, Unix ns, as far as the wire can know; else never.</summary>
    long NextDueNs { get; }

    /// <summary>The time now, Unix ns: beyond the step's own when the process stood still within it.</summary>
    long ClockNs { get; }

    /// <summary>Begins to open a socket and numbers it; Opened or Closed follows.</summary>
    int Open(WireEndpoint endpoint);

    /// <summary>Hangs up: nothing more is told of this socket.</summary>
    void Close(int connection);

    /// <summary>Sends one text message; false when the socket is known to be closed.</summary>
    bool Send(int connection, ReadOnlySpan<byte> frame);

    /// <summary>Sends an HTTP request and numbers it; an Answer follows.</summary>
    int Request(WireRequest request);

    /// <summary>The next event due by now; false when there is none.</summary>
    bool TryReceive(long nowNs, out WireEvent wireEvent);
}
