using System;
using System.Collections.Generic;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Frames on their way to clients, handed out in order of due time.</summary>
internal sealed class Postbox(ulong seed)
{
    public const int LatencyLeastNs = 5_000_000;
    public const int LatencyRangeNs = 75_000_000;

    private readonly SplitMix64 _random = new(seed ^ 0x1A7E_2C91_55D0_73B1);
    private readonly PriorityQueue<(VenueConnection To, byte[] Frame), (long DueNs, long Serial)> _letters = new();
    private long _serial;

    /// <summary>Time of the next frame that somebody is there to receive.</summary>
    public long NextDueNs
    {
        get
        {
            DropUndeliverable();
            return _letters.TryPeek(out _, out (long DueNs, long Serial) key) ? key.DueNs : long.MaxValue;
        }
    }

    /// <summary>One way's latency: 5 to 80 ms.</summary>
    public long DrawLatencyNs() => LatencyLeastNs + _random.Below(LatencyRangeNs);

    /// <summary>
    /// Sends a frame; streams keep their order unless <paramref name="heldUntilNs"/> holds this one up alone.
    /// </summary>
    public void Post(VenueConnection to, VenueStream stream, ReadOnlySpan<byte> frame, long nowNs, long heldUntilNs = 0)
    {
        if (!to.IsOpen || to.IsMute) return;
        ref long last = ref to.LastDueNs[(int)stream];
        long dueNs = Math.Max(nowNs + DrawLatencyNs(), last);
        if (heldUntilNs > dueNs) dueNs = heldUntilNs;
        else last = dueNs;
        to.LastSentNs = nowNs;
        _letters.Enqueue((to, frame.ToArray()), (dueNs, _serial++));
    }

    /// <summary>
    /// Closes a connection from the venue's side: what is due later is lost, and the client hears of it.
    /// </summary>
    public void Hang(VenueConnection connection, long nowNs)
    {
        if (!connection.IsOpen) return;
        long dueNs = nowNs + DrawLatencyNs();
        connection.ClosedNs = dueNs;
        _letters.Enqueue((connection, []), (dueNs, long.MaxValue));
    }

    public bool TryTake(long nowNs, out int connection, out byte[] frame)
    {
        DropUndeliverable();
        connection = -1;
        frame = [];
        if (!_letters.TryPeek(out _, out (long DueNs, long Serial) key) || key.DueNs > nowNs) return false;
        (VenueConnection to, frame) = _letters.Dequeue();
        connection = to.Id;
        return true;
    }

    private void DropUndeliverable()
    {
        while (_letters.TryPeek(out (VenueConnection To, byte[] Frame) letter, out (long DueNs, long Serial) key)
            && key.DueNs > letter.To.ClosedNs)
        {
            _letters.Dequeue();
        }
    }
}
