using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using References;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;
using TradingBot.Trading;
using TradingBot.Worker.Replay;

namespace TradingBot.Bench.Ratios;

/// <summary>A file of one frame a line through the whole engine: beside a reader, beside a scan.</summary>
internal static class ReplayRows
{
    /// <summary>About 45 MB, more than the caches of the machine hold.</summary>
    private const int Frames = 200_000;
    private const int Symbols = 8;
    private const int Depth = 10;
    private const int Seed = 3;

    public static IEnumerable<RatioRow> Rows()
    {
        yield return new RatioRow(
            "X1", "replay: full chain with Utf8JsonReader parsing / ours",
            Bound.AtLeast, 4, 6, () => Compare(reader: true));
        yield return new RatioRow(
            "X2", "full replay / vector scan of the same bytes", Bound.AtMost, 18, 9, () => Compare(reader: false));
    }

    private static RatioResult Compare(bool reader)
    {
        string path = Path.Combine(Path.GetTempPath(), $"tradingbot-ratios-{Environment.ProcessId}.jsonl");
        try
        {
            WriteCapture(path);
            return reader ? BesideReader(path) : BesideScan(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static RatioResult BesideReader(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        ReaderReplay slow = new(bytes);
        FileReplay fast = new(path);
        slow.Run(bytes);
        fast.Run();
        EqualResults.Require(slow.Frames == fast.Frames && slow.Engine.Bars.Log.Next > 0, "the frames replayed");
        EqualResults.Require(StateHash.Of(slow.Engine) == fast.StateHashText, "the state after the replay");
        Measured[] m = Interleaved.Measure(
            5,
            new Contestant("reader", Frames, () => slow.Run(bytes)) { Prepare = () => slow = new ReaderReplay(bytes) },
            new Contestant("ours", Frames, () => fast.Run()) { Prepare = () => fast = new FileReplay(path) });
        return ParseRows.Result(m[0].Over(m[1]), m[0], m[1]);
    }

    private static RatioResult BesideScan(string path)
    {
        using MappedFile mapped = MappedFile.TryMap(File.OpenRead(path))!;
        FileReplay fast = new(path);
        Measured[] m = Interleaved.Measure(
            5,
            new Contestant("ours", Frames, () => fast.Run()) { Prepare = () => fast = new FileReplay(path) },
            new Contestant("scan", Frames, () => VectorScan.Xor(mapped.Span(0, int.MaxValue))) { RunsPerRound = 4 });
        return ParseRows.Result(m[0].Over(m[1]), m[0], m[1]);
    }

    private static void WriteCapture(string path)
    {
        MixedFeed feed = new(Symbols, Depth, Seed);
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        Write(file, feed.Snapshots());
        Write(file, feed.Take(Frames - Symbols));
    }

    private static void Write(FileStream file, FrameSet frames)
    {
        for (int i = 0; i < frames.Count; i++)
        {
            file.Write(frames[i]);
            file.WriteByte((byte)'\n');
        }
    }

    /// <summary>The product's own replay of the file, on one thread.</summary>
    private sealed class FileReplay
    {
        private readonly ReplayOptions _options;
        private readonly ReplayRun _run;

        public FileReplay(string path)
        {
            _options = new ReplayOptions { Files = [path], Bars = StageRows.Options().Bars };
            _run = new ReplayRun(_options);
        }

        public long Frames => _run.Frames;

        public string StateHashText => _run.StateHashText;

        public long Run()
        {
            using ReplaySource source = ReplaySource.Open(_options);
            _run.Execute(source, null, null, null, CancellationToken.None);
            EqualResults.Require(_run.Fault is null && _run.Counters.Errors == 0, "the replay itself");
            return _run.Frames;
        }
    }

    /// <summary>The same chain with the reader loop in front: lines of one array, the engine behind it.</summary>
    private sealed class ReaderReplay
    {
        private readonly ReaderLoop _reader = new(new NameTable());
        private readonly SymbolTable _symbols = new();
        private readonly ReceiveClock _clock = new();

        /// <summary>The engine looks symbols up by number: the first frames, snapshots, name them all.</summary>
        public ReaderReplay(ReadOnlySpan<byte> bytes)
        {
            FrameParser naming = new(Dialect.SpotV2, _symbols, new WireCounters());
            EventBatch batch = new();
            for (int i = 0; i < Symbols; i++)
            {
                int end = bytes.IndexOf((byte)'\n');
                naming.Parse(bytes[..end], batch);
                bytes = bytes[(end + 1)..];
            }

            Engine = new Engine(_symbols, StageRows.Options());
        }

        public Engine Engine { get; }

        public long Frames { get; private set; }

        public long Run(ReadOnlySpan<byte> bytes)
        {
            long sequence = 0;
            while (!bytes.IsEmpty)
            {
                int end = bytes.IndexOf((byte)'\n');
                _reader.Parse(bytes[..end]);
                bytes = bytes[(end + 1)..];
                Frames++;
                long exchangeNs = 0;
                foreach (ref readonly MarketEvent e in _reader.Events)
                {
                    exchangeNs = Math.Max(exchangeNs, e.ExchangeTimeNs);
                }

                long receiveNs = _clock.Stamp(false, 0, exchangeNs);
                foreach (ref MarketEvent e in _reader.Events)
                {
                    e.ReceiveTimeNs = receiveNs;
                    Engine.OnEvent(in e, sequence++);
                }
            }

            return Frames;
        }
    }
}
