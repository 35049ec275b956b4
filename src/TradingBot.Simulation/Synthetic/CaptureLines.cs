using System;
using System.Globalization;
using System.IO;

namespace TradingBot.Simulation.Synthetic;

/// <summary>Writes frames as a recorder would have: one a line, with the time each arrived.</summary>
internal sealed class CaptureLines
{
    private const long NanosPerMicro = 1_000;

    /// <summary>Latency of a usual frame: 20 to 60 ms.</summary>
    private const int LatencyMinUs = 20_000;
    private const int LatencyRangeNs = 40_000_000;

    /// <summary>One frame in so many is held up for seconds, and all behind it: one connection, one order.</summary>
    private const int FramesPerSpike = 6_000;

    private readonly Stream _output;
    private readonly SplitMix64 _random;
    private byte[] _line = new byte[16 * 1024];
    private long _lastNs;

    public CaptureLines(Stream output, ulong seed)
    {
        _output = output;
        _random = new SplitMix64(seed ^ 0xA076_1D64_78BD_642F);
    }

    /// <summary>Writes one frame that the venue sends at a time.</summary>
    public void Write(ReadOnlySpan<byte> frame, long sentUs)
    {
        int length = 0;
        Reserve(64 + (2 * frame.Length));
        Append("{\"recv_ns\":"u8, ref length);
        ArrivalNs(sentUs).TryFormat(_line.AsSpan(length), out int digits, default, CultureInfo.InvariantCulture);
        length += digits;
        Append(",\"raw\":\""u8, ref length);
        foreach (byte b in frame)
        {
            // Our frames hold no control characters: only these two need an escape.
            if (b is (byte)'"' or (byte)'\\') _line[length++] = (byte)'\\';
            _line[length++] = b;
        }

        Append("\"}\n"u8, ref length);
        _output.Write(_line, 0, length);
    }

    private long ArrivalNs(long sentUs)
    {
        long latencyNs = (LatencyMinUs * NanosPerMicro) + _random.Below(LatencyRangeNs);
        if (_random.Below(FramesPerSpike) == 0) latencyNs += _random.Between(1_000, 3_000) * 1_000_000L;
        // Frames leave the socket one after the other, some microseconds apart.
        long soonestNs = _lastNs + 8_000 + _random.Below(20_000);
        _lastNs = Math.Max((sentUs * NanosPerMicro) + latencyNs, soonestNs);
        return _lastNs;
    }

    private void Append(ReadOnlySpan<byte> text, ref int length)
    {
        text.CopyTo(_line.AsSpan(length));
        length += text.Length;
    }

    private void Reserve(int bytes)
    {
        if (_line.Length < bytes) _line = new byte[bytes * 2];
    }
}
