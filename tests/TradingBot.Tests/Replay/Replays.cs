using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading;
using TradingBot.Market.Book;
using TradingBot.Storage.Capture;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Replay;
using Xunit;

namespace TradingBot.Tests.Replay;

/// <summary>Runs replays in this process, from files or from lines in memory.</summary>
internal static class Replays
{
    public static ReplayOptions Options(params string[] files)
    {
        Assert.True(ReplayCommand.TryReadPlan("1s,1m,5m", out var plan, out string error), error);
        return new ReplayOptions { Files = files, Bars = plan };
    }

    public static ReplayRun Run(ReplayOptions options)
    {
        using ReplaySource source = ReplaySource.Open(options);
        return Run(options, source);
    }

    public static ReplayRun Run(ReplayOptions options, ReplaySource source)
    {
        ReplayRun run = new(options);
        run.Execute(source, null, null, null, CancellationToken.None);
        return run;
    }

    /// <summary>
    /// Runs lines as if they were a file; <paramref name="bytesPerRead"/> limits what one read gives.
    /// </summary>
    public static ReplayRun RunLines(
        IEnumerable<string> lines, ReplayOptions? options = null, int bytesPerRead = int.MaxValue)
    {
        MemoryStream stream = new(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        using LinesSource source = new(bytesPerRead == int.MaxValue ? stream : new TrickleStream(stream, bytesPerRead));
        return Run(options ?? Options("lines"), source);
    }

    public static string[] ReadLines(string path)
    {
        using FileStream file = File.OpenRead(path);
        using Stream text = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        using StreamReader reader = new(text);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Books that had traffic, with their symbols.</summary>
    public static (string Symbol, InstrumentBook State)[] Books(ReplayRun run) =>
    [
        .. Enumerable.Range(0, run.Symbols.Count)
            .Select(id => (Encoding.ASCII.GetString(run.Symbols.TextOf(id)), run.Engine.Books.BookOf(id)))
            .Where(pair => pair.Item2 is { } state && state.Snapshots + state.Updates + state.UpdatesIgnored > 0)
            .Select(pair => (pair.Item1, pair.Item2!)),
    ];

    private sealed class LinesSource : ReplaySource
    {
        private readonly CaptureReader _reader;

        public LinesSource(Stream stream)
        {
            _reader = CaptureReader.Over(stream, "lines");
            Dialect = _reader.Dialect;
        }

        public override TimeSpan DecodingTime => TimeSpan.Zero;

        public override (long Read, long? Total) Progress =>
            (_reader.CompressedBytesRead, _reader.CompressedBytesTotal);

        public override CaptureReadResult TryRead(out CapturedFrame frame)
        {
            CaptureReadResult result = _reader.TryRead(out frame);
            if (result == CaptureReadResult.Fault) Fault = _reader.Fault;
            return result;
        }

        public override void Dispose() => _reader.Dispose();
    }

    /// <summary>A stream that gives few bytes at a time, like a socket under load.</summary>
    private sealed class TrickleStream(Stream inner, int bytesPerRead) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            inner.Read(buffer, offset, Math.Min(count, bytesPerRead));

        public override int Read(Span<byte> buffer) => inner.Read(buffer[..Math.Min(buffer.Length, bytesPerRead)]);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
