using System;
using System.Threading;
using TradingBot.Market.Ring;

namespace TradingBot.Worker;

/// <summary>A thread that runs one consumer of the ring until the ring stops.</summary>
internal sealed class ConsumerThread
{
    private readonly Consumer _consumer;
    private readonly Thread _thread;

    public ConsumerThread(Consumer consumer)
    {
        _consumer = consumer;
        _thread = new Thread(Run) { Name = consumer.Name, IsBackground = true };
        _thread.Start();
    }

    public string Name => _consumer.Name;

    /// <summary>Bytes the thread allocated over its life; set when it has ended.</summary>
    public long AllocatedBytes { get; private set; }

    public void Join() => _thread.Join();

    /// <summary>
    /// The mouth of an engine thread: a handler's fault stays in the consumer, where publisher and owner see it.
    /// </summary>
    private void Run()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            _consumer.Run();
        }
#pragma warning disable CA1031 // A mouth (ARCHITECTURE.md): the consumer keeps the fault, Topology throws it.
        catch (Exception) when (_consumer.Fault is not null)
        {
        }
#pragma warning restore CA1031
        AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
