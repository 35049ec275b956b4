// In:     sockets, frames and HTTP calls of clients, through a bounded channel; real time.
// Out:    frames into the bounded queue of each socket when they are due; answers to HTTP calls, with their due time.
// Thread: its own, named "simulated-kraken"; nobody else moves the venue. Ask borrows it between two turns.
// Keeps:  the venue is at the present before anything arrives at it; the thread waits for no client.
// Budget: some dozens of turns a second, less than a millisecond each.
using System;
using System.Collections.Generic;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Loopback;

/// <summary>Runs a virtual-time venue in real time, on one thread.</summary>
internal sealed class VenuePump : IDisposable
{
    /// <summary>Sixty-four sockets (<see cref="LoopbackKraken.SocketsMax"/>) × 16 frames; then clients wait.</summary>
    public const int ArrivalsMax = 1_024;

    private static readonly TimeSpan SleepMax = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly VenueClock _clock;
    private readonly SimulatedKraken _venue;
    private readonly Action<VenueArrival>? _arrived;
    private readonly Dictionary<int, LoopbackSocket> _sockets = [];
    private readonly Channel<Arrival> _arrivals =
        Channel.CreateBounded<Arrival>(new BoundedChannelOptions(ArrivalsMax) { SingleReader = true });

    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly CancellationTokenSource _ended = new();
    private volatile bool _isStopping;
    private int _slowClients;

    private VenuePump(VenueOptions options, VenueClock clock, Action<VenueArrival>? arrived)
    {
        _clock = clock;
        _arrived = arrived;
        _venue = new SimulatedKraken(options with { StartNs = clock.StartNs });
        Completion = Task.CompletedTask;
    }

    /// <summary>Ends when the pump does; a fault of the venue is kept here.</summary>
    public Task Completion { get; private set; }

    /// <summary>Cancelled when the pump ended: nothing is answered any more.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Sockets open now.</summary>
    public int Clients
    {
        get
        {
            lock (_gate) return _sockets.Count;
        }
    }

    /// <summary>Clients closed because they did not read what they were sent.</summary>
    public int SlowClients => Volatile.Read(ref _slowClients);

    /// <param name="options">The venue's; its time is the clock's.</param>
    /// <param name="clock">What time it is there.</param>
    /// <param name="arrived">Told of every arrival on the venue's thread, before the venue is; null: nobody.</param>
    public static VenuePump Start(VenueOptions options, VenueClock clock, Action<VenueArrival>? arrived = null)
    {
        VenuePump pump = new(options, clock, arrived);
        pump.Completion = Task.Factory.StartNew(
            pump.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return pump;
    }

    /// <summary>Hands an arrival over, waiting while there are too many; false when the pump ended.</summary>
    public async ValueTask<bool> PostAsync(Arrival arrival)
    {
        while (await _arrivals.Writer.WaitToWriteAsync().ConfigureAwait(false))
        {
            if (!_arrivals.Writer.TryWrite(arrival)) continue;
            _wake.Set();
            return true;
        }

        return false;
    }

    /// <summary>Asks the venue between two turns; it stands still meanwhile.</summary>
    public T Ask<T>(Func<SimulatedKraken, T> question)
    {
        T answer;
        lock (_gate) answer = question(_venue);
        // The question may have given the venue something to do sooner.
        _wake.Set();
        return answer;
    }

    public void Stop()
    {
        _isStopping = true;
        _wake.Set();
    }

    /// <summary>After <see cref="Completion"/>, and when nobody posts any more.</summary>
    public void Dispose()
    {
        _wake.Dispose();
        _ended.Dispose();
    }

    private void Run()
    {
        Thread.CurrentThread.Name = "simulated-kraken";
        try
        {
            while (!_isStopping)
            {
                TimeSpan sleep = Turn();
                if (sleep > TimeSpan.Zero) _wake.WaitOne(sleep < SleepMax ? sleep : SleepMax);
            }
        }
        finally
        {
            // Also when the venue failed: the fault goes on into Completion, and clients are not left waiting.
            End();
        }
    }

    /// <summary>Brings the venue to the present, and clients and venue together; returns how long to sleep.</summary>
    private TimeSpan Turn()
    {
        lock (_gate)
        {
            long nowNs = _clock.NowNs;
            _venue.AdvanceTo(nowNs);
            for (int i = 0; i < ArrivalsMax; i++)
            {
                if (!_arrivals.Reader.TryRead(out Arrival? arrival))
                {
                    Deliver(nowNs);
                    // The event counts milliseconds and cuts fractions off: without the one it would spin at the end.
                    TimeSpan left = _clock.Until(_venue.NextDueNs);
                    return left == TimeSpan.Zero ? left : left + TimeSpan.FromMilliseconds(1);
                }

                Take(arrival);
            }

            Deliver(nowNs);
            return TimeSpan.Zero;
        }
    }

    private void Take(Arrival arrival)
    {
        switch (arrival)
        {
            case SocketOpened opened:
                Tell(VenueArrivalKind.Opened, -1, opened.Socket.Endpoint, null, null);
                opened.Socket.Connection = _venue.Open(opened.Socket.Endpoint);
                _sockets.Add(opened.Socket.Connection, opened.Socket);
                break;
            case FrameSent sent:
                Tell(VenueArrivalKind.Frame, sent.Socket.Connection, sent.Socket.Endpoint, sent.Frame, null);
                // False: the venue closed the socket while the frame was on its way here.
                _ = _venue.Send(sent.Socket.Connection, sent.Frame);
                break;
            case SocketClosed closed:
                Forget(closed.Socket);
                break;
            case CallMade call:
                Tell(VenueArrivalKind.Call, -1, default, null, call.Request);
                call.Answer.TrySetResult(_venue.Request(call.Request));
                break;
            default:
                throw new InvalidOperationException($"Nothing takes {arrival.GetType().Name}.");
        }
    }

    private void Deliver(long nowNs)
    {
        while (_venue.TryReceive(nowNs, out int connection, out ReadOnlySpan<byte> frame))
        {
            if (!_sockets.TryGetValue(connection, out LoopbackSocket? socket)) continue;
            if (frame.IsEmpty)
            {
                _sockets.Remove(connection);
                socket.End(WebSocketCloseStatus.EndpointUnavailable);
            }
            else if (!socket.TryEnqueue(frame.ToArray()))
            {
                Interlocked.Increment(ref _slowClients);
                Forget(socket);
                socket.Abort();
            }
        }
    }

    private void Tell(
        VenueArrivalKind kind, int connection, VenueEndpoint endpoint, byte[]? frame, RestRequest? call) =>
        _arrived?.Invoke(new VenueArrival(_venue.NowNs, kind, connection, endpoint, frame ?? [], call));

    private void Forget(LoopbackSocket socket)
    {
        Tell(VenueArrivalKind.Closed, socket.Connection, socket.Endpoint, null, null);
        _venue.Close(socket.Connection);
        _sockets.Remove(socket.Connection);
    }

    /// <summary>Nothing more is taken; who is still there hears that the venue goes away.</summary>
    private void End()
    {
        _arrivals.Writer.TryComplete();
        while (_arrivals.Reader.TryRead(out Arrival? arrival))
        {
            if (arrival is SocketOpened opened) opened.Socket.End(WebSocketCloseStatus.EndpointUnavailable);
        }

        lock (_gate)
        {
            foreach (LoopbackSocket socket in _sockets.Values) socket.End(WebSocketCloseStatus.EndpointUnavailable);
            _sockets.Clear();
        }

        // Calls under way end here too.
        _ended.Cancel();
    }
}
