// In:     the lines of a downloaded file.   Out: rows of one series, in batches.
// Thread: the verb's.
// Keeps:  a batch and the count of its lines are durable together: killed anywhere, or given twice, it goes on without
//         a double. The newest row waits for the one behind it, which proves that it is whole.
using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Storage.Capture;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>Imports a file line by line, from where an earlier import of it came.</summary>
/// <typeparam name="TRow">A bar or a trade.</typeparam>
public abstract class FileImport<TRow>
    where TRow : struct
{
    private readonly CandleStore _store;
    private readonly HistoryFile _file;
    private readonly string _task;
    private readonly int _batchRows;
    private readonly List<TRow> _batch;

    /// <summary>Line of the batch's newest row.</summary>
    private long _newestLine;

    private protected FileImport(CandleStore store, HistoryFile file, string task, int batchRows)
    {
        _store = store;
        _file = file;
        _task = task;
        _batchRows = batchRows;
        _batch = new List<TRow>(batchRows + 1);
    }

    private protected ImportOutcome Outcome { get; } = new();

    /// <summary>Reads the file to its end, or to where it is stopped.</summary>
    /// <param name="progressed">Told of stored bytes read, now and then; may be null.</param>
    /// <param name="stop">Ends it after the batch at hand.</param>
    public ImportOutcome Run(Action<long>? progressed, CancellationToken stop)
    {
        Outcome.Fault = _store.ReadProgress(_task, out TaskProgress? before);
        if (Outcome.Fault is not null) return Outcome;
        long done = before?.Done ?? 0;
        using CaptureText text = new(_file.Open(), leaveOpen: false);
        using LineReader lines = new(text);
        while (lines.TryRead())
        {
            if (lines.Number <= done)
            {
                Outcome.Resumed++;
                Pass(lines.Line);
                continue;
            }

            Outcome.Lines++;
            if (!TryRead(lines.Line, lines.Number, out TRow row)) continue;
            _batch.Add(row);
            _newestLine = lines.Number;
            bool isFull = _batch.Count > _batchRows && MayPart(_batch[^2], _batch[^1]);
            if (!isFull) continue;
            if (!Write(_batch.Count - 1, new TaskProgress(_task, _newestLine - 1, ""))) return Outcome;
            progressed?.Invoke(text.StoredBytesRead);
            Outcome.Interrupted = stop.IsCancellationRequested;
            if (Outcome.Interrupted) return Outcome;
        }

        bool isWhole = lines.Fault == CaptureFaultKind.None;
        if (!isWhole) Outcome.FileFault = CaptureFaultText.Of(lines.Fault, text.FaultText);
        if (Finish(isWhole, lines.Number)) progressed?.Invoke(text.StoredBytesRead);
        return Outcome;
    }

    /// <summary>Looks at a line that an earlier import had done.</summary>
    private protected abstract void Pass(ReadOnlySpan<byte> line);

    /// <summary>Reads a line; false when it holds no row, which was counted where it should.</summary>
    private protected abstract bool TryRead(ReadOnlySpan<byte> line, long number, out TRow row);

    /// <summary>Whether a batch may end between two rows.</summary>
    private protected abstract bool MayPart(in TRow before, in TRow after);

    /// <summary>What remains of a batch behind the file's last line.</summary>
    /// <param name="batch">At least one row; what is taken out is not written.</param>
    /// <param name="isWhole">The file was read to its end.</param>
    /// <param name="newestLine">Line of the newest row.</param>
    /// <param name="lastLine">Line read last.</param>
    /// <returns>Lines that are done once the batch is written; null: none of them counts.</returns>
    private protected abstract long? End(List<TRow> batch, bool isWhole, long newestLine, long lastLine);

    private protected abstract StoreFault? Store(ReadOnlySpan<TRow> rows, TaskProgress? progress, out long written);

    private bool Finish(bool isWhole, long lastLine)
    {
        if (_batch.Count == 0) return true;
        long? done = End(_batch, isWhole, _newestLine, lastLine);
        return Write(_batch.Count, done is { } lines ? new TaskProgress(_task, lines, "") : null);
    }

    private bool Write(int count, TaskProgress? progress)
    {
        Outcome.Fault = Store(_batch.GetRange(0, count).ToArray(), progress, out long written);
        Outcome.Written += written;
        _batch.RemoveRange(0, count);
        return Outcome.Fault is null;
    }
}
