// In:     a journal's inputs.   Out: the same to a worker that runs again; what it does is compared with the journal.
// Thread: the worker's.
// Keeps:  I5: every output must be the recorded one, byte for byte, and at its place between the inputs.
using System;
using System.Text;
using TradingBot.Storage.Journal;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>The wire of a replayed worker.</summary>
internal sealed class JournalWire(JournalCursor cursor) : IWire
{
    /// <summary>What is opened or asked after a divergence: numbers no record has.</summary>
    private const int Nobody = -2;

    /// <summary>What the worker signs again with another key differs in nothing but that.</summary>
    private readonly TokenMask _mask = new();

    public long NextDueNs => long.MaxValue;

    /// <summary>Journals of before the clock was looked at have no such record: there nothing was late.</summary>
    public long ClockNs =>
        cursor.Divergence is null && cursor.Next == InputRecordKind.Clock ? cursor.Take().ClockNs : 0;

    public int Open(WireEndpoint endpoint) => cursor.Expect(
        InputRecordKind.Open, record => record.Endpoint == endpoint, () => $"Open of {endpoint}", out InputRecord taken)
        ? taken.Connection
        : Nobody;

    public void Close(int connection) => cursor.Expect(
        InputRecordKind.Close, record => record.Connection == connection, () => $"Close of {connection}", out _);

    public bool Send(int connection, ReadOnlySpan<byte> frame)
    {
        byte[] sent = _mask.Of(frame).ToArray();
        return cursor.Expect(
            InputRecordKind.Send, record => record.Connection == connection && record.Bytes.Span.SequenceEqual(sent),
            () => $"Send on {connection}: {JournalCursor.Quote(sent)}", out InputRecord taken) && taken.Done;
    }

    public int Request(WireRequest request) => cursor.Expect(
        InputRecordKind.Request,
        record => record.Path.Span.SequenceEqual(Encoding.UTF8.GetBytes(request.Path))
            && record.Bytes.Span.SequenceEqual(request.Body.Span),
        () => $"Request {request.Path}: {JournalCursor.Quote(request.Body.Span)}", out InputRecord taken)
        ? taken.Connection
        : Nobody;

    public bool TryReceive(long nowNs, out WireEvent wireEvent)
    {
        wireEvent = default;
        if (cursor.Divergence is not null || KindOf(cursor.Next) is not (not WireEventKind.None and var kind))
        {
            return false;
        }

        InputRecord record = cursor.Take();
        wireEvent = new WireEvent(kind, record.Connection, record.Bytes.Span, record.Status);
        return true;
    }

    private static WireEventKind KindOf(InputRecordKind kind) => kind switch
    {
        InputRecordKind.Opened => WireEventKind.Opened,
        InputRecordKind.Frame => WireEventKind.Frame,
        InputRecordKind.Closed => WireEventKind.Closed,
        InputRecordKind.Answer => WireEventKind.Answer,
        _ => WireEventKind.None,
    };
}
