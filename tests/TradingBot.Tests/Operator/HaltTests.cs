using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Circle;
using TradingBot.Tests.Journal;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Operator;
using Xunit;

namespace TradingBot.Tests.Operator;

/// <summary>A halt stops new exposure and nothing else, and holds until it is resumed.</summary>
public sealed class HaltTests
{
    private static readonly AccountRecord Halt = new() { Kind = AccountEventKind.Halt, InstrumentId = -1 };
    private static readonly AccountRecord Resume = new() { Kind = AccountEventKind.Resume, InstrumentId = -1 };

    [Fact]
    public void A_halt_holds_over_restarts_until_it_is_resumed_and_is_written_once_I2()
    {
        using VirtualCircle circle = Circles.Quiet();
        Assert.Equal("", circle.Worker.Operate(in Halt, circle.NowNs, "lünch"));
        long sinceNs = circle.NowNs;
        for (int start = 0; start < 3; start++)
        {
            circle.CrashAndRestart(tornBytes: 100);
            Assert.Equal(new HaltLatch("lünch", sinceNs), circle.Worker.Halt);
            circle.Run(TimeSpan.FromSeconds(20));
            Circles.Enter(circle);
            circle.Run(TimeSpan.FromSeconds(10));
            Assert.Equal((0L, 0L), (Circles.Position(circle), circle.Worker.Entries));
        }

        Assert.Equal("", circle.Worker.Operate(in Resume, circle.NowNs, "back"));
        circle.CrashAndRestart();
        Assert.Null(circle.Worker.Halt);
        Assert.Equal(
            [(IntentRecordKind.Halt, "lünch"), (IntentRecordKind.Resume, "back")],
            circle.Recovered.Where(record => record.Kind >= IntentRecordKind.Halt)
                .Select(record => (record.Kind, record.Why.ToString())));
        circle.Run(TimeSpan.FromSeconds(20));
        Circles.Enter(circle);
        bool entered = Circles.Until(circle, () => Circles.Position(circle) == Circles.Quantity, 10);
        Assert.True(entered, "no entry after resume");
    }

