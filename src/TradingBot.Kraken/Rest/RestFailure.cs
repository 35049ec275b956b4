using System.Globalization;

namespace TradingBot.Kraken.Rest;

/// <summary>What went wrong with a request for market data; who must act depends on it.</summary>
public enum RestFailureClass : byte
{
    /// <summary>The venue asks for fewer requests: wait, then the same request is right.</summary>
    RateLimited = 0,

    /// <summary>The venue does not know the symbol: delisted, renamed, or never listed.</summary>
    UnknownSymbol = 1,

    /// <summary>The venue says that it is closed or too busy.</summary>
    Maintenance = 2,

    /// <summary>No answer, a broken one, or a server's fault: time may heal it.</summary>
    TransientNetwork = 3,

    /// <summary>
    /// An answer that is not what the endpoint gives: a web page, half a file, no rows where rows must be.
    /// </summary>
    BadBody = 4,

    /// <summary>The venue or its shield refuses us.</summary>
    Auth = 5,

    /// <summary>Any other error of the venue; its text says which.</summary>
    Other = 6,
}

/// <summary>One failed attempt, with everything that was learned from it.</summary>
public sealed record RestFailure
{
    public required RestFailureClass Class { get; init; }

    /// <summary>Host, path and query of the request.</summary>
    public required string Endpoint { get; init; }

    /// <summary>What is wrong, in our words; never empty.</summary>
    public required string Reason { get; init; }

    /// <summary>When the attempt ended, Unix ns.</summary>
    public required long TimeNs { get; init; }

    /// <summary>Which attempt of the request, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>HTTP status; 0 when no answer came.</summary>
    public int Status { get; init; }

    /// <summary>
    /// The whole body as it came; bytes that are no UTF-8 as <c>base64:</c> and their code. Empty when none came.
    /// </summary>
    public string Body { get; init; } = "";

    /// <summary>
    /// The venue's or its shield's name of the request, with the header's name; empty when not given.
    /// </summary>
    public string RequestId { get; init; } = "";

    /// <summary>What was asked for; empty for requests of no symbol.</summary>
    public string Symbol { get; init; } = "";

    public string Timeframe { get; init; } = "";

    /// <summary>The venue asks not to be asked before this time, Unix ns; 0 when it does not say.</summary>
    public long RetryAtNs { get; init; }

    /// <summary>The same request may be answered later.</summary>
    public bool IsPassing => Class is RestFailureClass.RateLimited or RestFailureClass.Maintenance
        or RestFailureClass.TransientNetwork or RestFailureClass.BadBody;

    /// <summary>The class as reports and logs spell it.</summary>
    public string ClassText => TextOf(Class);

    public static string TextOf(RestFailureClass failure) => failure switch
    {
        RestFailureClass.RateLimited => "rate-limited",
        RestFailureClass.UnknownSymbol => "unknown-symbol",
        RestFailureClass.Maintenance => "maintenance",
        RestFailureClass.TransientNetwork => "transient-network",
        RestFailureClass.BadBody => "bad-body",
        RestFailureClass.Auth => "auth",
        _ => "other",
    };

    /// <summary>One line for people; the body is in the record.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ClassText}: {Reason} ({Endpoint}, HTTP {Status}, attempt {Attempt}"
        + $"{(RequestId.Length > 0 ? ", " + RequestId : "")})");
}

/// <summary>What came of a request: a value or a failure, never neither.</summary>
public readonly record struct RestResult<T>(T? Value, RestFailure? Failure)
    where T : class
{
    public bool IsOk => Failure is null;
}
