using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.WebSockets;
using TradingBot.Kraken.Feed;
using TradingBot.Simulation.Loopback;
using TradingBot.Tests.Support;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>How a socket is made to end.</summary>
internal enum Strike
{
    Reset,
    HalfClose,
    BlackHole,
    GoingAway,
    BrokenRecord,
}

/// <summary>What may be done to one socket of a recorder.</summary>
internal sealed record Victim(string Name, int Socket, FaultProxy Proxy, ServedPlay Server, Strike[] Strikes);

/// <summary>Ends sockets in turn, each as soon as all is well again; asked by the recorder after each step.</summary>
/// <remarks>Its times are the recorder's: of whatever clock that has.</remarks>
/// <param name="filter">Makes black holes in the kernel; null: the proxy makes them.</param>
internal sealed class DisconnectCampaign(
    Random random, Victim[] victims, int count, CaptureClock clock, NetFilter? filter = null)
{
    private const long Second = 1_000_000_000;

    /// <summary>The longest black hole behind a noticed one: attempts fail in it, too.</summary>
    private const long HoleMaxNs = 15 * Second;

    /// <summary>Silence is noticed in 10 s at the latest; the rest is a slow machine.</summary>
    private const long NoticeMaxNs = 600 * Second;

    /// <summary>Back-off and budget of a few attempts; the rest is a slow machine.</summary>
    private const long RecoverMaxNs = 3_600 * Second;

    private readonly SortedDictionary<string, int> _made = new(StringComparer.Ordinal);
    private Victim? _struck;
    private Action? _hole;
    private long _lossesBefore;
    private long _sinceNs = clock.NowNs();
    private long _nextNs;
    private long _healNs = long.MaxValue;
    private long _aftershockNs = long.MaxValue;
    private bool _isUp;

    /// <summary>Disconnects after which all that is wanted was seen confirmed.</summary>
    public int Recovered { get; private set; }

    public int Made { get; private set; }

    public string Summary => string.Join(", ", _made.Select(one => $"{one.Value} {one.Key}"));

    /// <summary>True when the last of them was recovered from.</summary>
    public bool Step(FeedRecording recording)
    {
        long nowNs = clock.NowNs();
        Heal(nowNs);
        if (_struck is { } victim)
        {
            bool isNoticed = recording.Sockets[victim.Socket].Watch.Losses > _lossesBefore;
            Assert.True(isNoticed || nowNs - _sinceNs < NoticeMaxNs, $"{victim.Name}: nobody noticed ({Summary})");
            if (isNoticed) OnNoticed(nowNs);
            return false;
        }

        bool isUp = recording.Confirmed == recording.Wanted && _hole is null
            && recording.Sockets.All(socket => socket.Watch.Phase == SocketPhase.Open);
        if (!isUp)
        {
            Assert.True(nowNs - _sinceNs < RecoverMaxNs, $"after {Summary}: {Missing(recording)}");
            if (nowNs >= _aftershockNs) Aftershock();
            _isUp = false;
            return false;
        }

        if (!_isUp) OnUp(nowNs);
        if (Made == count) return true;
        if (nowNs >= _nextNs) StrikeOne(recording, nowNs);
        return false;
    }

    private void OnUp(long nowNs)
    {
        _isUp = true;
        Recovered = Made;
        _aftershockNs = long.MaxValue;
        _nextNs = nowNs + random.NextInt64(2 * Second);
    }

    private void OnNoticed(long nowNs)
    {
        _struck = null;
        _sinceNs = nowNs;
        if (_hole is not null) _healNs = random.Next(2) == 0 ? nowNs : nowNs + random.NextInt64(HoleMaxNs);
        // Now and then the next one comes while the first is not yet over.
        if (random.Next(5) == 0) _aftershockNs = nowNs + random.NextInt64(5 * Second);
    }

    private void Heal(long nowNs)
    {
        if (nowNs < _healNs) return;
        _healNs = long.MaxValue;
        _hole!();
        _hole = null;
    }

    private void Aftershock()
    {
        _aftershockNs = long.MaxValue;
        Count("aftershock");
        foreach (Victim victim in victims) victim.Proxy.Reset();
    }

    private void StrikeOne(FeedRecording recording, long nowNs)
    {
        Victim victim = victims[random.Next(victims.Length)];
        Strike strike = victim.Strikes[random.Next(victim.Strikes.Length)];
        _struck = victim;
        _sinceNs = nowNs;
        _lossesBefore = recording.Sockets[victim.Socket].Watch.Losses;
        Made++;
        Count($"{victim.Name} {strike}");
        switch (strike)
        {
            case Strike.Reset:
                victim.Proxy.Reset();
                break;
            case Strike.HalfClose:
                victim.Proxy.HalfClose();
                break;
            case Strike.BlackHole:
                Swallow(victim.Proxy);
                break;
            case Strike.GoingAway:
                victim.Server.Drop(WebSocketCloseStatus.EndpointUnavailable);
                break;
            default:
                victim.Proxy.FlipBit();
                break;
        }
    }

    private void Swallow(FaultProxy proxy)
    {
        if (filter is null)
        {
            _hole = proxy.Heal;
            proxy.BlackHole();
            return;
        }

        Count("of them by nft");
        _hole = filter.Heal;
        filter.Drop(proxy.Port);
    }

    private void Count(string what) => _made[what] = _made.GetValueOrDefault(what) + 1;

    private static string Missing(FeedRecording recording) => string.Join(
        "; ", recording.Sockets.Select(socket => $"{socket.Endpoint} {socket.Watch.Phase}: {Missing(socket)}"));

    private static string Missing(CircleSocket socket) => string.Join(
        ", ", socket.Feed!.Subscriptions.Where(wanted => wanted.State != SubscriptionState.Confirmed)
            .Select(wanted => $"{wanted.Channel} {wanted.Symbol} {wanted.State} {wanted.Reason}"));
}
