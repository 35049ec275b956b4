using TradingBot.Market.Events;

namespace TradingBot.Market.Ring;

/// <summary>A stage: told of every event once, in sequence order, by one thread.</summary>
/// <remarks>
/// A struct as generic argument is called directly. Stages share nothing but records written per sequence.
/// </remarks>
public interface IEventHandler
{
    /// <summary>Handles one event. <paramref name="sequence"/> numbers events 0, 1, 2 … without holes.</summary>
    void OnEvent(ref readonly MarketEvent e, long sequence);
}
