using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;

namespace TradingBot.Worker.Replay;

/// <summary>The frames of several captures as one stream.</summary>
internal abstract class ReplaySource : IDisposable
{
    public static ReplaySource Open(ReplayOptions options) =>
        options.Merge ? new Interleaved(options) : new OneAfterAnother(options);

    /// <summary>Dialect of the frame read last.</summary>
    public Dialect Dialect { get; private protected set; }

    /// <summary>True for the first frame of each file, when files follow one another.</summary>
    public bool FileBegan { get; private protected set; }

    public CaptureFault? Fault { get; private protected set; }

    /// <summary>How far it is, in bytes as stored; the total is null when it cannot be known.</summary>
    public abstract (long Read, long? Total) Progress { get; }

    /// <summary>Time spent on reading, inflating and unpacking so far, by all captures.</summary>
    public abstract TimeSpan DecodingTime { get; }

    public abstract CaptureReadResult TryRead(out CapturedFrame frame);

    public abstract void Dispose();

    /// <summary>Entries of a recording say their own; a text capture has one for all of it.</summary>
    private static Dialect DialectOf(in CapturedFrame frame, CaptureReader reader) =>
        frame.Stamp.Dialect != Dialect.None ? frame.Stamp.Dialect : reader.Dialect;

    private sealed class OneAfterAnother : ReplaySource
    {
        private readonly ReplayOptions _options;
        private readonly long? _total;
        private CaptureReader? _reader;
        private long _readBefore;
        private TimeSpan _decodedBefore;
        private int _next;

        public OneAfterAnother(ReplayOptions options)
        {
            _options = options;
            _total = 0;
            foreach (string path in options.Files)
            {
                _total = SizeOf(path) is { } bytes ? _total + bytes : null;
            }
        }

        private static long? SizeOf(string path)
        {
            if (path == "-") return null;
            if (Directory.Exists(path)) return CaptureNames.Segments(path).Sum(file => new FileInfo(file).Length);
            FileInfo file = new(path);
            return file.Exists ? file.Length : null;
        }

        public override (long Read, long? Total) Progress =>
            (_readBefore + (_reader?.CompressedBytesRead ?? 0), _total);

        public override TimeSpan DecodingTime => _decodedBefore + (_reader?.DecodingTime ?? TimeSpan.Zero);

        public override CaptureReadResult TryRead(out CapturedFrame frame)
        {
            FileBegan = false;
            while (true)
            {
                if (_reader is null)
                {
                    frame = default;
                    if (_next == _options.Files.Count) return CaptureReadResult.End;
                    _reader = CaptureReader.Open(_options.Files[_next++], _options.Format, _options.Dialect);
                    FileBegan = true;
                }

                CaptureReadResult result = _reader.TryRead(out frame);
                if (result == CaptureReadResult.Fault) Fault = _reader.Fault;
                if (result != CaptureReadResult.End)
                {
                    Dialect = DialectOf(in frame, _reader);
                    return result;
                }

                _readBefore += _reader.CompressedBytesRead;
                _decodedBefore += _reader.DecodingTime;
                _reader.Dispose();
                _reader = null;
            }
        }

        public override void Dispose() => _reader?.Dispose();
    }

    private sealed class Interleaved : ReplaySource
    {
        private readonly MergedCapture _merged;

        public Interleaved(ReplayOptions options)
        {
            List<CaptureReader> readers = [];
            foreach (string path in options.Files)
            {
                readers.Add(CaptureReader.Open(path, options.Format, options.Dialect));
            }

            _merged = new MergedCapture(readers);
        }

        public override (long Read, long? Total) Progress
        {
            get
            {
                long read = 0;
                long? total = 0;
                foreach (CaptureReader reader in _merged.Readers)
                {
                    read += reader.CompressedBytesRead;
                    total += reader.CompressedBytesTotal;
                }

                return (read, total);
            }
        }

        public override TimeSpan DecodingTime
        {
            get
            {
                TimeSpan sum = TimeSpan.Zero;
                foreach (CaptureReader reader in _merged.Readers) sum += reader.DecodingTime;
                return sum;
            }
        }

        public override CaptureReadResult TryRead(out CapturedFrame frame)
        {
            CaptureReadResult result = _merged.TryRead(out frame, out int reader);
            if (result == CaptureReadResult.Frame) Dialect = DialectOf(in frame, _merged.Readers[reader]);
            else Fault = _merged.Fault;
            return result;
        }

        public override void Dispose() => _merged.Dispose();
    }
}
