using System;
using System.Globalization;
using TradingBot.Market.Events;
using TradingBot.Trading;

namespace TradingBot.Bench.Ratios;

/// <summary>The verb <c>stages</c>: what each stage adds to a frame of the mix, in a closed loop.</summary>
internal static class StageCosts
{
    private const int Frames = 40_000;

    public static int Run()
    {
        EventFeed feed = EventFeed.Of(8, 10, Frames, 11, booksOnly: false);
        Measured[] m = Interleaved.Measure(
            Interleaved.RoundsDefault, Upto(feed, 1), Upto(feed, 2), Upto(feed, 3), Upto(feed, 4));
        string[] names = ["books", "bars", "signals", "gate"];
        double events = (double)feed.Events.Length / feed.Frames;
        Console.WriteLine(RatioTable.Machine);
        for (int i = 0; i < names.Length; i++)
        {
            double added = i == 0 ? m[0].MedianNs : m[i].MedianNs - m[i - 1].MedianNs;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{names[i],-8} {added,8:N1} ns a frame of {events:N1} events"));
        }

        Engine engine = new(feed.Symbols, StageRows.Options());
        Run(engine, feed.Snapshots, names.Length);
        Run(engine, feed.Events, names.Length);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{engine.Signals.Log.Next} signals in {feed.Frames:N0} frames"));
        return 0;
    }

    /// <summary>The first stages of the engine, one after another as the engine runs them.</summary>
    private static Contestant Upto(EventFeed feed, int stages)
    {
        Engine engine = new(feed.Symbols, StageRows.Options());
        return new Contestant($"{stages} stages", feed.Frames, () => Run(engine, feed.Events, stages))
        {
            Prepare = () =>
            {
                engine = new Engine(feed.Symbols, StageRows.Options());
                Run(engine, feed.Snapshots, stages);
            },
        };
    }

    private static long Run(Engine engine, MarketEvent[] events, int stages)
    {
        long sequence = 0;
        foreach (ref readonly MarketEvent e in events.AsSpan())
        {
            engine.Books.OnEvent(in e, sequence);
            if (stages > 1) engine.Bars.OnEvent(in e, sequence);
            if (stages > 2) engine.Signals.OnEvent(in e, sequence);
            if (stages > 3) engine.Gate.OnEvent(in e, sequence);
            sequence++;
        }

        return engine.Books.Records[0].BestBid + engine.Bars.Log.Next;
    }
}
