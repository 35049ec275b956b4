using System;
using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Circle;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>How far the result lies below its best. Of the bench: 10 at 1000.0, so one point of price is ten of
/// money.</summary>
public sealed class DrawdownTests
{
    private const int Second = 1_000;
    private const long SecondNs = ProtectionBench.Second;

    private static readonly ProtectionOptions Limited = new()
    {
        TakeProfit = false,
        TakerFeePpm = 0,
        StopDistancePpm = 100_000,
        DrawdownWarn = Dollars(60),
        DrawdownHalt = Dollars(100),
    };

    [Fact]
    public void From_its_best_it_warns_then_halts_entries_until_a_resume_and_touches_no_stop()
    {
        ProtectionBench bench = Open();
        // 150 won; the best holds for three seconds.
        At(bench, 10_150, 4);
        At(bench, 10_080, 4);
        Assert.Equal((true, false, OwnHalt.None), Standing(bench));
        Assert.Equal(Dollars(70), bench.Stage.DrawdownNow);
        At(bench, 10_045, 4);
        Assert.Equal((true, true, OwnHalt.Drawdown), Standing(bench));
        bench.Nothing();
        Assert.True(bench.Stage.Halted);
        At(bench, 10_150, 4);
        Assert.Equal((false, false, OwnHalt.Drawdown), Standing(bench));
        bench.Report(new AccountRecord { Kind = AccountEventKind.Resume, InstrumentId = -1 });
        Assert.False(bench.Stage.Halted);
    }

    [Fact]
    public void A_price_of_a_moment_is_neither_a_loss_nor_a_best()
    {
        ProtectionBench bench = Open();
        At(bench, 9_000, 1);
        At(bench, 10_000, 4);
        Assert.Equal((false, false, OwnHalt.None), Standing(bench));
        At(bench, 12_000, 1);
        At(bench, 10_000, 4);
        Assert.Equal(Notional.Zero, bench.Stage.DrawdownNow);
    }

    [Fact]
    public void The_best_of_earlier_starts_counts_and_comes_from_the_log_alone()
    {
        List<IntentRecord> log =
        [
            Fill(Side.Buy, 10_000, 1), Fill(Side.Sell, 10_300, 1), Fill(Side.Buy, 10_000, 2), Fill(Side.Sell, 9_800, 2),
        ];
        AccountRecord told = DayOpening.Results(log, Limited)!.Value;
        Assert.Equal((100L * 100_000_000, 300L * 100_000_000), (told.Quantity, told.CumulativeQuantity));
        Assert.Null(DayOpening.Results(log, new ProtectionOptions()));
        // Already 200 below its best: nothing is entered from the start on.
        ProtectionBench bench = new(Limited);
        bench.Report(told with { InstrumentId = -1 });
        bench.Book(9_999, 10_001);
        bench.Wait(4 * Second);
        Assert.Equal((true, true, OwnHalt.Drawdown), Standing(bench));
    }

    [Fact]
    public void A_resume_is_refused_while_it_lasts_over_restarts_too()
    {
        CircleOptions options = new()
        {
            Limits = Circles.OperatorOnly,
            Protection = Limited with { DrawdownWarn = Notional.Zero, DrawdownHalt = Dollars(1), TakerFeePpm = 500 },
        };
        using VirtualCircle circle = new(options);
        circle.Run(TimeSpan.FromSeconds(15));
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) != 0, 10));
        Circles.Operate(circle, AccountEventKind.Exit);
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(0, Circles.Position(circle));
        AccountRecord resume = new() { Kind = AccountEventKind.Resume, InstrumentId = -1 };
        for (int start = 0; start < 2; start++)
        {
            // Fees of both sides alone are more than a dollar.
            Assert.Contains("risk.drawdown_halt", circle.Worker.Halt?.Why, StringComparison.Ordinal);
            Assert.Equal("drawdown_persists", circle.Worker.Operate(in resume, circle.NowNs, "try"));
            Assert.NotNull(circle.Worker.Halt);
            circle.CrashAndRestart();
            circle.Run(TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public void It_is_what_a_naive_fold_says_when_every_value_holds()
    {
        Random random = Seed.Random(91, "drawdowns");
        for (int run = 0; run < Seed.Count(ci: 200, full: 10_000); run++)
        {
            Drawdown drawdown = new(new Notional(500), new Notional(900));
            long nowNs = SecondNs;
            long earlier = random.Next(-1_000, 1_000);
            long peak = Math.Max(0, earlier) + random.Next(500);
            drawdown.Earlier(earlier, peak);
            long worth = 0;
            for (int i = 0; i < 50; i++)
            {
                worth += random.Next(-300, 300);
                for (int tick = 0; tick < 5; tick++, nowNs += SecondNs) drawdown.Observe(worth, nowNs);
                peak = Math.Max(peak, earlier + worth);
                long below = peak - earlier - worth;
                Assert.Equal(((Int128)below, (Int128)peak), (drawdown.Units, drawdown.Peak));
                Assert.Equal((below >= 500, below >= 900), (drawdown.IsWarned, drawdown.IsBeyond));
            }
        }
    }

    private static Notional Dollars(long amount) => Notional.Of(amount, 0, 1, 0);

    private static (bool Warned, bool Beyond, OwnHalt Halt) Standing(ProtectionBench bench) =>
        (bench.Stage.IsDrawdownWarned, bench.Stage.IsDrawdownBeyond, bench.Stage.OwnHalt);

    private static ProtectionBench Open()
    {
        ProtectionBench bench = new(Limited);
        bench.Book(9_999, 10_001);
        bench.Wait(100);
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 10, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        bench.Wait(100);
        return bench;
    }

    private static void At(ProtectionBench bench, long middle, int seconds)
    {
        bench.Book(middle - 1, middle + 1);
        bench.Wait(seconds * Second);
        bench.Commands();
    }

    private static IntentRecord Fill(Side side, long price, ulong execution) => new()
    {
        Kind = IntentRecordKind.Fill,
        Side = side,
        Quantity = 10,
        LimitPrice = price,
        PriceDecimals = 1,
        ExecutionLow = execution,
        Symbol = SymbolText.Of("PF_XBTUSD"u8),
    };
}
