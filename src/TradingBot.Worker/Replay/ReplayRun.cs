// In:     captured frames.   Out: events through a topology, and the figures of the run.
// Thread: the caller's is the feed thread; the topology brings its own.
// Keeps:  nothing fills in a replay: an approved order only reserves exposure until it lapses.
// Budget: as fast as reading and parsing allow; 0 bytes per frame once warm.
using System;
using System.Diagnostics;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;
using TradingBot.Trading;

namespace TradingBot.Worker.Replay;

/// <summary>One replay of captures through the engine.</summary>
internal sealed class ReplayRun
{
    private readonly ReplayOptions _options;
    private readonly FrameParser?[] _parsers = new FrameParser?[(int)Dialect.FuturesV1 + 1];
    private readonly EventBatch _batch = new();
    private readonly ReceiveClock _clock = new();
    private readonly AllocationMeter _meter = new();

    public ReplayRun(ReplayOptions options)
    {
        _options = options;
        Engine = Topology.EngineFor(options.Topology, Symbols, EngineOptionsOf(options));
    }

    public SymbolTable Symbols { get; } = new();

    public WireCounters Counters { get; } = new();

    public Engine Engine { get; }

    public long Frames { get; private set; }

    public long Trades { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    /// <summary>The share of <see cref="Elapsed"/> that reading, inflating and unpacking took.</summary>
    public TimeSpan Decoding { get; private set; }

    public CaptureFault? Fault { get; private set; }

    public bool Interrupted { get; private set; }

    public string StateHashText { get; private set; } = "";

    /// <summary>Of the market's part alone: what a recorded run ends with, too.</summary>
    public string MarketHashText { get; private set; } = "";

    public (double? Process, double? Thread) AllocatedPerFrame { get; private set; }

    /// <summary>Name and bytes of every consumer thread over its life.</summary>
    public (string Name, long Bytes)[] ThreadBytes { get; private set; } = [];

    /// <summary>What the options say about the engine.</summary>
    public static EngineOptions EngineOptionsOf(ReplayOptions options) => new()
    {
        Bars = options.Bars,
        Precisions = options.Precisions,
        DepthDefault = options.Depth,
        CutToDepth = options.CutToDepth,
    };

    /// <summary>Touches the run's memory, and when it is paced compiles all its code, before time counts.</summary>
    /// <remarks>At full speed nobody waits for a single frame: warming up would only delay the end.</remarks>
    public void MakeReady()
    {
        if (_options.Speed > 0)
        {
            WarmUp.Once(_options.Topology, WaitStrategy.Of(_options.Wait), EngineOptionsOf(_options));
        }

        Engine.Touch();
        _batch.Touch();
    }

    /// <summary>Runs to the end, a fault or the stop.</summary>
    /// <param name="source">Where frames come from.</param>
    /// <param name="barReader">Makes the reader of bars; null when nobody reads them.</param>
    /// <param name="traced">Told (frames, state hash) when the options ask for a trace.</param>
    /// <param name="progressed">Told now and then that frames were read.</param>
    /// <param name="stop">Ends the run at the next frame.</param>
    public void Execute(
        ReplaySource source, Func<BarStage, IEventHandler>? barReader, Action<long, string>? traced,
        Action? progressed, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        Topology topology = Topology.Build(_options.Topology, Engine, WaitStrategy.Of(_options.Wait), barReader);
        try
        {
            Pump(source, topology, traced, progressed, stop);
            topology.Quiesce();
            Elapsed = Stopwatch.GetElapsedTime(start);
            Decoding = source.DecodingTime;
            AllocatedPerFrame = _meter.PerFrame(Frames);
        }
        finally
        {
            topology.Dispose();
        }

        StateHashText = StateHash.Of(Engine);
        MarketHashText = StateHash.OfMarket(Engine);
        ThreadBytes = new (string, long)[topology.Threads.Count];
        for (int i = 0; i < ThreadBytes.Length; i++)
        {
            ThreadBytes[i] = (topology.Threads[i].Name, topology.Threads[i].AllocatedBytes);
        }
    }

    private void Pump(
        ReplaySource source, Topology topology, Action<long, string>? traced, Action? progressed,
        CancellationToken stop)
    {
        const long ProgressMask = 1_023;
        long traceMask = _options.HashTraceExponent >= 0 ? (1L << _options.HashTraceExponent) - 1 : -1;
        Pace pace = new(_options.Speed);
        while (true)
        {
            if (stop.IsCancellationRequested)
            {
                Interrupted = true;
                return;
            }

            CaptureReadResult result = source.TryRead(out CapturedFrame frame);
            if (result != CaptureReadResult.Frame)
            {
                Fault = source.Fault;
                return;
            }

            if (source.FileBegan) _clock.BeginFile();
            long before = Frames;
            HandOn(in frame, source.Dialect, topology, ref pace, stop);
            if (Frames == before) continue;
            _meter.OnFrame(Frames);
            if ((Frames & ProgressMask) == 0) progressed?.Invoke();
            if (traced is null || (Frames & traceMask) != 0) continue;
            topology.Quiesce();
            traced(Frames, StateHash.Of(Engine));
        }
    }

    private void HandOn(
        ref readonly CapturedFrame frame, Dialect dialect, Topology topology, ref Pace pace, CancellationToken stop)
    {
        // In a worker, and so in its recordings, a contract is one instrument for both of its feeds.
        Dialect names = frame.Stamp.IsOurs && dialect == Dialect.FuturesV1 ? Dialect.Unified : dialect;
        if (frame.Kind == CapturedKind.Frame) Read(in frame, dialect, names);
        else Tell(in frame, names);
        long exchangeNs = 0;
        foreach (ref readonly MarketEvent e in _batch.Events)
        {
            if (e.ExchangeTimeNs > exchangeNs) exchangeNs = e.ExchangeTimeNs;
            if (e.Kind == EventKind.Trade) Trades++;
        }

        long receiveNs = _clock.Stamp(frame.HasReceiveTime, frame.ReceiveTimeNs, exchangeNs);
        pace.WaitUntil(receiveNs, stop);
        Span<MarketEvent> events = _batch.Writable;
        foreach (ref MarketEvent e in events) e.ReceiveTimeNs = receiveNs;
        topology.Publish(frame.Stamp.IsOurs ? WithoutHistory(events) : events);
    }

    /// <summary>What was history to the recorded run is history to its replay; the others move up.</summary>
    private static Span<MarketEvent> WithoutHistory(Span<MarketEvent> events)
    {
        int told = 0;
        for (int i = 0; i < events.Length; i++)
        {
            bool isHistory = events[i].Kind == EventKind.Trade && (events[i].Flags & EventFlags.Snapshot) != 0;
            if (isHistory) continue;
            if (told != i) events[told] = events[i];
            told++;
        }

        return events[..told];
    }

    private void Read(ref readonly CapturedFrame frame, Dialect dialect, Dialect names)
    {
        FrameParser parser = _parsers[(int)dialect] ??= new FrameParser(dialect, Symbols, Counters, names);
        parser.Parse(frame.Bytes, _batch);
        Frames++;
        // A frame without events still tells that time has passed.
        if (_batch.Count == 0) _batch.Add(EventKind.TimeAdvance, -1);
    }

    /// <summary>What the recorded engine was told beside frames.</summary>
    private void Tell(ref readonly CapturedFrame frame, Dialect dialect)
    {
        _batch.Clear();
        bool isTime = frame.Kind == CapturedKind.Time;
        bool isOfOne = !isTime && dialect != Dialect.None && SymbolTable.IsSymbol(frame.Bytes);
        int instrument = isOfOne ? Symbols.IdOf(dialect, frame.Bytes) : -1;
        _batch.Add(isTime ? EventKind.TimeAdvance : EventKind.FeedGap, instrument);
    }
}
