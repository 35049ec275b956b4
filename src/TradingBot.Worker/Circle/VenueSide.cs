// In:     answers to the venue's public calls, time; status frames reach the watch from where sockets are read.
// Out:    those calls; an event to the engine for each word that changed.
// Thread: the worker's.
// Keeps:  I5: calls and answers go through the wire, so a journal has them and a replay hears the same.
using System.Collections.Generic;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>Joins the watch over the venue's state with wire and engine.</summary>
internal sealed class VenueSide(VenueWatch watch, IWire wire, EngineInput input)
{
    private readonly Dictionary<int, VenueCall> _underWay = [];

    public VenueWatch Watch => watch;

    /// <summary>True when the answer was to one of its calls.</summary>
    public bool TryAnswer(in WireEvent answer, long nowNs)
    {
        if (!_underWay.Remove(answer.Connection, out VenueCall call)) return false;
        watch.OnAnswer(call, answer.Status, answer.Bytes, nowNs);
        return true;
    }

    /// <summary>Makes the calls that are due, and tells the engine what changed.</summary>
    public void Settle(long nowNs)
    {
        if (nowNs >= watch.NextDueNs) watch.OnTimer(nowNs);
        while (nowNs >= watch.NextDueNs && watch.NextCall(nowNs) is not VenueCall.None and var call)
        {
            WireRequest request = new(VenueWatch.PathOf(call), ApiKey: "", ApiSign: "", Body: default);
            _underWay[wire.Request(request)] = call;
        }

        while (watch.TryTakeWord(out VenueWord word)) Tell(in word, nowNs);
    }

    private void Tell(in VenueWord word, long nowNs)
    {
        MarketEvent e = new()
        {
            Kind = EventKind.VenueStatus,
            InstrumentId = -1,
            ReceiveTimeNs = nowNs,
            Number = (long)word.Source,
            Detail = (int)word.System,
            Channel = Channel.Status,
            Dialect = word.Market == VenueMarkets.Spot ? Dialect.SpotV2 : Dialect.Unified,
        };
        input.Tell(ref e);
    }
}
