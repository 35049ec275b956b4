// In:     several captures of the same period, each with absolute receive times.
// Out:    their frames as one stream in order of receive time, and which capture each is from.
// Thread: the one that reads; nothing here is shared.
// Keeps:  each capture's own order; frames received at the same nanosecond come in the order of the captures.
// Budget: k comparisons per frame for k captures (k is a handful), nothing allocated.
using System;
using System.Collections.Generic;

namespace TradingBot.Storage.Capture;

/// <summary>Interleaves captures by receive time.</summary>
/// <remarks>A capture whose times step back is taken as if they stood still, so that it keeps its order.</remarks>
public sealed class MergedCapture : IDisposable
{
    private const long Ended = long.MaxValue;

    private readonly CaptureReader[] _readers;

    // Receive time of the frame each reader holds ready; Ended when it has no more.
    private readonly long[] _headNs;
    private int _taken = -1;
    private bool _begun;

    /// <summary>Takes the readers over: they are disposed with this.</summary>
    public MergedCapture(IReadOnlyList<CaptureReader> readers)
    {
        ArgumentNullException.ThrowIfNull(readers);
        _readers = [.. readers];
        _headNs = new long[_readers.Length];
    }

    public IReadOnlyList<CaptureReader> Readers => _readers;

    /// <summary>Why the stream ended early; it names the file.</summary>
    public CaptureFault? Fault { get; private set; }

    /// <summary>The next frame and the index of its reader; the bytes live until the next call.</summary>
    public CaptureReadResult TryRead(out CapturedFrame frame, out int reader)
    {
        frame = default;
        reader = -1;
        if (!TryAdvance()) return CaptureReadResult.Fault;
        for (int i = 0; i < _headNs.Length; i++)
        {
            if (_headNs[i] != Ended && (reader < 0 || _headNs[i] < _headNs[reader])) reader = i;
        }

        _taken = reader;
        if (reader < 0) return CaptureReadResult.End;
        frame = _readers[reader].Current;
        return CaptureReadResult.Frame;
    }

    public void Dispose()
    {
        foreach (CaptureReader reader in _readers) reader.Dispose();
    }

    /// <summary>Reads on where a frame was taken: at the first call in every reader, later in one.</summary>
    private bool TryAdvance()
    {
        if (Fault is not null) return false;
        if (_begun) return _taken < 0 || TryReadHead(_taken);
        _begun = true;
        for (int i = 0; i < _readers.Length; i++)
        {
            if (!TryReadHead(i)) return false;
        }

        return true;
    }

    private bool TryReadHead(int index)
    {
        CaptureReader reader = _readers[index];
        switch (reader.TryRead(out CapturedFrame frame))
        {
            case CaptureReadResult.Fault:
                Fault = reader.Fault;
                return false;
            case CaptureReadResult.End:
                _headNs[index] = Ended;
                return true;
            default:
                if (frame.HasReceiveTime && ReceiveClock.IsAbsolute(frame.ReceiveTimeNs))
                {
                    _headNs[index] = Math.Max(_headNs[index], frame.ReceiveTimeNs);
                    return true;
                }

                string message = CaptureFaultText.Of(CaptureFaultKind.NoReceiveTime, "");
                Fault = new CaptureFault(
                    CaptureFaultKind.NoReceiveTime, reader.Name, reader.CurrentLine, 0, null, message);
                return false;
        }
    }
}
