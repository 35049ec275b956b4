using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace TradingBot.Worker.Commands;

/// <summary>
/// SIGINT and SIGTERM as a token: the first asks for a clean end, the second ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private int _signals;

    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // Each signal comes on a thread of its own, and two may come at once: one of them is the first. To leave the
        // second to the system is not enough: whoever else listens (the page's host does) may call it handled.
        if (Interlocked.Increment(ref _signals) > 1)
        {
            Environment.Exit(context.Signal == PosixSignal.SIGTERM ? ExitCode.Terminated : ExitCode.Interrupted);
        }

        context.Cancel = true;
        _source.Cancel();
    }
}
