using System;
using System.Collections.Generic;
using TradingBot.Trading;

namespace TradingBot.Simulation.Venue;

/// <summary>The wire to a simulated Kraken in this process and in virtual time.</summary>
/// <remarks>Thread: the caller's. Sockets open at once; frames and answers come when the venue says they are
/// due.</remarks>
public sealed class VirtualWire(SimulatedKraken venue) : IWire
{
    private readonly Queue<int> _opened = [];
    private readonly List<(int Number, RestAnswer Answer)> _answers = [];
    private int _requests;

    public long NextDueNs
    {
        get
        {
            long due = _opened.Count > 0 ? venue.NowNs : venue.NextDueNs;
            foreach ((_, RestAnswer answer) in _answers) due = Math.Min(due, answer.DueNs);
            return due;
        }
    }

    public long ClockNs => venue.NowNs;

    public int Open(WireEndpoint endpoint)
    {
        int connection = venue.Open(endpoint switch
        {
            WireEndpoint.SpotPublic => VenueEndpoint.SpotPublic,
            WireEndpoint.UnifiedPublic => VenueEndpoint.UnifiedPublic,
            WireEndpoint.FuturesPublic or WireEndpoint.FuturesPrivate => VenueEndpoint.FuturesV1,
            WireEndpoint.SpotPrivate => VenueEndpoint.SpotPrivate,
            _ => VenueEndpoint.UnifiedPrivate,
        });
        _opened.Enqueue(connection);
        return connection;
    }

    public void Close(int connection) => venue.Close(connection);

    public bool Send(int connection, ReadOnlySpan<byte> frame) => venue.Send(connection, frame);

    public int Request(WireRequest request)
    {
        RestAnswer answer = venue.Request(new RestRequest(request.IsGet ? "GET" : "POST", request.Path)
        {
            ApiKey = request.ApiKey,
            ApiSign = request.IsOfDerivatives ? "" : request.ApiSign,
            Authent = request.IsOfDerivatives ? request.ApiSign : "",
            Body = request.Body,
        });
        _answers.Add((_requests, answer));
        return _requests++;
    }

    public bool TryReceive(long nowNs, out WireEvent wireEvent)
    {
        if (_opened.TryDequeue(out int opened))
        {
            wireEvent = new WireEvent(WireEventKind.Opened, opened);
            return true;
        }

        if (venue.TryReceive(nowNs, out int connection, out ReadOnlySpan<byte> frame))
        {
            WireEventKind kind = frame.IsEmpty ? WireEventKind.Closed : WireEventKind.Frame;
            wireEvent = new WireEvent(kind, connection, frame);
            return true;
        }

        int due = _answers.FindIndex(entry => entry.Answer.DueNs <= nowNs);
        if (due < 0)
        {
            wireEvent = default;
            return false;
        }

        (int number, RestAnswer answer) = _answers[due];
        _answers.RemoveAt(due);
        wireEvent = new WireEvent(WireEventKind.Answer, number, answer.Body.Span, answer.Status);
        return true;
    }
}
