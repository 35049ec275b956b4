using System;
using System.Collections.Generic;
using System.IO;
using TradingBot.Simulation.Synthetic;
using TradingBot.Storage.Capture;

namespace TradingBot.Bench;

/// <summary>Frames of the synthetic capture, in memory: the same input on every machine.</summary>
internal static class DemoFeed
{
    public readonly record struct Frame(byte[] Bytes, long ReceiveTimeNs);

    /// <summary>The first frames of the capture without scripted faults.</summary>
    public static Frame[] Read(int count)
    {
        using MemoryStream stream = new();
        SyntheticCapture.Write(stream, new SyntheticOptions { Faults = false });
        stream.Position = 0;
        using CaptureReader reader = CaptureReader.Over(stream, "demo");
        List<Frame> frames = new(count);
        while (frames.Count < count && reader.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
        {
            frames.Add(new Frame(frame.Bytes.ToArray(), frame.ReceiveTimeNs));
        }

        if (frames.Count < count) throw new InvalidOperationException("The capture is shorter than asked for.");
        return [.. frames];
    }
}
