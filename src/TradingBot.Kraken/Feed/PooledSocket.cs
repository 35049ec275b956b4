// In:     bytes of one socket.   Out: whole messages in its ring.
// Thread: the pool's.
// Keeps:  the same behaviour as FeedSocket, by other means: the two pass one suite.
// Budget: thin: a hop per receive.
using System;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Trading;

namespace TradingBot.Kraken.Feed;

/// <summary>A socket as the runtime makes it: the account's, and the slow twin of a feed's.</summary>
/// <param name="address">Of the other side.</param>
/// <param name="ring">Takes what it tells.</param>
/// <param name="told">Called when something was told.</param>
/// <param name="pings">The venue closes the socket of whoever sends no ping for a minute.</param>
internal sealed class PooledSocket(Uri address, FrameRing ring, Action told, bool pings = false)
    : WireSocket(address, ring, told)
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(30);

    private Task _serving = Task.CompletedTask;

    public override Task Ended => _serving;

    public override void Start() => _serving = ServeAsync();

    private async Task ServeAsync()
    {
        using ClientWebSocket client = new();
        // The status of a refused upgrade: too many attempts is another thing than a venue that is down.
        client.Options.CollectHttpResponseDetails = true;
        client.Options.KeepAliveInterval = pings ? PingEvery : Timeout.InfiniteTimeSpan;
        Task sending = Task.CompletedTask;
        string reason;
        try
        {
            await client.ConnectAsync(Address, Stop.Token).ConfigureAwait(false);
            TellOpened();
            sending = SendAllAsync(client);
            reason = await ReceiveAllAsync(client).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsOfNetwork(fault))
        {
            // However it ended, it ended: the event says so.
            reason = fault.InnerException?.Message ?? fault.Message;
        }

        // What the other side closed is closed on ours, too: the sender says so after what still waits.
        HangUp();
        await sending.ConfigureAwait(false);
        TellClosed(reason, (int?)client.CloseStatus ?? (IsOpen ? 0 : (int)client.HttpStatusCode));
    }

    /// <summary>Returns why the other side ended it.</summary>
    private async Task<string> ReceiveAllAsync(ClientWebSocket client)
    {
        MessageReader reader = new();
        while (true)
        {
            ValueWebSocketReceiveResult result =
                await client.ReceiveAsync(reader.Free, Stop.Token).ConfigureAwait(false);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return client.CloseStatusDescription is { Length: > 0 } words ? words : "closed by the other side";
            }

            if (reader.Take(result, out WebSocketCloseStatus? fault))
            {
                Tell(WireEventKind.Frame, 0, reader.Message);
                reader.Clear();
            }
            else if (fault is { } status)
            {
                await client.CloseOutputAsync(status, null, Stop.Token).ConfigureAwait(false);
                return MessageReader.Explain(status);
            }
        }
    }
}
