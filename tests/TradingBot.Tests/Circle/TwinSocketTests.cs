using System;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Market.Book;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>Twin sockets over real ones; <see cref="TwinScenarioTests"/> has more of it.</summary>
public sealed class TwinSocketTests
{
    [Fact]
    public async Task Losing_either_of_two_real_sockets_makes_no_book_stale()
    {
        Random random = Seed.Random(20261128, "losses of real twins");
        await using SocketCircle circle =
            await SocketCircle.StartAsync(new FaultPlan(), new FeedSockets { Redundant = true });
        Assert.True(await circle.UntilWorkerAsync(IsTwice), "not twins");
        long before = await circle.AskWorkerAsync((worker, _) => StaleIntervals(worker));
        int rounds = Seed.Count(ci: 3, full: 30);
        for (int i = 0; i < rounds; i++)
        {
            VenueEndpoint endpoint = random.Next(2) == 0 ? VenueEndpoint.SpotPublic : VenueEndpoint.UnifiedPublic;
            long losses = await circle.AskWorkerAsync((worker, _) => Losses(worker));
            bool isMuted = i % 3 == 2;
            circle.Venue.Ask(venue =>
            {
                int lost = venue.ConnectionsOf(endpoint)[random.Next(2)];
                if (isMuted) venue.Mute(endpoint, only: lost);
                else venue.HangUp(endpoint, only: lost);
                return lost;
            });
            Assert.True(await circle.UntilWorkerAsync(worker => Losses(worker) > losses), $"{i}: nobody noticed");
            Assert.True(await circle.UntilWorkerAsync(IsTwice), $"{i}: the twin did not join again");
        }

        CircleWorker ended = await circle.EndAsync();
        Assert.Equal(before, StaleIntervals(ended));
        Assert.Equal(0, ended.Resyncs);
        foreach (CircleSocket socket in ended.Sockets)
        {
            if (socket.Feed is not null) Assert.True(ended.Merge!.WonOf(socket.Index) > 0, "a twin never won");
        }
    }

    [Fact]
    public async Task The_loss_of_one_share_over_real_sockets_makes_its_own_books_stale_alone()
    {
        await using SocketCircle circle =
            await SocketCircle.StartAsync(new FaultPlan(), new FeedSockets { SymbolsPerSocket = 3 });
        Assert.True(await circle.UntilWorkerAsync(worker => Books(worker).All(b => b.State == BookState.InSync)));
        int lost = await circle.AskWorkerAsync((worker, _) =>
            Array.FindIndex(worker.Sockets.ToArray(), s => s.Feed?.Symbols.Contains("PF_ADAUSD") == true));
        int sockets = circle.Venue.Clients;
        Assert.Equal(5, sockets);
        // The venue cannot know which of its sockets it is: one after the other, until it was that one.
        foreach (int connection in circle.Venue.Ask(venue => venue.ConnectionsOf(VenueEndpoint.UnifiedPublic)))
        {
            long[] before = await circle.AskWorkerAsync((worker, _) => Stale(worker));
            circle.Venue.Ask(venue =>
            {
                venue.HangUp(VenueEndpoint.UnifiedPublic, only: connection);
                return 0;
            });
            Assert.True(await circle.UntilWorkerAsync(worker => Stale(worker).Sum() > before.Sum()), "not noticed");
            long[] after = await circle.AskWorkerAsync((worker, _) => Stale(worker));
            int[] hit = [.. Enumerable.Range(0, after.Length).Where(i => after[i] > before[i])];
            // Three or two perpetuals, and no spot book.
            Assert.Contains(hit.Length, new[] { 2, 3 });
            Assert.All(hit, i => Assert.True(i >= 5, "a book of another socket went stale"));
            Assert.True(await circle.UntilWorkerAsync(worker => Books(worker).All(b => b.State == BookState.InSync)));
        }

        Assert.True(lost > 0);
    }

    private static bool IsTwice(CircleWorker worker) => worker.Sockets.ToArray()
        .SelectMany(socket => socket.Feed?.Symbols ?? [])
        .All(symbol => worker.IdOf(symbol) is >= 0 and var id && worker.Merge!.IsTwice(id));

    private static InstrumentBook[] Books(CircleWorker worker)
    {
        CircleOptions options = new();
        return
        [
            .. options.Spot.Concat(options.Perpetuals).Select(worker.IdOf).Where(id => id >= 0)
                .Select(id => worker.Engine.Books.BookOf(id)).OfType<InstrumentBook>(),
        ];
    }

    private static long[] Stale(CircleWorker worker) => [.. Books(worker).Select(book => book.StaleIntervals)];

    private static long StaleIntervals(CircleWorker worker) => Stale(worker).Sum();

    private static long Losses(CircleWorker worker)
    {
        long sum = 0;
        foreach (CircleSocket socket in worker.Sockets) sum += socket.Watch.Losses;
        return sum;
    }
}
