// In:     pages of /0/public/Trades, one after the other.   Out: the query of the next one, and each trade once.
// Thread: the caller's; sans-I/O.
// Keeps:  pages join without a hole: each begins with the last trade of the one before, or it is refused.
// Budget: a page of a thousand trades is held.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace TradingBot.Kraken.Rest;

/// <summary>Walks a spot instrument's trades from a time on.</summary>
/// <remarks>
/// https://docs.kraken.com/api/docs/rest-api/get-recent-trades: up to 1,000 trades after <c>since</c>, which is
/// exclusive,
/// in ns. Several trades may have one stamp, so the next page is asked from one ns before the cursor: it repeats the
/// last trades, which proves that nothing lies between the pages, and what is repeated is dropped.
/// </remarks>
public sealed class TradePager
{
    /// <summary>Rows of a full page.</summary>
    public const int PageRows = 1_000;

    /// <summary>Stamps of rows are rounded in the seventh digit; the cursor is exact.</summary>
    private const long RoundingNs = 1_000;

    private readonly string _altname;
    private readonly string _symbol;
    private readonly IReadOnlyCollection<string> _names;
    private ImmutableArray<TradePrint> _before = [];
    private long _sinceNs;

    /// <param name="altname">The name requests take.</param>
    /// <param name="symbol">Our name, for records of failures.</param>
    /// <param name="names">All names answers may use.</param>
    /// <param name="fromNs">First trade wanted, inclusive: Unix ns.</param>
    public TradePager(string altname, string symbol, IReadOnlyCollection<string> names, long fromNs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fromNs);
        _altname = altname;
        _symbol = symbol;
        _names = names;
        _sinceNs = fromNs - 1;
    }

    /// <summary>The last page had nothing new: these are all trades until the present.</summary>
    public bool IsAtTip { get; private set; }

    public long Pages { get; private set; }

    /// <summary>Stamps with more trades than a page holds: what is beyond the page cannot be had. Unix ns.</summary>
    public List<long> Overfull { get; } = [];

    public PublicQuery Query => PublicQuery.SpotOf(
        "Trades", _altname, string.Create(CultureInfo.InvariantCulture, $"&since={_sinceNs}&count={PageRows}"),
        _symbol, "trades");

    /// <summary>Reads a page and holds it against the one before; what does not join is a bad body.</summary>
    public TradePage? Read(JsonElement root, out string fault)
    {
        TradePage? page = SpotReader.ReadTrades(root, _names, out fault);
        if (page is null) return null;
        if (page.Trades.Length == 0)
        {
            fault = _before.Length > 0
                ? "no trade, where at least the last one of the page before must be"
                : "no trade since the time asked for";
            return null;
        }

        if (page.Trades[0].TimeNs < _sinceNs - RoundingNs)
        {
            fault = "the page begins before the time asked for: it repeats an earlier one";
            return null;
        }

        if (page.LastNs < _sinceNs)
        {
            fault = "the cursor goes backwards";
            return null;
        }

        bool joins = _before.Length == 0 || Overlap(page.Trades) > 0;
        if (joins) return page;
        fault = "the page does not begin with the last trade of the page before: trades may lie between";
        return null;
    }

    /// <summary>Takes a page that was read: its trades that were not in the page before.</summary>
    public ReadOnlySpan<TradePrint> Take(TradePage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        Pages++;
        int known = Overlap(page.Trades);
        bool isNew = known < page.Trades.Length;
        bool isStuck = !isNew && page.Trades.Length >= PageRows;
        if (isStuck) Overfull.Add(page.LastNs);
        IsAtTip = !isNew && !isStuck;
        _before = page.Trades;
        // One ns before the cursor; past a stamp that fills a page there is no other way than after it.
        _sinceNs = isStuck ? page.LastNs : page.LastNs - 1;
        if (isStuck) _before = [];
        return page.Trades.AsSpan()[known..];
    }

    /// <summary>How many trades the end of the page before and the beginning of this one have in common.</summary>
    private int Overlap(ImmutableArray<TradePrint> page)
    {
        for (int length = Math.Min(_before.Length, page.Length); length > 0; length--)
        {
            if (_before.AsSpan()[^length..].SequenceEqual(page.AsSpan()[..length])) return length;
        }

        return 0;
    }
}
