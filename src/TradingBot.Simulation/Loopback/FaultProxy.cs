// In:     TCP clients on 127.0.0.1.   Out: their bytes to a target on this machine and back, with the faults asked for.
// Thread: the pool's; two copying tasks a connection. Any thread may ask for a fault.
// Keeps:  it knows nothing of what passes: a fault falls on bytes, as on a network. Nothing leaves this machine.
// Budget: for tests.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace TradingBot.Simulation.Loopback;

/// <summary>A network that fails on demand, between a client and a server of this machine.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    /// <summary>Bytes that are under way at once in one direction.</summary>
    private const int ChunkBytes = 16 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _guard = new();
    private readonly List<Link> _links = [];
    private readonly Task _accepting;
    private TaskCompletionSource _passage = Passable();
    private int _split;
    private int _delayMs;
    private int _flips;

    private FaultProxy(int target, TimeProvider time)
    {
        _target = target;
        _time = time;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that stand now.</summary>
    public int Links
    {
        get
        {
            lock (_guard) return _links.Count;
        }
    }

    /// <summary>Connections there ever were.</summary>
    public long Accepted { get; private set; }

    /// <summary>At most so many bytes pass at once; 0: as they come.</summary>
    public int Split
    {
        get => Volatile.Read(ref _split);
        set => Volatile.Write(ref _split, value);
    }

    /// <summary>Every piece waits so long, in order.</summary>
    public int DelayMs
    {
        get => Volatile.Read(ref _delayMs);
        set => Volatile.Write(ref _delayMs, value);
    }

    public static FaultProxy Before(int port, TimeProvider? time = null) => new(port, time ?? TimeProvider.System);

    /// <summary>The same address behind the proxy.</summary>
    public Uri Through(Uri address) => new UriBuilder(address) { Host = "127.0.0.1", Port = Port }.Uri;

    /// <summary>Bytes vanish in both directions, and nobody is told: a route that broke.</summary>
    public void BlackHole()
    {
        if (_passage.Task.IsCompleted) _passage = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The route is back; what waited passes.</summary>
    public void Heal() => _passage.TrySetResult();

    /// <summary>Every connection ends with a reset.</summary>
    public void Reset() => All(static link => link.Reset());

    /// <summary>The server's side of every connection says that it is done, and stays.</summary>
    public void HalfClose() => All(static link => link.HalfClose());

    /// <summary>A bit of the next bytes to a client is another one.</summary>
    public void FlipBit() => Interlocked.Increment(ref _flips);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Heal();
        Reset();
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        _stop.Dispose();
    }

    private static TaskCompletionSource Passable()
    {
        TaskCompletionSource passage = new(TaskCreationOptions.RunContinuationsAsynchronously);
        passage.SetResult();
        return passage;
    }

    private void All(Action<Link> act)
    {
        Link[] links;
        lock (_guard) links = [.. _links];
        foreach (Link link in links) act(link);
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
                Accepted++;
                serving.RemoveAll(static done => done.IsCompleted);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy ends.
        }

        await Task.WhenAll(serving).ConfigureAwait(false);
    }

    private async Task ServeAsync(Socket client)
    {
        using Socket server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        Link link = new(client, server);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token).ConfigureAwait(false);
            lock (_guard) _links.Add(link);
            await Task.WhenAll(CopyAsync(client, server, false), CopyAsync(server, client, true)).ConfigureAwait(false);
        }
        catch (Exception ended) when (IsOfNetwork(ended))
        {
            link.Reset();
        }
        finally
        {
            lock (_guard) _links.Remove(link);
            client.Dispose();
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool toClient)
    {
        byte[] bytes = new byte[ChunkBytes];
        try
        {
            while (true)
            {
                int count = await from.ReceiveAsync(bytes, SocketFlags.None, _stop.Token).ConfigureAwait(false);
                await _passage.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
                if (count == 0) break;
                if (toClient && Interlocked.Exchange(ref _flips, 0) > 0) bytes[count / 2] ^= 0x04;
                await PassAsync(to, bytes.AsMemory(0, count)).ConfigureAwait(false);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception ended) when (IsOfNetwork(ended))
        {
            from.Dispose();
            to.Dispose();
        }
    }

    private async Task PassAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int delay = DelayMs;
            if (delay > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(delay), _time, _stop.Token).ConfigureAwait(false);
            }

            int split = Split;
            int count = split == 0 ? bytes.Length : Math.Min(split, bytes.Length);
            await to.SendAsync(bytes[..count], SocketFlags.None, _stop.Token).ConfigureAwait(false);
            bytes = bytes[count..];
        }
    }

    private static bool IsOfNetwork(Exception fault) =>
        fault is SocketException or IOException or OperationCanceledException or ObjectDisposedException;

    private sealed class Link(Socket client, Socket server)
    {
        public void Reset()
        {
            foreach (Socket socket in (Socket[])[client, server])
            {
                try
                {
                    // Linger of nothing: close sends a reset.
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
                    socket.Dispose();
                }
                catch (Exception gone) when (IsOfNetwork(gone))
                {
                    // It ended by itself.
                }
            }
        }

        public void HalfClose()
        {
            try
            {
                client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception gone) when (IsOfNetwork(gone))
            {
                // It ended by itself.
            }
        }
    }
}
