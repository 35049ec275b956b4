// In:     captures, and what the worker shall be.   Out: the worker's day on that market, with an account on paper.
// Thread: the caller's, in virtual time.
// Keeps:  our orders join the recorded flow behind what was shown, and change nothing in it; after every recorded book
//         frame the worker's book is compared with the recording's.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;
using TradingBot.Market.Book;
using TradingBot.Market.Values;
using TradingBot.Simulation.Paper;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Capture;

/// <summary>The whole worker on a recorded market.</summary>
internal sealed class CapturedDay : IDisposable
{
    private const long Dollar = 1_000_000_000;

    private readonly CaptureWire _market;
    private readonly PaperWire _paper;
    private readonly MemoryLogFile _log;
    private readonly CircleOptions _options;
    private readonly WireTrace _trace = new();
    private long _nowNs;

    private CapturedDay(CaptureWire market, PaperWire paper, MemoryLogFile log, CircleOptions options)
    {
        _market = market;
        _paper = paper;
        _log = log;
        _options = options;
        _nowNs = market.StartNs;
        IntentLog intents = IntentLog.Open(log, options.Mark, out _, out IntentLogFault fault)
            ?? throw new InvalidOperationException($"An empty intent log cannot be used: {fault}.");
        Worker = new CircleWorker(options, _trace.Over(paper), intents, epoch: 1, _nowNs);
    }

    public CircleWorker Worker { get; }

    public PaperWire Paper => _paper;

    public CaptureWire Market => _market;

    public long NowNs => _nowNs;

    /// <summary>Times the two books were both in sync after a recorded frame, and compared.</summary>
    public long Compared { get; private set; }

    /// <summary>Times they were not equal.</summary>
    public long Differing { get; private set; }

    /// <summary>Null, with the reason, when the captures cannot be played.</summary>
    public static CapturedDay? Open(
        IReadOnlyList<string> files, CircleOptions options, CancellationToken stop, out string fault)
    {
        CaptureWire? market = CaptureWire.Open(files, stop, out fault);
        if (market is null) return null;
        string[] perpetuals = market.SymbolsOf(Dialect.Unified);
        string[] spot = market.SymbolsOf(Dialect.SpotV2);
        CircleOptions played = options with
        {
            Spot = spot,
            Perpetuals = perpetuals,
            Sockets = options.Sockets with { Redundant = false, Depth = market.Depth },
        };
        PaperOptions paper = new() { Venue = options.Venue, Mark = options.Mark, Perpetuals = perpetuals };
        PaperWire wire = PaperWire.Over(market, paper, path: null, out fault)!;
        return new CapturedDay(market, wire, new MemoryLogFile(), played);
    }

    /// <summary>Plays it to its end.</summary>
    /// <param name="watch">Told after each step; true ends it early.</param>
    /// <param name="stop">Ends it early, too.</param>
    public void Run(Func<bool>? watch, CancellationToken stop)
    {
        while (!_market.IsOver && !stop.IsCancellationRequested)
        {
            long dueNs = Math.Min(_paper.NextDueNs, Worker.NextDueNs);
            if (dueNs == long.MaxValue) return;
            _nowNs = Math.Max(_nowNs, dueNs);
            long played = _market.FramesPlayed;
            Worker.Step(_nowNs);
            if (_market.FramesPlayed != played && _market.BookPlayed is { } book) Compare(book.Dialect, book.Symbol);
            if (watch?.Invoke() == true) return;
        }
    }

    public void Dispose()
    {
        _market.Dispose();
        _log.Dispose();
    }

    public void WriteJson(Stream output, TimeSpan elapsed)
    {
        CircleFigures figures = new();
        figures.TakeIn(Worker);
        figures.TakeState(Worker);
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("mode", "paper");
        json.WriteString("venue", "capture");
        json.WriteNumber("seed", _options.Venue.Seed);
        json.WriteNumber("frames_played", _market.FramesPlayed);
        json.WriteNumber("books_compared", Compared);
        json.WriteNumber("books_differing", Differing);
        figures.Write(json);
        json.WriteNumber("fills", _paper.Oracle.FillCount);
        json.WriteString("trace_hash", _trace.Value.ToString("x16", CultureInfo.InvariantCulture));
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 3));
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    public string Text(TimeSpan elapsed)
    {
        CircleFigures figures = new();
        figures.TakeIn(Worker);
        CultureInfo culture = CultureInfo.InvariantCulture;
        double result = (_paper.Oracle.Cash / (double)Dollar) - _options.Venue.DepositDollars;
        StringBuilder text = new();
        text.AppendLine("A RECORDED market, an account on PAPER");
        text.AppendLine(
            culture, $"  {_market.FramesPlayed:N0} frames played, {figures.Verified:N0} checksums verified");
        text.AppendLine(culture, $"  books as recorded at {Compared - Differing:N0} of {Compared:N0} frames");
        text.AppendLine(culture, $"  {figures.Signals:N0} signals, {figures.Approved:N0} approved");
        int fills = _paper.Oracle.FillCount;
        text.AppendLine(culture, $"  {figures.Entries:N0} entries, {fills:N0} fills, {result:0.00} dollars");
        text.AppendLine(culture, $"  longest time without a proven stop: {figures.UnprotectedNs / 1e9:0.000} s");
        text.AppendLine(culture, $"  trace {_trace.Value:x16}, {elapsed.TotalMilliseconds:N0} ms");
        return text.ToString();
    }

    private void Compare(Dialect dialect, string symbol)
    {
        int id = Worker.IdOf(symbol);
        if (id < 0 || Worker.Engine.Books.BookOf(id) is not { State: BookState.InSync, Book: { } ours }) return;
        if (_market.ChecksumOf(dialect, symbol) is not { } recorded) return;
        Compared++;
        if (ours.Checksum != recorded) Differing++;
    }
}
