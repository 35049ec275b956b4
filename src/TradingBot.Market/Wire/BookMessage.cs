using System;
using TradingBot.Market.Events;

namespace TradingBot.Market.Wire;

/// <summary>What the events of one book message have in common, known only when all of it was read.</summary>
internal static class BookMessage
{
    /// <summary>
    /// Moves the first <paramref name="count"/> events behind the others: asks that the wire put before bids.
    /// </summary>
    public static void Rotate(Span<MarketEvent> events, int count)
    {
        if (count == 0 || count == events.Length) return;
        events[..count].Reverse();
        events[count..].Reverse();
        events.Reverse();
    }

    /// <summary>Flags the first event, and gives all of them their snapshot flag and time.</summary>
    public static void Mark(Span<MarketEvent> message, bool isSnapshot, long exchangeTimeNs)
    {
        EventFlags flags = isSnapshot ? EventFlags.Snapshot : EventFlags.None;
        foreach (ref MarketEvent e in message)
        {
            e.Flags |= flags;
            e.ExchangeTimeNs = exchangeTimeNs;
        }

        // Empty only when the batch had no room for it: the frame is refused then.
        if (!message.IsEmpty) message[0].Flags |= EventFlags.First;
    }
}
