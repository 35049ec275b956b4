// In:     a lane, real sockets, the caller's questions.   Out: the lane's records, in the order they came.
// Thread: the caller's; it waits here and nowhere else.
// Keeps:  time never steps back: Unix time at the start plus monotonic time since.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Trading;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Health;

/// <summary>One order lane over real sockets, alone: no engine, no feed.</summary>
/// <param name="wire">Stays the caller's.</param>
/// <param name="endpoint">The lane's socket.</param>
/// <param name="lane">Its state machine.</param>
/// <param name="token">Makes a request for a token, for a time; called only by lanes that want one.</param>
internal sealed class LaneSession(
    SocketWire wire, WireEndpoint endpoint, IOrderLane lane, Func<long, WireRequest> token)
{
    private const int None = -1;
    private const long NanosPerTick = 100;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromSeconds(2);

    private readonly long _startNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick;
    private readonly long _startTimestamp = Stopwatch.GetTimestamp();
    private readonly Dictionary<int, long> _calls = [];
    private int _connection = None;
    private int _tokenCall = None;
    private long _openNotBeforeNs;

    public IOrderLane Lane => lane;

    /// <summary>Everything the lane told, with when it did.</summary>
    public List<(long TimeNs, AccountRecord Record)> Told { get; } = [];

    /// <summary>Why the socket was lost last; empty when it was not.</summary>
    public string LastLoss { get; private set; } = "";

    public long NowNs => _startNs + (Stopwatch.GetElapsedTime(_startTimestamp).Ticks * NanosPerTick);

    public void Submit(params ReadOnlySpan<OrderCommand> commands)
    {
        long nowNs = NowNs;
        foreach (OrderCommand command in commands) lane.Submit(command, nowNs);
        Flush();
    }

    /// <summary>Lets things happen until it is so; false when it was not in time.</summary>
    /// <exception cref="OperationCanceledException">The caller wants no more of it.</exception>
    public bool Until(Func<bool> isSo, TimeSpan atMost, CancellationToken stop)
    {
        long endNs = NowNs + (atMost.Ticks * NanosPerTick);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            Step();
            if (isSo()) return true;
            if (NowNs >= endNs) return false;
            wire.Wait(Tick, stop);
        }
    }

    /// <summary>Records of one order that are no part of a look, oldest first, from a place on.</summary>
    public IEnumerable<(long TimeNs, AccountRecord Record)> Of(ClientOrderId id, int from = 0) =>
        Told.Skip(from).Where(one => one.Record.Id == id && !one.Record.Snapshot);

    private void Step()
    {
        if (_connection == None && NowNs >= _openNotBeforeNs) _connection = wire.Open(endpoint);
        while (wire.TryReceive(NowNs, out WireEvent e))
        {
            long nowNs = NowNs;
            if (e.Kind == WireEventKind.Answer) Answer(in e, nowNs);
            else if (e.Connection == _connection) Hear(in e, nowNs);
            Flush();
        }

        lane.OnTimer(NowNs);
        Flush();
    }

    private void Hear(in WireEvent e, long nowNs)
    {
        switch (e.Kind)
        {
            case WireEventKind.Opened:
                lane.OnConnected(nowNs);
                break;
            case WireEventKind.Frame:
                lane.OnFrame(e.Bytes, nowNs);
                break;
            default:
                LastLoss = System.Text.Encoding.UTF8.GetString(e.Bytes);
                _connection = None;
                _openNotBeforeNs = nowNs + (ReopenAfter.Ticks * NanosPerTick);
                lane.OnDisconnected(nowNs);
                break;
        }
    }

    private void Answer(in WireEvent e, long nowNs)
    {
        if (_calls.Remove(e.Connection, out long number))
        {
            lane.OnAnswer(number, e.Status, e.Bytes, nowNs);
        }
        else if (e.Connection == _tokenCall)
        {
            _tokenCall = None;
            lane.OnToken(WebSocketToken.Parse(e.Status, e.Bytes, nowNs), nowNs);
        }
    }

    private void Flush()
    {
        while (lane.TryTakeRecord(out AccountRecord record)) Told.Add((NowNs, record));
        while (_connection != None && lane.TryTakeFrame(out ReadOnlySpan<byte> frame)) wire.Send(_connection, frame);
        while (lane.TryTakeRequest(out LaneRequest call)) _calls[wire.Request(call.Request)] = call.Number;
        if (lane.WantsToken && _tokenCall == None) _tokenCall = wire.Request(token(NowNs));
    }
}
