using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>A subscription that was confirmed and dies alone, on a socket that goes on beating.</summary>
public sealed class SilenceTests
{
    private readonly FeedBench _bench = FeedBench.Up(["BTC/USD", "ETH/USD", "DOGE/USD"]);
    private readonly Dictionary<(Channel, string), int> _heard = [];

    [Fact]
    public void A_symbol_that_dies_alone_is_asked_for_again_alone_and_the_others_are_not_touched()
    {
        Live(60, every: 1, "BTC/USD", "ETH/USD");
        Assert.Equal(0, _bench.Feed.Silences);
        Live(29, every: 1, "ETH/USD");
        Assert.Empty(_bench.Take());
        Live(2, every: 1, "ETH/USD");
        FeedBench.Asked asked = Assert.Single(_bench.Take());
        Assert.Equal(("unsubscribe", "book", "BTC/USD"), (asked.Method, asked.Channel, asked.Symbols.Single()));
        Assert.StartsWith("silent for 3", _bench.Of(Channel.Book, "BTC/USD").Reason);
        _bench.Grant(asked);
        asked = Assert.Single(_bench.Take());
        Assert.Equal(("subscribe", "book", "BTC/USD"), (asked.Method, asked.Channel, asked.Symbols.Single()));
        _bench.Grant(asked);
        Assert.Equal((_bench.Feed.Wanted, 1L), (_bench.Feed.Confirmed, _bench.Feed.Silences));
    }

    [Fact]
    public void A_pair_that_is_quiet_by_habit_may_be_ten_times_as_quiet_and_one_that_never_speaks_for_ever()
    {
        for (int i = 0; i < 35; i++)
        {
            Live(20, every: 1, "BTC/USD");
            Hear("ETH/USD");
        }

        Live(195, every: 1, "BTC/USD");
        Assert.Equal(0, _bench.Feed.Silences);
        Live(10, every: 1, "BTC/USD");
        Assert.Equal(1, _bench.Feed.Silences);
        Assert.Equal("ETH/USD", Assert.Single(_bench.Take()).Symbols.Single());
        Live(4_000, every: 1, "BTC/USD");
        Assert.Equal(SubscriptionState.Confirmed, _bench.Of(Channel.Book, "DOGE/USD").State);
    }

    [Fact]
    public void Each_time_it_was_asked_in_vain_it_may_be_silent_twice_as_long()
    {
        Live(60, every: 1, "BTC/USD", "ETH/USD");
        List<int> waits = [];
        for (int i = 0, seconds = 0; waits.Count < 4; i++, seconds++)
        {
            Assert.True(i < 2_000, "it gave up");
            Live(1, every: 1, "ETH/USD");
            foreach (FeedBench.Asked asked in _bench.Take())
            {
                if (asked.Method == "unsubscribe") waits.Add(seconds);
                if (asked.Method == "unsubscribe") seconds = 0;
                if (asked.Method == "subscribe") Hear("BTC/USD");
                _bench.Grant(asked);
            }
        }

        for (int i = 1; i < waits.Count; i++) Assert.InRange(waits[i], (2 * waits[i - 1]) - 8, (2 * waits[i - 1]) + 8);
    }

    [Fact]
    public void When_all_are_silent_or_we_slept_ourselves_nobody_is_asked_for()
    {
        Live(60, every: 1, "BTC/USD", "ETH/USD");
        Live(600, every: 1);
        Assert.Equal(0, _bench.Feed.Silences);
        Live(5, every: 1, "BTC/USD", "ETH/USD");
        _bench.Run(600);
        Live(20, every: 1, "ETH/USD");
        Assert.Equal(0, _bench.Feed.Silences);
        Assert.Empty(_bench.Take());
    }

    /// <summary>Lets seconds pass, in each of which these symbols' books are heard.</summary>
    private void Live(int seconds, int every, params string[] symbols)
    {
        for (int i = 0; i < seconds; i += every)
        {
            _bench.Run(every);
            foreach (string symbol in symbols) Hear(symbol);
            int[] counts = [.. _bench.Feed.Subscriptions.Select(
                wanted => _heard.GetValueOrDefault((wanted.Channel, wanted.Symbol)))];
            _bench.Feed.OnHeard(counts, _bench.NowNs);
        }
    }

    private void Hear(string symbol) =>
        _heard[(Channel.Book, symbol)] = _heard.GetValueOrDefault((Channel.Book, symbol)) + 1;
}
