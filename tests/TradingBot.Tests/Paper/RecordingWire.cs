using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TradingBot.Trading;

namespace TradingBot.Tests.Paper;

/// <summary>A wire that notes all that passes it, outward and inward.</summary>
internal sealed class RecordingWire(IWire inner) : IWire
{
    private readonly Dictionary<int, WireEndpoint> _endpoints = [];

    public List<WireEndpoint> Opened { get; } = [];

    public List<string> Sent { get; } = [];

    public List<WireRequest> Requests { get; } = [];

    /// <summary>What is neither public nor without key, signature and body; there should be none.</summary>
    public IEnumerable<WireRequest> Indiscreet => Requests.Where(
        request => !request.IsPublic || request.ApiKey + request.ApiSign != "" || !request.Body.IsEmpty);

    /// <summary>Told of each inward frame, with its endpoint, before anybody else sees it.</summary>
    public Action<WireEndpoint, string>? Passing { get; set; }

    public long NextDueNs => inner.NextDueNs;

    public long ClockNs => inner.ClockNs;

    public int Open(WireEndpoint endpoint)
    {
        Opened.Add(endpoint);
        int connection = inner.Open(endpoint);
        _endpoints[connection] = endpoint;
        return connection;
    }

    public void Close(int connection) => inner.Close(connection);

    public bool Send(int connection, ReadOnlySpan<byte> frame)
    {
        Sent.Add(Encoding.UTF8.GetString(frame));
        return inner.Send(connection, frame);
    }

    public int Request(WireRequest request)
    {
        Requests.Add(request);
        return inner.Request(request);
    }

    public bool TryReceive(long nowNs, out WireEvent wireEvent)
    {
        if (!inner.TryReceive(nowNs, out wireEvent)) return false;
        if (wireEvent.Kind == WireEventKind.Frame)
        {
            Passing?.Invoke(_endpoints[wireEvent.Connection], Encoding.UTF8.GetString(wireEvent.Bytes));
        }

        return true;
    }
}
