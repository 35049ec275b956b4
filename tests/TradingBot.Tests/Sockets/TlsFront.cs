using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace TradingBot.Tests.Sockets;

/// <summary>TLS in front of a server that speaks none: what is said to it is handed on in clear, and back.</summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly int _target;
    private readonly Task _accepting;

    public TlsFront(X509Certificate2 certificate, int target)
    {
        _certificate = certificate;
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                serving.RemoveAll(static done => done.IsCompleted);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception ended) when (IsOfNetwork(ended))
        {
            // The front ends.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket client)
    {
        client.NoDelay = true;
        using Socket server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await using NetworkStream outside = new(client, ownsSocket: true);
        await using SslStream secure = new(outside);
        try
        {
            await secure.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await using NetworkStream inside = new(server, ownsSocket: false);
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            Task[] ways = [secure.CopyToAsync(inside, over.Token), inside.CopyToAsync(secure, over.Token)];
            await Task.WhenAny(ways);
            // One side is done: the other hears no more, and its bytes on the way are lost, as behind a proxy that
            // restarts.
            await over.CancelAsync();
            server.Dispose();
            await Task.WhenAll(ways);
        }
        catch (Exception ended) when (IsOfNetwork(ended) || ended is AuthenticationException)
        {
            // Either side is gone.
        }
    }

    private static bool IsOfNetwork(Exception fault) =>
        fault is SocketException or IOException or OperationCanceledException or ObjectDisposedException;
}
