using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Trading.Orders;

namespace TradingBot.Tests.Processes;

/// <summary>
/// Judges an account by the venue's own truth while workers come and go: how long positions are without a stop, how
/// long there are two, and whether an entry was made twice.
/// </summary>
internal sealed class VenueWatch
{
    private static readonly string[] Symbols =
        [.. VenueInstruments.Perpetuals.Select(instrument => instrument.Symbol)];

    private readonly long[] _twoStopsSinceNs = new long[Symbols.Length];
    private readonly long[] _lots = new long[Symbols.Length];

    /// <summary>Entries at work or filled since the position was last flat.</summary>
    private readonly HashSet<ClientOrderId>[] _entries = [.. Symbols.Select(_ => new HashSet<ClientOrderId>())];

    private int _fillsSeen;

    /// <summary>When this life's worker first opened its account's socket, the venue's time; 0 before.</summary>
    public long ContactNs { get; private set; }

    /// <summary>Positions were opened and are all covered now; true as well when there is none.</summary>
    public bool IsProtected { get; private set; }

    /// <summary>Longest time in this life, from its first contact on, that a position was without a stop.</summary>
    public long NakedNs { get; private set; }

    /// <summary>From this life's contact to the first moment with everything covered; -1 before.</summary>
    public long ProtectedAfterNs { get; private set; }

    public long TwoStopsNs { get; private set; }

    public int EntriesFilled { get; private set; }

    public int StopsFilled { get; private set; }

    /// <summary>What must never be; empty when it never was.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>A new process begins; what the old one left is measured from the new one's first contact.</summary>
    public void BeginLife()
    {
        ContactNs = 0;
        NakedNs = 0;
        ProtectedAfterNs = -1;
    }

    /// <summary>On the venue's thread: the account's socket opened.</summary>
    public void Take(VenueArrival arrival)
    {
        bool isContact = arrival is { Kind: VenueArrivalKind.Opened, Endpoint: VenueEndpoint.UnifiedPrivate };
        if (isContact && ContactNs == 0) ContactNs = arrival.TimeNs;
    }

    /// <summary>Looks at the account as it stands; on the venue's thread or while it stands still.</summary>
    public void Look(SimulatedKraken venue)
    {
        IReadOnlyList<OracleOrder> live = venue.Oracle.LiveOrders;
        IReadOnlyList<OracleFill> fills = venue.Oracle.Fills;
        for (; _fillsSeen < fills.Count; _fillsSeen++) Take(fills[_fillsSeen]);
        long nakedNs = 0;
        for (int i = 0; i < Symbols.Length; i++)
        {
            LookAtStops(i, live, venue.NowNs);
            LookAtEntries(i, live);
            nakedNs = Math.Max(nakedNs, venue.Oracle.UnprotectedCurrentNs(Symbols[i]));
        }

        IsProtected = nakedNs == 0;
        if (ContactNs == 0) return;
        // An interval that began before this life counts from its contact: nobody was there to end it.
        long sinceContactNs = venue.NowNs - ContactNs;
        NakedNs = Math.Max(NakedNs, Math.Min(nakedNs, sinceContactNs));
        if (IsProtected && ProtectedAfterNs < 0) ProtectedAfterNs = sinceContactNs;
    }

    /// <summary>Signed lots by symbol, for comparison with what a worker believes.</summary>
    public static Dictionary<string, decimal> Positions(SimulatedKraken venue)
    {
        Dictionary<string, decimal> positions = [];
        foreach (var instrument in VenueInstruments.Perpetuals)
        {
            decimal lots = venue.Oracle.PositionLots(instrument.Symbol);
            for (int i = 0; i < instrument.QuantityDecimals; i++) lots /= 10;
            if (lots != 0) positions.Add(instrument.Symbol, lots);
        }

        return positions;
    }

    private static bool IsEntry(string clientId, out ClientOrderId id) =>
        ClientOrderId.TryParse(Encoding.ASCII.GetBytes(clientId), out id) && id.Role == OrderRole.Entry;

    private void Take(OracleFill fill)
    {
        int symbol = Array.IndexOf(Symbols, fill.Symbol);
        bool wasFlat = _lots[symbol] == 0;
        bool wasLong = _lots[symbol] > 0;
        _lots[symbol] += fill.IsBuy ? fill.Lots : -fill.Lots;
        if (IsEntry(fill.ClientId, out ClientOrderId id))
        {
            EntriesFilled++;
            if (wasFlat) _entries[symbol].Clear();
            AddEntry(symbol, id);
        }
        else if (ClientOrderId.TryParse(Encoding.ASCII.GetBytes(fill.ClientId), out id) && id.Role == OrderRole.Stop)
        {
            StopsFilled++;
        }

        bool flipped = !wasFlat && _lots[symbol] != 0 && _lots[symbol] > 0 != wasLong;
        if (flipped) Broken.Add($"{fill.Symbol}: a fill of {fill.ClientId} turned the position around");
    }

    private void LookAtEntries(int symbol, IReadOnlyList<OracleOrder> live)
    {
        if (_lots[symbol] == 0) _entries[symbol].Clear();
        foreach (OracleOrder order in live)
        {
            if (order.Symbol == Symbols[symbol] && IsEntry(order.ClientId, out ClientOrderId id)) AddEntry(symbol, id);
        }
    }

    private void AddEntry(int symbol, ClientOrderId id)
    {
        bool isSecond = _entries[symbol].Add(id) && _entries[symbol].Count > 1;
        if (isSecond) Broken.Add($"{Symbols[symbol]}: entry {id} on top of another");
    }

    private void LookAtStops(int symbol, IReadOnlyList<OracleOrder> live, long nowNs)
    {
        int stops = live.Count(order => order.Symbol == Symbols[symbol] && order.Type == VenueOrderType.StopLoss);
        if (stops < 2) _twoStopsSinceNs[symbol] = 0;
        else if (_twoStopsSinceNs[symbol] == 0) _twoStopsSinceNs[symbol] = nowNs;
        else TwoStopsNs = Math.Max(TwoStopsNs, nowNs - _twoStopsSinceNs[symbol]);
    }
}
