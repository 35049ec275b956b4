// In:     what the worker asks of a wire and what the wire tells.   Out: the same, recorded on the way.
// Thread: the worker's.
// Keeps:  I5: inputs and outputs in the order the worker met them. What opens the account (a token of the venue, a
//         key with its signed challenge) is recorded as "masked": in answers, in messages of private sockets and in
//         what is sent there.
using System;
using System.Collections.Generic;
using TradingBot.Storage.Journal;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>The wire of a worker whose inputs are kept.</summary>
internal sealed class RecordingWire(IWire wire, InputJournal journal) : IWire
{
    private readonly HashSet<int> _private = [];
    private readonly TokenMask _mask = new();

    public long NextDueNs => wire.NextDueNs;

    public long ClockNs
    {
        get
        {
            long clockNs = wire.ClockNs;
            journal.Clock(clockNs);
            return clockNs;
        }
    }

    public int Open(WireEndpoint endpoint)
    {
        int connection = wire.Open(endpoint);
        bool isPrivate = endpoint is not (WireEndpoint.SpotPublic or WireEndpoint.UnifiedPublic);
        if (isPrivate) _private.Add(connection);
        journal.Open(endpoint, connection);
        return connection;
    }

    public void Close(int connection)
    {
        wire.Close(connection);
        journal.Close(connection);
    }

    public bool Send(int connection, ReadOnlySpan<byte> frame)
    {
        bool sent = wire.Send(connection, frame);
        journal.Send(connection, _private.Contains(connection) ? _mask.Of(frame) : frame, sent);
        return sent;
    }

    public int Request(WireRequest request)
    {
        int number = wire.Request(request);
        journal.Request(request.Path, request.Body.Span, number);
        return number;
    }

    public bool TryReceive(long nowNs, out WireEvent wireEvent)
    {
        if (!wire.TryReceive(nowNs, out wireEvent)) return false;
        bool masks = wireEvent.Kind == WireEventKind.Answer || _private.Contains(wireEvent.Connection);
        ReadOnlySpan<byte> bytes = masks ? _mask.Of(wireEvent.Bytes) : wireEvent.Bytes;
        journal.Told(wireEvent.Kind, wireEvent.Connection, wireEvent.Status, bytes);
        return true;
    }
}
