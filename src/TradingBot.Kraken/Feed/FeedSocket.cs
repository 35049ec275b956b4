// In:     bytes of one public socket.   Out: whole messages in its ring.
// Thread: one of its own, "feed HOST": connects, shakes hands, receives; every receive completes on it.
// Keeps:  no hop to the thread pool and no allocation between the kernel and the ring. TLS 1.2 or later, the system's
//         trust, no compression, no redirects.
// Budget: 0 bytes per message (SocketReceiveAllocationTests).
using System;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Trading;

namespace TradingBot.Kraken.Feed;

/// <summary>A socket that receives on a thread of its own.</summary>
/// <param name="address">ws or wss.</param>
/// <param name="ring">Takes what it tells.</param>
/// <param name="told">Called after each thing told.</param>
/// <param name="trust">Roots to trust in place of the system's; null for the system's. Tests have a root of their
/// own.</param>
/// <param name="pings">Sends ping frames by itself: the venue's first WebSocket of derivatives has no ping in text, and
/// closes who is silent for a minute.</param>
internal sealed class FeedSocket(
    Uri address, FrameRing ring, Action told, X509Certificate2Collection? trust = null, bool pings = false)
    : WireSocket(address, ring, told)
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task Ended => _ended.Task;

    public override void Start()
    {
        Thread thread = new(Run) { Name = $"feed {Address.Host}", IsBackground = true };
        thread.Start();
    }

    /// <summary>Receives until the other side or a fault ends it; returns why.</summary>
    /// <param name="socket">Over a stream that receives inline.</param>
    /// <param name="whole">Takes each message.</param>
    internal static string ReceiveAll(WebSocket socket, MessageTaker whole)
    {
        MessageReader reader = new();
        while (true)
        {
            ValueTask<ValueWebSocketReceiveResult> receiving = socket.ReceiveAsync(reader.Free, CancellationToken.None);
            // Incomplete only when a pong of ours did not leave at once.
            ValueWebSocketReceiveResult result = receiving.IsCompletedSuccessfully
                ? receiving.GetAwaiter().GetResult() : receiving.AsTask().GetAwaiter().GetResult();
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return socket.CloseStatusDescription is { Length: > 0 } words ? words : "closed by the other side";
            }

            if (reader.Take(result, out WebSocketCloseStatus? fault))
            {
                whole(reader.Message);
                reader.Clear();
            }
            else if (fault is { } status)
            {
                socket.CloseOutputAsync(status, null, CancellationToken.None).GetAwaiter().GetResult();
                return MessageReader.Explain(status);
            }
        }
    }

    private void Run()
    {
        string reason;
        int status = 0;
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (Stop.Token.Register(static state => ((Socket)state!).Dispose(), socket))
        {
            try
            {
                reason = Serve(socket, ref status);
            }
            catch (Exception fault) when (IsOfNetwork(fault))
            {
                reason = fault.InnerException?.Message ?? fault.Message;
            }
        }

        TellClosed(reason, status);
        _ended.SetResult();
    }

    /// <summary>The socket's life; returns why it ended, with the HTTP status of a refusal or the close code.</summary>
    private string Serve(Socket socket, ref int status)
    {
        socket.Connect(Address.IdnHost, Address.Port);
        using System.IO.Stream stream = Secure(new NetworkStream(socket, ownsSocket: false));
        UpgradeAnswer answer = WebSocketUpgrade.Perform(stream, Address);
        status = answer.Status;
        if (!answer.IsUpgraded) return answer.Reason;
        status = 0;
        using InlineStream inline = new(stream, answer.Rest);
        using WebSocket client = WebSocket.CreateFromStream(inline, new WebSocketCreationOptions
        {
            KeepAliveInterval = pings ? PingEvery : Timeout.InfiniteTimeSpan,
            KeepAliveTimeout = pings ? PingEvery : Timeout.InfiniteTimeSpan,
        });
        TellOpened();
        Task sending = SendAllAsync(client);
        try
        {
            return ReceiveAll(client, message => Tell(WireEventKind.Frame, 0, message));
        }
        finally
        {
            // What the other side closed is closed on ours, too: the sender says so after what still waits.
            HangUp();
            sending.GetAwaiter().GetResult();
            status = (int?)client.CloseStatus ?? 0;
        }
    }

    private System.IO.Stream Secure(NetworkStream plain)
    {
        if (Address.Scheme != Uri.UriSchemeWss) return plain;
        SslStream secure = new(plain, leaveInnerStreamOpen: false);
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = Address.IdnHost,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            // A responder that is down must not blind us while positions are open.
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (trust is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(trust);
        }

        secure.AuthenticateAsClient(options);
        return secure;
    }
}

/// <summary>Takes one whole message; its bytes live until it returns.</summary>
internal delegate void MessageTaker(ReadOnlySpan<byte> message);