    [Fact]
    public void A_halt_cancels_resting_entries_by_id_and_never_a_stop_I10_I12()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(10));
        long ether = circle.Venue.Oracle.LastPrice("PF_ETHUSD") * 99 / 100;
        Circles.Script(
            circle, "at: 0s, do: enter, symbol: PF_ETHUSD, side: buy, type: limit, quantity: 0.5, limit_price: "
                + $"{ether / 10}.{ether % 10}, stop_price: {ether / 11}");
        circle.Run(TimeSpan.FromSeconds(5));
        OracleOrder resting =
            Assert.Single(circle.Venue.Oracle.LiveOrders, order => order.Type == VenueOrderType.Limit);
        string stop = Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).ClientId;
        List<string> cancelled = [];
        long read = circle.Worker.Protection.Commands.Next;
        circle.Worker.Operate(in Halt, circle.NowNs, "test");
        circle.Run(TimeSpan.FromSeconds(60), () =>
        {
            Assert.True(Circles.IsProtected(circle), "the halt took the stop");
            for (; read < circle.Worker.Protection.Commands.Next; read++)
            {
                OrderCommand command = circle.Worker.Protection.Commands[read];
                if (command.Kind == CommandKind.Cancel) cancelled.Add(TextOf(command.Id));
            }

            return false;
        });
        Assert.Equal([resting.ClientId], cancelled);
        Assert.DoesNotContain(circle.Venue.Oracle.LiveOrders, order => order.Type == VenueOrderType.Limit);
        Assert.Equal(stop, Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).ClientId);
    }

    [Fact]
    public void Random_halts_resumes_and_crashes_with_faults_leave_no_position_without_its_stop_I1_I10()
    {
        Random random = Seed.Random(20_261_128, "halts");
        for (int run = 0; run < Seed.Count(ci: 3, full: 40); run++)
        {
            ulong seed = (ulong)random.Next(1, 1_000);
            FaultPlan faults = new(seed);
            foreach (VenueFault fault in Enum.GetValues<VenueFault>()) faults.At(fault, 5_000);
            using VirtualCircle circle = Circles.Quiet(seed, new VenueOptions { Faults = faults });
            bool halted = false;
            for (int step = 0; step < 12; step++)
            {
                if (random.Next(2) == 0) Circles.Enter(circle, quantity: 200);
                circle.Run(TimeSpan.FromMilliseconds(random.Next(1, 3_000)));
                halted = random.Next(2) == 0;
                circle.Worker.Operate(halted ? Halt : Resume, circle.NowNs, "random");
                if (random.Next(4) == 0) circle.CrashAndRestart(random.Next(200));
                Assert.Equal(halted, circle.Worker.Halt is not null);
                circle.Run(TimeSpan.FromMilliseconds(random.Next(1, 20_000)));
                if (random.Next(3) == 0) Circles.Operate(circle, AccountEventKind.Exit);
            }

            circle.Worker.Operate(in Halt, circle.NowNs, "the end");
            circle.Run(TimeSpan.FromSeconds(180));
            long nakedNs = circle.Venue.Oracle.UnprotectedCurrentNs(Circles.Symbol);
            Assert.True(nakedNs < 15_000_000_000, $"run {run}, seed {seed}: no stop for {nakedNs / 1_000_000} ms");
            bool resting = circle.Venue.Oracle.LiveOrders.Any(order => order.Type == VenueOrderType.Limit);
            Assert.False(resting, $"run {run}, seed {seed}: an entry rests after three minutes of halt");
        }
    }

    [Fact]
    public void A_start_that_is_halted_by_its_log_replays_from_its_journal_I5()
    {
        Dictionary<uint, MemoryLogFile> files = [];
        CircleOptions options = new() { Limits = Circles.OperatorOnly };
        (ulong, string) second;
        using (VirtualCircle circle = new(options, epoch => files[epoch] = new MemoryLogFile()))
        {
            circle.Run(TimeSpan.FromSeconds(15));
            Circles.Enter(circle);
            circle.Run(TimeSpan.FromSeconds(5));
            circle.Worker.Operate(in Halt, circle.NowNs, "over the restart");
            circle.CrashAndRestart();
            circle.Run(TimeSpan.FromSeconds(20));
            Circles.Enter(circle);
            circle.Run(TimeSpan.FromSeconds(5));
            second = (circle.Worker.CommandHash, StateHash.Of(circle.Worker.Engine));
        }

        foreach (MemoryLogFile file in files.Values)
        {
            JournalReplay? replay = JournalReplay.Open(new MemoryStream(Journals.Content(file)), out string error);
            Assert.True(replay is not null, error);
            replay.Run();
            Assert.True(replay.Divergence is null, replay.Divergence?.ToString());
            Assert.Equal("over the restart", replay.Worker.Halt?.Why);
            if (replay.Header.Epoch == 2) Assert.Equal(second, (replay.Worker.CommandHash, replay.StateHashText));
        }
    }

    [Fact]
    public void Without_a_log_a_halt_is_in_effect_and_says_that_it_will_be_forgotten()
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.File.Broken = true;
        Assert.Equal("not_durable", circle.Worker.Operate(in Halt, circle.NowNs, "disk"));
        Assert.True(circle.Worker.Protection.Halted);
        Assert.Equal("disk", circle.Worker.Halt?.Why);
        Assert.Equal("not_durable", Assert.Single(circle.Worker.Acts).Refusal);
    }

    [Fact]
    public void Reasons_are_kept_whole_up_to_a_records_room_and_cut_between_characters()
    {
        Assert.Equal("why not", ReasonText.Of("why not").ToString());
        string cut = ReasonText.Of(new string('ü', 40)).ToString();
        Assert.Equal(new string('ü', 32), cut);
        Assert.Equal(new string('x', 63), ReasonText.Of(new string('x', 63) + "ü").ToString());
        Assert.Equal("", ReasonText.Of("").ToString());
    }

    private static string TextOf(ClientOrderId id)
    {
        Span<byte> text = stackalloc byte[ClientOrderId.TextBytes];
        id.Write(text);
        return System.Text.Encoding.ASCII.GetString(text);
    }
}
