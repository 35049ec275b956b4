using System.Collections.Generic;
using References;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Bench.Ratios;

/// <summary>A feed that is parsed already: what the stages are measured with.</summary>
internal sealed class EventFeed
{
    /// <summary>How long frames travel: receive time − exchange time.</summary>
    public const long TravelNs = 20_000_000;

    public required SymbolTable Symbols { get; init; }

    public required MarketEvent[] Snapshots { get; init; }

    public required MarketEvent[] Events { get; init; }

    public required int Frames { get; init; }

    public static EventFeed Of(int symbols, int depth, int frames, int seed, bool booksOnly)
    {
        MixedFeed feed = new(symbols, depth, seed);
        SymbolTable table = new();
        FrameParser parser = new(Dialect.SpotV2, table, new WireCounters());
        MarketEvent[] snapshots = Parse(parser, feed.Snapshots());
        MarketEvent[] events = Parse(parser, booksOnly ? feed.TakeBooks(frames) : feed.Take(frames));
        return new EventFeed { Symbols = table, Snapshots = snapshots, Events = events, Frames = frames };
    }

    private static MarketEvent[] Parse(FrameParser parser, FrameSet frames)
    {
        List<MarketEvent> events = [];
        EventBatch batch = new();
        long receiveNs = MixedFeed.BeginNs;
        for (int i = 0; i < frames.Count; i++)
        {
            EqualResults.Require(parser.Parse(frames[i], batch) == ParseResult.Ok, $"frame {i} was refused");
            foreach (MarketEvent e in batch.Events)
            {
                if (e.Kind is EventKind.BookEnd or EventKind.Trade) receiveNs = e.ExchangeTimeNs + TravelNs;
            }

            foreach (ref MarketEvent e in batch.Writable) e.ReceiveTimeNs = receiveNs;
            events.AddRange(batch.Events);
        }

        return [.. events];
    }
}
