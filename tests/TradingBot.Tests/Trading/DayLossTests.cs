using System;
using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>The loss of one UTC day. Of the bench: 10 at 1000.0, so one point of price is ten of money.</summary>
public sealed class DayLossTests
{
    private const int Second = 1_000;
    private const long DayNs = 86_400 * ProtectionBench.Second;

    private static readonly ProtectionOptions Limited = new()
    {
        TakeProfit = false,
        TakerFeePpm = 0,
        DayLossMax = Notional.Of(100, 0, 1, 0),
    };

    [Fact]
    public void An_open_loss_ends_entries_until_midnight_and_touches_no_stop()
    {
        ProtectionBench bench = new(Limited);
        bench.Book(9_999, 10_001);
        bench.Wait(100);
        (_, OrderCommand stop) = Open(bench);
        bench.Book(9_909, 9_911);
        bench.Wait(100);
        Assert.Equal((false, Notional.Of(-90, 0, 1, 0)), (bench.Stage.IsDayLost, bench.Stage.ResultOfDay));
        bench.Book(9_899, 9_901);
        bench.Wait(100);
        Assert.True(bench.Stage.IsDayLost);
        bench.Nothing();

        // The stop fires; prices come back; the day stays lost.
        bench.Fill(stop, 10, 9_850);
        bench.Book(9_999, 10_001);
        bench.Wait(100);
        bench.Approve();
        bench.Nothing();
        Assert.Equal(1, bench.Refused(EntryRefusal.DayLost));
        Assert.Equal(Notional.Of(-150, 0, 1, 0), bench.Stage.ResultOfDay);
        bench.Skip((DayNs - (bench.NowNs % DayNs)) / 1_000_000);
        bench.Complete();
        bench.Wait(100);
        bench.Commands();
        bench.Approve();
        bench.One(CommandKind.Place, OrderRole.Entry);
        Assert.Equal(Notional.Zero, bench.Stage.ResultOfDay);
    }

    [Fact]
    public void What_earlier_starts_of_the_day_lost_counts_and_yesterday_does_not()
    {
        ProtectionBench bench = new(Limited);
        Tell(bench, -60, bench.NowNs - DayNs);
        bench.Wait(100);
        Assert.False(bench.Stage.IsDayLost);
        Tell(bench, -60, bench.NowNs);
        bench.Wait(100);
        Assert.Equal((false, Notional.Of(-60, 0, 1, 0)), (bench.Stage.IsDayLost, bench.Stage.ResultOfDay));
        Tell(bench, -40, bench.NowNs);
        Assert.True(bench.Stage.IsDayLost);
        bench.Approve();
        bench.Nothing();
        Assert.Equal(1, bench.Refused(EntryRefusal.DayLost));
    }

    [Fact]
    public void Working_entries_are_taken_back_when_the_day_is_lost()
    {
        ProtectionBench bench = new(Limited);
        OrderCommand entry = bench.Enter();
        Tell(bench, -100, bench.NowNs);
        bench.Wait(100);
        Assert.Equal(entry.Id, bench.One(CommandKind.Cancel, OrderRole.Entry).Id);
    }

    [Fact]
    public void Fees_of_both_sides_are_in_it()
    {
        ProtectionBench bench = new(Limited with { TakerFeePpm = 500 });
        bench.Book(9_999, 10_001);
        bench.Wait(100);
        Open(bench);
        bench.Wait(100);
        // 0.05 % of 10,000.
        Assert.Equal(Notional.Of(-5, 0, 1, 0), bench.Stage.ResultOfDay);
    }

    [Fact]
    public void A_position_adopted_at_a_loss_is_no_loss_of_this_start()
    {
        ProtectionBench bench = new(Limited, ready: false);
        bench.Book(8_999, 9_001);
        bench.Report(AccountEventKind.LaneUp, default);
        bench.Complete(Completeness.Complete, 10);
        bench.Wait(100);
        Assert.Equal((false, Notional.Zero), (bench.Stage.IsDayLost, bench.Stage.ResultOfDay));
    }

    [Fact]
    public void After_a_stop_its_instrument_rests_and_others_do_not()
    {
        ProtectionBench bench = new(new ProtectionOptions { TakeProfit = false, StopCooldownNs = 60_000_000_000 });
        int other = bench.Symbols.IdOf(Dialect.FuturesV1, "PF_ETHUSD"u8);
        (_, OrderCommand stop) = bench.Guarded();
        bench.Fill(stop, 10, 9_850);
        bench.Approve();
        bench.Nothing();
        Assert.Equal(1, bench.Refused(EntryRefusal.CoolingDown));
        bench.Approve(instrument: other);
        bench.One(CommandKind.Place, OrderRole.Entry);
        bench.Wait(60 * Second);
        bench.Commands();
        bench.Approve();
        Assert.Equal(0, bench.One(CommandKind.Place, OrderRole.Entry).InstrumentId);
    }

    [Fact]
    public void The_logs_fills_of_today_come_to_what_cash_and_cost_of_the_rest_say()
    {
        Random random = Seed.Random(20_261_129, "day of the log");
        for (int run = 0; run < 200; run++)
        {
            List<IntentRecord> log = [];
            decimal cash = 0;
            long position = 0;
            decimal cost = 0;
            decimal fees = 0;
            for (int i = 0; i < 30; i++)
            {
                long quantity = random.Next(1, 20);
                bool buys = random.Next(2) == 0;
                long price = random.Next(900, 1_100);
                log.Add(new IntentRecord
                {
                    Kind = IntentRecordKind.Fill,
                    Side = buys ? Side.Buy : Side.Sell,
                    Quantity = quantity,
                    LimitPrice = price,
                    PriceDecimals = 1,
                    TimeNs = 5 * DayNs,
                    Symbol = SymbolText.Of("PF_XBTUSD"u8),
                });
                long signed = buys ? quantity : -quantity;
                decimal at = price / 10m;
                cash -= signed * at;
                fees += quantity * at * 0.0005m;
                // Average cost, in decimals.
                if (position == 0 || Math.Sign(position) == Math.Sign(signed)) cost += signed * at;
                else if (Math.Abs(signed) <= Math.Abs(position)) cost += cost / position * signed;
                else cost = (position + signed) * at;
                position += signed;
            }

            Int128 units = DayOpening.Of(log, (5 * DayNs) + 7, 500);
            decimal expected = cash + cost - fees;
            Assert.InRange((decimal)(long)units / 100_000_000m, expected - 0.0001m, expected + 0.0001m);
            Assert.Equal(0, (long)DayOpening.Of(log, 6 * DayNs, 500));
        }
    }

    private static (OrderCommand Entry, OrderCommand Stop) Open(ProtectionBench bench)
    {
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 10, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        return (entry, stop);
    }

    private static void Tell(ProtectionBench bench, long money, long timeNs) => bench.Report(new AccountRecord
    {
        Kind = AccountEventKind.DayResult,
        InstrumentId = -1,
        ExchangeTimeNs = timeNs,
        Quantity = money * 100_000_000,
        QuantityDecimals = Notional.Decimals,
    });
}
