// In:     a load.   Out: what came of it: nothing lost or so much, latencies, processor time, memory.
// Thread: the caller's is the worker's: it receives from the wire, parses, keeps books, bars and signals, and records.
// Keeps:  what is measured is what runs: the recorder's own sockets, parser, engine and capture.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Bench.Latency;
using TradingBot.Kraken.Feed;
using TradingBot.Simulation.Synthetic;
using TradingBot.Storage.Capture;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Settings;

namespace TradingBot.Bench.Rates;

/// <summary>What is sent, and what is done with it.</summary>
/// <param name="Name">For people.</param>
/// <param name="FramesPerSecond">Due, whether or not they are read.</param>
/// <param name="Seconds">For so long.</param>
/// <param name="Symbols">Of so many.</param>
/// <param name="Captured">A recording is written.</param>
/// <param name="Rests">The sender sleeps a millisecond between two bundles: it leaves the machine to the others, and
/// latencies mean little.</param>
internal sealed record RateLoad(
    string Name, int FramesPerSecond, double Seconds, int Symbols, bool Captured, bool Rests)
{
    public long Frames => (long)(FramesPerSecond * Seconds);
}

/// <summary>What came of a load.</summary>
internal sealed record RateResult(RateLoad Load)
{
    public long Frames { get; set; }

    public double Seconds { get; set; }

    public long Verified { get; set; }

    public long Mismatches { get; set; }

    public long ParseErrors { get; set; }

    public long Reconnects { get; set; }

    public long RecordsLost { get; set; }

    /// <summary>Frames in the recording, read again; -1 without one.</summary>
    public long FramesRecorded { get; set; } = -1;

    public long FrameBytes { get; set; }

    public long StoredBytes { get; set; }

    /// <summary>What the sender was behind its own times at most, ms.</summary>
    public double SenderLateMs { get; set; }

    public double RssMaxMiB { get; set; }

    /// <summary>Of the whole process, by the runtime's count.</summary>
    public double AllocatedPerFrame { get; set; }

    /// <summary>Processor time of the worker's thread.</summary>
    public double ServiceNsPerFrame { get; set; }

    public SortedDictionary<string, double> NsPerFrameByThread { get; } = new(StringComparer.Ordinal);

    /// <summary>From due to the end of the worker's step that took it in.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>All that was due came, was right, and was recorded.</summary>
    public bool IsWhole => Frames == Load.Frames && Mismatches == 0 && ParseErrors == 0 && Reconnects == 0
        && RecordsLost == 0 && (!Load.Captured || FramesRecorded == Load.Frames);
}

/// <summary>One load from beginning to end.</summary>
internal sealed class RateRun
{
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(20);

    private readonly RateLoad _load;
    private readonly RateResult _result;
    private long _start;
    private long _seen;
    private long _seenAt;
    private long _warmFrames;
    private long _warmNs;
    private long _warmBytes;
    private SortedDictionary<string, long> _warmTimes = [];

    private RateRun(RateLoad load)
    {
        _load = load;
        _result = new RateResult(load);
    }

    public static async Task<RateResult> RunAsync(RateLoad load, string folder)
    {
        RateRun run = new(load);
        using Process source = StartSource(load);
        int port = (int)Word(await source.StandardOutput.ReadLineAsync(), "port");
        Task<string?> started = source.StandardOutput.ReadLineAsync();
        Task<string?> sent = started.ContinueWith(
            line =>
            {
                Volatile.Write(ref run._start, Word(line.GetAwaiter().GetResult(), "start"));
                return source.StandardOutput.ReadLineAsync();
            },
            TaskScheduler.Default).Unwrap();
        try
        {
            await OnThread("worker", () => run.Take(port, folder));
            run.Note(await sent);
            await source.WaitForExitAsync();
        }
        finally
        {
            if (!source.HasExited) source.Kill();
        }

        if (load.Captured) run.Audit(folder);
        return run._result;
    }

