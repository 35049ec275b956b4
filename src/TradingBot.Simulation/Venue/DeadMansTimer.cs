using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>Cancels an account's orders when nobody sets it anew; one for all ways to the account.</summary>
/// <param name="engine">Whose orders.</param>
/// <param name="sparesStops">Stops that have not triggered stay: nobody knows.</param>
internal sealed class DeadMansTimer(MatchingEngine engine, bool sparesStops)
{
    /// <summary>When it strikes, Unix ns; 0: it is off.</summary>
    public long StrikesNs { get; private set; }

    /// <summary>Sets it; 0 seconds turn it off.</summary>
    public void Set(int seconds, long nowNs) => StrikesNs = seconds == 0 ? 0 : nowNs + (seconds * 1_000_000_000L);

    public void Strike(long nowNs)
    {
        if (StrikesNs == 0 || StrikesNs > nowNs) return;
        StrikesNs = 0;
        foreach (VenueOrder order in engine.Live.ToArray())
        {
            bool spared = sparesStops && order.State == VenueOrderState.Untriggered;
            if (!spared) _ = engine.Cancel(order, nowNs);
        }
    }
}
