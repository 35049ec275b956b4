// In:     a lease of the account, time.   Out: until when it holds, and why it could not be renewed.
// Thread: "lease" renews; any reads what it published.
// Keeps:  I13: what could not be renewed runs out. The worker learns of it as an input like any other.
// Budget: a row every sixth of the lease's length.
using System;
using System.Threading;
using TradingBot.Storage.Database;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Circle;

/// <summary>Renews the account's lease while the worker lives.</summary>
internal sealed class LeaseKeeper : IDisposable
{
    private readonly AccountLease _lease;
    private readonly TimeSpan _every;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private long _untilNs;
    private long _toldNs = -1;
    private string _fault = "";

    /// <param name="lease">Taken already.</param>
    /// <param name="length">How long it holds.</param>
    public LeaseKeeper(AccountLease lease, TimeSpan length)
    {
        _lease = lease;
        _untilNs = lease.UntilNs;
        _every = length / 6;
        _thread = new Thread(Renew) { IsBackground = true, Name = "lease" };
        _thread.Start();
    }

    /// <summary>End of the lease, Unix ns.</summary>
    public long UntilNs => Volatile.Read(ref _untilNs);

    /// <summary>Why it could not be renewed last time; empty when it could.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Which process on which folder this is: the same after a restart.</summary>
    public static string OwnerOf(string folder) =>
        $"{Environment.MachineName}:{System.IO.Path.GetFullPath(folder)}";

    /// <summary>Tells the worker what is new; on its thread.</summary>
    public void Step(CircleWorker worker, long nowNs)
    {
        long untilNs = UntilNs;
        if (untilNs == _toldNs) return;
        _toldNs = untilNs;
        AccountRecord act = new() { Kind = AccountEventKind.Lease, InstrumentId = -1, TriggerPrice = untilNs };
        worker.Operate(in act, nowNs);
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _lease.Release(UnixNs());
        _lease.Dispose();
        _stop.Dispose();
    }

    private static long UnixNs() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private void Renew()
    {
        while (!_stop.Wait(_every))
        {
            StoreFault? fault = _lease.Renew(UnixNs());
            Volatile.Write(ref _fault, fault?.Text ?? "");
            Volatile.Write(ref _untilNs, _lease.UntilNs);
        }
    }
}
