using System;
using System.Collections.Generic;

namespace TradingBot.Worker.Capture;

/// <summary>What a client of the capture server may be told of afterwards.</summary>
internal enum ServedKind : byte
{
    Opened = 0,
    Sent = 1,
    Closed = 2,
}

/// <summary>One line of the server's own log.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Client">The client's number, from 1.</param>
/// <param name="TimeNs">When, Unix ns; of a frame, when the kernel had taken it.</param>
/// <param name="Frame">Of a frame, its bytes.</param>
internal readonly record struct ServedEntry(ServedKind Kind, int Client, long TimeNs, ReadOnlyMemory<byte> Frame);

/// <summary>How captures are served.</summary>
internal sealed record ServeOptions
{
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Multiple of recorded time; 0 = as fast as the clients read.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Begin again at the end.</summary>
    public bool Loop { get; init; }

    /// <summary>What a second is: heartbeats, pace and the log go by it.</summary>
    public CaptureClock Clock { get; init; } = CaptureClock.System;

    /// <summary>Told of everything that reaches clients, on threads of the server; null: nobody is.</summary>
    public Action<ServedEntry>? Log { get; init; }
}
