// In:     sleepers (consumers without events, producers without room) and signals of progress.   Out: wake-ups.
// Thread: any.
// Keeps:  a signal after a sleeper's announcement wakes it, or its second look sees the progress; none is lost.
// Budget: Signal without sleepers is one full fence and one load.
using System.Threading;

namespace TradingBot.Market.Ring;

/// <summary>Where threads sleep until something in the ring has moved (an event count).</summary>
/// <remarks>
/// A sleeper announces itself, looks once more, and then parks or withdraws. A signaller moves a cursor, then looks
/// for sleepers. Both put a full fence between their store and their load (Dekker), so at least one sees the other:
/// either the sleeper's second look finds the progress, or the signaller finds the sleeper. In the second case it
/// changes the epoch, and the ticket, read after the announcement, tells the sleeper whether that was before or after
/// its look.
/// </remarks>
internal sealed class Parking
{
    private readonly object _gate = new();
    private PaddedLong _sleepers;
    private PaddedLong _epoch;

    /// <summary>
    /// First half of going to sleep; must be followed by a look, then <see cref="Park"/> or Withdraw.
    /// </summary>
    public long Announce()
    {
        Interlocked.Increment(ref _sleepers.Value);
        return Volatile.Read(ref _epoch.Value);
    }

    public void Withdraw() => Interlocked.Decrement(ref _sleepers.Value);

    /// <summary>Sleeps until a signal that came after the ticket was drawn.</summary>
    public void Park(long ticket)
    {
        lock (_gate)
        {
            while (_epoch.Value == ticket) Monitor.Wait(_gate);
        }

        Withdraw();
    }

    /// <summary>To be called after progress was published. Costs no lock while nobody sleeps.</summary>
    public void Signal()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleepers.Value) != 0) SignalSlow();
    }

    private void SignalSlow()
    {
        lock (_gate)
        {
            Volatile.Write(ref _epoch.Value, _epoch.Value + 1);
            Monitor.PulseAll(_gate);
        }
    }
}
