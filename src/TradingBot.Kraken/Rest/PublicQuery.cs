using System;

namespace TradingBot.Kraken.Rest;

/// <summary>Which of Kraken's hosts answers.</summary>
public enum RestHost : byte
{
    /// <summary>https://api.kraken.com: spot market data.</summary>
    Spot = 0,

    /// <summary>https://futures.kraken.com: derivatives, charts and funding, announced to end on 2027-03-01.</summary>
    Derivatives = 1,
}

/// <summary>How the answer is wrapped, and so where an error stands in it.</summary>
public enum RestEnvelope : byte
{
    /// <summary><c>{"error":[…],"result":…}</c>, errors with status 200.</summary>
    Spot = 0,

    /// <summary><c>{"result":"success",…}</c> or <c>{"result":"error","error":…}</c>.</summary>
    Derivatives = 1,

    /// <summary>Charts: the rows alone, errors by HTTP status.</summary>
    Bare = 2,
}

/// <summary>One public GET: nothing of it is secret and nothing it asks changes anything.</summary>
/// <param name="Host">Who is asked.</param>
/// <param name="Envelope">How the answer is wrapped.</param>
/// <param name="Path">Path and query, beginning with a slash.</param>
public sealed record PublicQuery(RestHost Host, RestEnvelope Envelope, string Path)
{
    /// <summary>Our name of what is asked for, for records of failures; empty when it is no one instrument.</summary>
    public string Symbol { get; init; } = "";

    public string Timeframe { get; init; } = "";

    /// <summary>
    /// What shares a limit: Kraken counts Trades and OHLC per address and instrument. Empty: only the host's.
    /// </summary>
    public string BudgetKey { get; init; } = "";

    public static PublicQuery Spot(string call, string query = "") => new(
        RestHost.Spot, RestEnvelope.Spot, "/0/public/" + call + (query.Length > 0 ? "?" + query : ""));

    /// <summary>A call about one spot instrument, by the name Kraken's requests take.</summary>
    public static PublicQuery SpotOf(string call, string altname, string rest, string symbol, string timeframe = "") =>
        Spot(call, "pair=" + Uri.EscapeDataString(altname) + rest) with
        {
            Symbol = symbol,
            Timeframe = timeframe,
            BudgetKey = call + ":" + altname,
        };

    public static PublicQuery Derivatives(string path) =>
        new(RestHost.Derivatives, RestEnvelope.Derivatives, "/derivatives/api" + path);

    public static PublicQuery Charts(string path) =>
        new(RestHost.Derivatives, RestEnvelope.Bare, "/api/charts/v1" + path);
}