    private static Process StartSource(RateLoad load)
    {
        ProcessStartInfo info = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        bool isHost = Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal);
        if (isHost) info.ArgumentList.Add(typeof(RateRun).Assembly.Location);
        info.ArgumentList.Add(RateSource.ChildVerb);
        foreach (long number in (long[])[load.FramesPerSecond, load.Frames, load.Symbols])
        {
            info.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture));
        }

        info.ArgumentList.Add(load.Rests ? "rests" : "exact");
        return Process.Start(info)!;
    }

    /// <summary>On a thread with a name, by which its processor time is found.</summary>
    private static Task OnThread(string name, Action work)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception fault) when (fault is IOException or InvalidOperationException)
            {
                done.SetException(fault);
            }
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        return done.Task;
    }

    private void Take(int port, string folder)
    {
        Uri address = new($"ws://127.0.0.1:{port}/v2");
        RecordingOptions options = new()
        {
            Symbols = [.. SyntheticCapture.SymbolsOf(new SyntheticOptions { Symbols = _load.Symbols })],
            Addresses = VenueSettings.Kraken with { SpotPublic = address },
        };
        SocketWire wire = new(options.Addresses);
        using FeedCapture? capture = _load.Captured
            ? FeedCapture.Begin(folder, new CaptureOptions { Build = "bench" }, CaptureClock.System.NowNs()) : null;
        FeedRecording recording = new(options, wire, capture, CaptureClock.System.NowNs());
        _ = ThreadTimes.TakeRssMaxMiB();
        _seenAt = Stopwatch.GetTimestamp();
        recording.Run(CaptureClock.System.NowNs, () => IsOver(recording), CancellationToken.None);
        Finish(recording);
        capture?.End(CaptureClock.System.NowNs());
        _result.RecordsLost = capture?.RecordsLost ?? 0;
        wire.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>After each step: all frames that were read so far are done with.</summary>
    private bool IsOver(FeedRecording recording)
    {
        long now = Stopwatch.GetTimestamp();
        long frames = recording.Counters.Frames;
        long start = Volatile.Read(ref _start);
        if (frames == _seen || start == 0) return Stopwatch.GetElapsedTime(_seenAt, now) > StallMax;
        // The first second: subscriptions, snapshots, and code that is compiled while it runs.
        if (_warmFrames == 0 && frames >= Math.Min(_load.FramesPerSecond, _load.Frames / 2)) Warm(frames);
        double ticksPerFrame = (double)Stopwatch.Frequency / _load.FramesPerSecond;
        for (long i = _seen; i < frames && _warmFrames > 0; i++)
        {
            _result.Latency.Add(LatencyRun.ToNs(now - start - (long)(i * ticksPerFrame)));
        }

        _seen = frames;
        _seenAt = now;
        return frames >= _load.Frames;
    }

    private void Warm(long frames)
    {
        _warmFrames = frames;
        _warmTimes = ThreadTimes.ByName();
        _warmBytes = GC.GetTotalAllocatedBytes(precise: true);
        _warmNs = ThreadTimes.OfThis();
    }

    private void Finish(FeedRecording recording)
    {
        double frames = Math.Max(1, recording.Counters.Frames - _warmFrames);
        _result.ServiceNsPerFrame = (ThreadTimes.OfThis() - _warmNs) / frames;
        _result.AllocatedPerFrame = (GC.GetTotalAllocatedBytes(precise: true) - _warmBytes) / frames;
        foreach ((string name, long ns) in ThreadTimes.ByName())
        {
            double perFrame = (ns - _warmTimes.GetValueOrDefault(name)) / frames;
            if (perFrame >= 1) _result.NsPerFrameByThread[name] = perFrame;
        }

        _result.RssMaxMiB = ThreadTimes.TakeRssMaxMiB();
        _result.Seconds = Stopwatch.GetElapsedTime(_start, _seenAt).TotalSeconds;
        _result.Frames = recording.Counters.Frames;
        _result.FrameBytes = recording.Counters.Bytes;
        _result.ParseErrors = recording.Counters.Errors;
        _result.Reconnects = recording.Reconnects;
        for (int id = 0; id < recording.Symbols.Count; id++)
        {
            _result.Verified += recording.Engine.Books.BookOf(id)?.ChecksumsVerified ?? 0;
            _result.Mismatches += recording.Engine.Books.BookOf(id)?.ChecksumMismatches ?? 0;
        }
    }

    private void Audit(string folder)
    {
        CaptureAudit? audit = CaptureAudit.Of(folder, out _);
        _result.FramesRecorded = audit is { Faults.Count: 0 } ? audit.Frames : -1;
        _result.StoredBytes = audit?.FileBytes ?? 0;
    }

    private void Note(string? sent)
    {
        if (sent is null) return;
        _result.SenderLateMs = double.Parse(sent.Split(' ')[3], CultureInfo.InvariantCulture);
    }

    private static long Word(string? line, string key)
    {
        string[] words = (line ?? "").Split(' ');
        if (words.Length != 2 || words[0] != key) throw new IOException($"The sender said '{line}' for '{key}'.");
        return long.Parse(words[1], CultureInfo.InvariantCulture);
    }
}
