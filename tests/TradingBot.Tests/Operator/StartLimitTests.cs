using System;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Circle;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Operator;

/// <summary>A process that is started again and again.</summary>
public sealed class StartLimitTests
{
    [Fact]
    public void The_fourth_start_in_ten_minutes_protects_and_does_not_trade_until_it_is_resumed_I1()
    {
        CircleOptions options = new() { Limits = Circles.OperatorOnly, StartsMax = 3 };
        using VirtualCircle circle = new(options);
        circle.Run(TimeSpan.FromSeconds(15));
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        for (int start = 2; start <= 3; start++)
        {
            circle.CrashAndRestart();
            circle.Run(TimeSpan.FromSeconds(20));
            Assert.Null(circle.Worker.Halt);
        }

        // The stop goes with the process, so that the fourth start has something to protect.
        circle.Venue.Faults.Arm(VenueFault.LoseStop);
        Assert.True(Circles.Until(circle, () => !Circles.IsProtected(circle), 60));
        circle.CrashAndRestart();
        Assert.StartsWith("protect-only: 4 starts", circle.Worker.Halt!.Why, StringComparison.Ordinal);
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 15), "not protected");
        long entries = circle.Worker.Entries;
        Circles.Operate(circle, AccountEventKind.Exit);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) == 0, 15), "a halt kept the exit back");
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal((0L, entries), (Circles.Position(circle), circle.Worker.Entries));
        circle.Worker.Operate(
            new AccountRecord { Kind = AccountEventKind.Resume, InstrumentId = -1 }, circle.NowNs, "looked at it");
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) != 0, 10), "no entry after resume");
    }

    [Fact]
    public void Starts_that_lie_further_apart_trade()
    {
        CircleOptions options = new() { Limits = Circles.OperatorOnly, StartsMax = 3 };
        using VirtualCircle circle = new(options);
        for (int start = 2; start <= 6; start++)
        {
            circle.Run(TimeSpan.FromSeconds(250));
            circle.CrashAndRestart();
            Assert.Null(circle.Worker.Halt);
        }
    }
}
