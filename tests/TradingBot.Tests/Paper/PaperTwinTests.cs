using System;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Paper;

/// <summary>A paper account fills against several sockets as it does against one.</summary>
public sealed class PaperTwinTests
{
    [Fact]
    public void On_twin_sockets_an_entry_fills_and_is_protected_also_right_after_one_of_them_was_lost()
    {
        using PaperCircle circle = new(sockets: new FeedSockets { Redundant = true });
        for (int i = 0; i < 4; i++)
        {
            CircleSocket[] twins =
                [.. circle.Worker.Sockets.ToArray().Where(s => s.Endpoint == WireEndpoint.UnifiedPublic)];
            CircleSocket lost = twins[i % 2];
            long losses = lost.Watch.Losses;
            // Connections of the outer wire have even numbers behind the paper one.
            circle.Venue.HangUp(VenueEndpoint.UnifiedPublic, only: lost.Connection >> 1);
            Assert.True(circle.Until(() => lost.Watch.Losses > losses, 2), "nobody noticed");
            circle.Enter();
            Assert.True(circle.Until(() => circle.Position == PaperCircle.Quantity, 3), "not filled on one twin");
            Assert.True(circle.Until(() => circle.Stops.Length == 1, 5), "not protected");
            circle.Exit();
            Assert.True(circle.Until(() => circle.Position == 0, 5), "no exit");
            circle.Run(TimeSpan.FromSeconds(40));
        }

        Assert.True(circle.Oracle.UnprotectedLongestNs(PaperCircle.Symbol) < 5_000_000_000);
    }

    [Fact]
    public void The_loss_of_another_share_of_the_symbols_does_not_shut_the_market()
    {
        using PaperCircle circle = new(sockets: new FeedSockets { SymbolsPerSocket = 1 });
        CircleSocket other = circle.Worker.Sockets.ToArray().Single(s => s.Feed?.Symbols.Contains("PF_ADAUSD") == true);
        circle.Venue.HangUp(VenueEndpoint.UnifiedPublic, only: other.Connection >> 1);
        Assert.True(circle.Until(() => other.Watch.Losses == 1, 2), "nobody noticed");
        circle.Enter();
        Assert.True(circle.Until(() => circle.Position == PaperCircle.Quantity, 1), "not filled");
    }

    [Fact]
    public void The_loss_of_its_own_share_does()
    {
        using PaperCircle circle = new(sockets: new FeedSockets { SymbolsPerSocket = 1 });
        CircleSocket own = circle.Worker.Sockets.ToArray()
            .Single(s => s.Feed?.Symbols.Contains(PaperCircle.Symbol) == true);
        circle.Venue.HangUp(VenueEndpoint.UnifiedPublic, only: own.Connection >> 1);
        Assert.True(circle.Until(() => own.Watch.Losses == 1, 2), "nobody noticed");
        circle.Enter();
        Assert.Equal(0, circle.Position);
    }
}
