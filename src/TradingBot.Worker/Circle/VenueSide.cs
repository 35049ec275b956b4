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
/// <param name="watch">What the venue says of itself.</param>
/// <param name="clock">Our clock against the venue's.</param>
/// <param name="wire">Takes the calls.</param>
/// <param name="input">Takes what changed.</param>
internal sealed class VenueSide(VenueWatch watch, ClockWatch clock, IWire wire, EngineInput input)
{
    private readonly Dictionary<int, VenueCall> _underWay = [];

    public VenueWatch Watch => watch;

    public ClockWatch Clock => clock;

    /// <summary>True when the answer was to one of its calls.</summary>
    public bool TryAnswer(in WireEvent answer, long nowNs)
    {
        if (!_underWay.Remove(answer.Connection, out VenueCall call)) return false;
        if (call == VenueCall.Time) OnTime(in answer, nowNs);
        else watch.OnAnswer(call, answer.Status, answer.Bytes, nowNs);
        return true;
    }

    /// <summary>Makes the calls that are due, and tells the engine what changed.</summary>
    public void Settle(long nowNs)
    {
        if (nowNs >= watch.NextDueNs) watch.OnTimer(nowNs);
        while (nowNs >= watch.NextDueNs && watch.NextCall(nowNs) is not VenueCall.None and var call)
        {
            Ask(call);
        }

        if (clock.TryAsk(nowNs)) Ask(VenueCall.Time);
        while (watch.TryTakeWord(out VenueWord word)) Tell(in word, nowNs);
        if (!clock.OnTimer(nowNs)) return;
        VenueSystem system = clock.IsClosed ? VenueSystem.Unknown : VenueSystem.Online;
        Tell(new VenueWord(VenueMarkets.Spot, VenueSource.Clock, system), nowNs);
        Tell(new VenueWord(VenueMarkets.Derivatives, VenueSource.Clock, system), nowNs);
    }

    private void Ask(VenueCall call)
    {
        WireRequest request = new(VenueWatch.PathOf(call), ApiKey: "", ApiSign: "", Body: default);
        _underWay[wire.Request(request)] = call;
    }

    private void OnTime(in WireEvent answer, long nowNs)
    {
        long? venueNs = VenueWatch.TimeOf(answer.Status, answer.Bytes, out string fault);
        clock.OnAnswer(venueNs, fault, nowNs);
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
