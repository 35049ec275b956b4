using TradingBot.Market.Events;
using TradingBot.Storage.Capture;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>The one order in which an engine is told: numbers events and hands them over (I5).</summary>
/// <remarks>A recording learns of the time that others than frames tell: its replay closes the same bars.</remarks>
internal sealed class EngineInput(Engine engine, FeedCapture? capture)
{
    /// <summary>Number of the next event.</summary>
    public long Next { get; private set; }

    /// <summary>Tells an event of a frame, or one that the recording has a record of its own for.</summary>
    public void TellRecorded(ref MarketEvent e)
    {
        e.Stamp = Next;
        engine.OnEvent(in e, Next++);
    }

    /// <summary>Tells any other event.</summary>
    public void Tell(ref MarketEvent e)
    {
        capture?.Time(e.ReceiveTimeNs, Next);
        TellRecorded(ref e);
    }
}
