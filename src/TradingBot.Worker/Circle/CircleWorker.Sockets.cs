using System;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <content>What the sockets tell, and what becomes of it.</content>
internal sealed partial class CircleWorker
{
    private static ReadOnlySpan<byte> StatusBegin => "{\"channel\":\"status\""u8;

    /// <summary>When all attempts to open sockets are earned back, Unix ns.</summary>
    public long ConnectionsEarnedNs => _connections.EarnedNs;

    /// <summary>The one that waits longest first: a scarce budget starves nobody.</summary>
    private void OpenWhatIsDue(long nowNs)
    {
        while (true)
        {
            CircleSocket first = _sockets[0];
            foreach (CircleSocket socket in _sockets)
            {
                if (socket.Watch.AttemptDueNs < first.Watch.AttemptDueNs) first = socket;
            }

            if (!first.TryOpen(nowNs)) return;
        }
    }

    private CircleSocket? PublicOf(int connection)
    {
        foreach (CircleSocket socket in _publics)
        {
            if (socket.Connection == connection) return socket;
        }

        return null;
    }

    /// <summary>The socket is gone: what it fed is not to be believed, what it carried has no answer.</summary>
    private void OnLost(CircleSocket socket, long nowNs)
    {
        if (socket == _inspector) _looker!.OnDisconnected(nowNs);
        else if (socket.Feed is null) _lane.OnDisconnected(nowNs);
        else _market.OnLost(socket, nowNs);
    }

    private void OnPrivate(in WireEvent e, long nowNs)
    {
        switch (e.Kind)
        {
            case WireEventKind.Opened:
                _private.Watch.OnOpened(nowNs);
                _lane.OnConnected(nowNs);
                break;
            case WireEventKind.Frame:
                _private.Watch.OnFrame(nowNs);
                // Status frames come by themselves and are no matter of the lane.
                if (e.Bytes.StartsWith(StatusBegin))
                {
                    _venue.Watch.OnFrame(VenueMarkets.Derivatives, VenueSource.Account, e.Bytes, nowNs);
                }

                _lane.OnFrame(e.Bytes, nowNs);
                // Both of the account's channels showed themselves: heartbeats flow.
                if (_lane.IsUp) _private.Watch.ExpectBeats();
                break;
            default:
                _private.OnClosed(in e, nowNs);
                OnLost(_private, nowNs);
                break;
        }
    }
}
