// In:     a synthetic capture of many symbols.   Out: its frames as bytes of a WebSocket, without end.
// Thread: the one that sends.
// Keeps:  every pass begins with the books' snapshots, so that all its checksums are right; times are those at which
//         frames are due and trades have numbers that only grow, so that a pass is no repetition to who listens.
using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Bench.Rates;

/// <summary>Frames of a feed of many symbols, ready to be sent.</summary>
internal sealed class RateFrames
{
    /// <summary>Market time of one pass: some 1,300 frames a second of it for 200 symbols, book and trades.</summary>
    private const long PassUs = 240_000_000;

    /// <summary>"2026-09-14T13:00:00.000000Z".</summary>
    private const int TimeBytes = 27;

    private const long FirstId = 100_000_000;
    private const long TicksPerMicro = 10;

    private readonly List<byte[]> _frames = [];
    private readonly List<int[]> _times = [];
    private readonly List<int[]> _ids = [];
    private readonly List<bool> _isAnswer = [];
    private readonly byte[] _time = new byte[TimeBytes];
    private long _second = -1;
    private long _id = FirstId;
    private int _next;
    private bool _isLaterPass;

    public RateFrames(int symbols)
    {
        using MemoryStream capture = new();
        SyntheticCapture.Write(
            capture, new SyntheticOptions { Seed = 11, Symbols = symbols, Faults = false, DurationUs = PassUs });
        capture.Position = 0;
        using StreamReader lines = new(capture, Encoding.UTF8);
        while (lines.ReadLine() is { } line)
        {
            using JsonDocument envelope = JsonDocument.Parse(line);
            string text = envelope.RootElement.GetProperty("raw").GetString()!;
            // Beats are for silence, and there is none.
            if (!text.Contains("heartbeat", StringComparison.Ordinal)) Add(text);
        }
    }

    /// <summary>Frames of one pass.</summary>
    public int Count => _frames.Count;

    /// <summary>Bytes of the longest one.</summary>
    public int LengthMax { get; private set; }

    /// <summary>Writes the next frame as if it were made at a time.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> target, long unixTicks)
    {
        // Subscribed once, answered once.
        while (_isLaterPass && _isAnswer[_next]) _next++;
        byte[] frame = _frames[_next];
        frame.CopyTo(target);
        foreach (int at in _times[_next]) WriteTime(target[at..], unixTicks);
        foreach (int at in _ids[_next]) Utf8Formatter.TryFormat(_id++, target[at..], out _);
        if (++_next < _frames.Count) return frame.Length;
        _next = 0;
        _isLaterPass = true;
        return frame.Length;
    }

    /// <summary>The next frame without the WebSocket's head.</summary>
    public ReadOnlySpan<byte> NextPayload(Span<byte> target, long unixTicks)
    {
        int length = Write(target, unixTicks);
        int head = target[1] switch
        {
            < 126 => 2,
            126 => 4,
            _ => 10,
        };
        return target[head..length];
    }

    private void Add(string text)
    {
        StringBuilder made = new();
        const string Key = "\"trade_id\":";
        int from = 0;
        for (int at = text.IndexOf(Key, StringComparison.Ordinal); at >= 0;)
        {
            int end = at + Key.Length;
            made.Append(text, from, end - from).Append(FirstId);
            while (char.IsAsciiDigit(text[end])) end++;
            from = end;
            at = text.IndexOf(Key, end, StringComparison.Ordinal);
        }

        byte[] payload = Encoding.UTF8.GetBytes(made.Append(text, from, text.Length - from).ToString());
        byte[] head = payload.Length < 126 ? [0x81, (byte)payload.Length]
            : payload.Length <= ushort.MaxValue ? [0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length]
            : [0x81, 127, 0, 0, 0, 0, 0, (byte)(payload.Length >> 16), (byte)(payload.Length >> 8),
                (byte)payload.Length];
        byte[] frame = [.. head, .. payload];
        _frames.Add(frame);
        _times.Add(FindAll(frame, "\"timestamp\":\""u8));
        _ids.Add(FindAll(frame, "\"trade_id\":"u8));
        _isAnswer.Add(text.StartsWith("{\"method\"", StringComparison.Ordinal));
        LengthMax = Math.Max(LengthMax, frame.Length);
    }

    /// <summary>Where what follows a key begins.</summary>
    private static int[] FindAll(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> key)
    {
        List<int> found = [];
        int from = 0;
        for (int at = frame.IndexOf(key); at >= 0; at = frame[from..].IndexOf(key))
        {
            from += at + key.Length;
            found.Add(from);
        }

        return [.. found];
    }

    private void WriteTime(Span<byte> target, long unixTicks)
    {
        long second = unixTicks / TimeSpan.TicksPerSecond;
        if (second != _second)
        {
            _second = second;
            DateTimeOffset.UnixEpoch.AddTicks(unixTicks).TryFormat(
                _time, out _, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        }

        _time.CopyTo(target);
        long micros = unixTicks % TimeSpan.TicksPerSecond / TicksPerMicro;
        for (int i = TimeBytes - 2; i > TimeBytes - 8; i--)
        {
            target[i] = (byte)('0' + (micros % 10));
            micros /= 10;
        }
    }
}
