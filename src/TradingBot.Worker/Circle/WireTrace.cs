// In:     what the worker asks of a wire and what the wire tells, with its time.   Out: the same, and a running hash.
// Thread: the worker's.
// Keeps:  I5: two runs have one hash exactly when every byte in both directions, and when it came, was the same.
// Budget: a nanosecond per eight bytes.
using System;
using System.Buffers.Binary;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>The hash of everything that passed between a worker and its venue, over all of its lives.</summary>
internal sealed class WireTrace
{
    private StableHash _hash;

    public ulong Value => _hash.Value;

    /// <summary>The wire of a worker's next life.</summary>
    public IWire Over(IWire wire) => new TracedWire(wire, this);

    /// <summary>Adds words that belong to the run: what was drawn for it.</summary>
    public void Add(string words) => Add(0, 0, Encoding.UTF8.GetBytes(words));

    private void Add(long first, long second, ReadOnlySpan<byte> bytes)
    {
        _hash.Add(first);
        _hash.Add(second);
        _hash.Add((long)bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            _hash.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        if (bytes.IsEmpty) return;
        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        rest.Clear();
        bytes.CopyTo(rest);
        _hash.Add(BinaryPrimitives.ReadUInt64LittleEndian(rest));
    }

    private sealed class TracedWire(IWire wire, WireTrace trace) : IWire
    {
        public long NextDueNs => wire.NextDueNs;

        public long ClockNs => wire.ClockNs;

        public int Open(WireEndpoint endpoint)
        {
            int connection = wire.Open(endpoint);
            trace.Add((long)endpoint, connection, default);
            return connection;
        }

        public void Close(int connection)
        {
            wire.Close(connection);
            trace.Add(-1, connection, default);
        }

        public bool Send(int connection, ReadOnlySpan<byte> frame)
        {
            bool sent = wire.Send(connection, frame);
            trace.Add(connection, sent ? 1 : 0, frame);
            return sent;
        }

        public int Request(WireRequest request)
        {
            int number = wire.Request(request);
            trace.Add(-2, number, Encoding.UTF8.GetBytes(request.Path));
            trace.Add(-3, number, request.Body.Span);
            return number;
        }

        public bool TryReceive(long nowNs, out WireEvent wireEvent)
        {
            if (!wire.TryReceive(nowNs, out wireEvent)) return false;
            trace.Add(nowNs, ((long)wireEvent.Connection << 16) | ((long)wireEvent.Status << 3) | (long)wireEvent.Kind,
                wireEvent.Bytes);
            return true;
        }
    }
}
