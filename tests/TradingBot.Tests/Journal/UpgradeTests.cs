using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Circle;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Operator;
using Xunit;

namespace TradingBot.Tests.Journal;

/// <summary>
/// What an earlier build wrote is read by this one: an intent log and an input journal of a life with a position, a
/// crash, a halt and a resume, as committed (<c>TRADINGBOT_WRITE=1</c> writes them anew: only with a new version).
/// </summary>
public sealed class UpgradeTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "data", "upgrade", "1");

    [Fact]
    public void An_intent_log_of_version_1_is_read_whole_and_gone_on_with_I2()
    {
        WriteWhenAsked();
        MemoryLogFile file = new();
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, "intents.log"));
        file.Write(0, bytes);
        file.Sync();
        IntentLog? log = IntentLog.Open(file, "paper:simulated", out List<IntentRecord> records, out var fault);
        Assert.Equal(IntentLogFault.None, fault);
        Assert.Equal([1u, 2u], records.Where(r => r.Kind == IntentRecordKind.Epoch).Select(r => r.Epoch));
        IntentRecord entry = Assert.Single(
            records, r => r.Kind == IntentRecordKind.Command && r.Id.Role == OrderRole.Entry);
        Assert.Equal((CommandKind.Place, OrderType.Limit), (entry.Command, entry.Type));
        Assert.Equal("PF_XBTUSD", System.Text.Encoding.ASCII.GetString(entry.Symbol.AsSpan()));
        Assert.True(entry.PlannedStop > 0 && entry.PlannedStop < entry.LimitPrice, "the plan of the stop is lost");
        double bought = records.Where(r => r.Kind == IntentRecordKind.Fill).Sum(QuantityOf);
        Assert.Equal(QuantityOf(entry), bought, 1e-9);
        Assert.Contains(records, r => r.Kind == IntentRecordKind.Command && r.Id.Role == OrderRole.Stop);
        Assert.Equal("a sample", records.Single(r => r.Kind == IntentRecordKind.Halt).Why.ToString());
        Assert.Null(HaltLatch.Of(records));
        Assert.True(log!.TryAppend(in entry, protective: true) && log.TrySync());
        Assert.Equal(records.Count + 1, log.Durable);
    }

    [Fact]
    public void An_input_journal_of_version_1_is_read_to_its_end_and_its_worker_is_run_again_I5()
    {
        WriteWhenAsked();
        using FileStream stream = File.OpenRead(Path.Combine(Folder, "inputs.tbj"));
        JournalReplay? replay = JournalReplay.Open(stream, out string error);
        Assert.True(replay is not null, error);
        Assert.Equal((1u, "paper:simulated"), (replay.Header.Epoch, replay.Header.Mark));
        replay.Run();
        // Another build may decide differently from some step on; that it says where is what a journal is for.
        Assert.True(replay.Equal || (!replay.SameBuild && replay.Divergence is not null));
        Assert.True(replay.Steps > 100, $"only {replay.Steps} steps were understood");
        using FileStream again = File.OpenRead(Path.Combine(Folder, "inputs.tbj"));
        using InputJournalReader reader = InputJournalReader.Open(again, out error)!;
        while (reader.TryRead(out _))
        {
            // To the end: a record that is not understood ends it.
        }

        Assert.Equal((JournalEnd.Ended, 0L), (reader.End, reader.UnreadBytes));
    }

    private static double QuantityOf(IntentRecord record) => record.Quantity / Math.Pow(10, record.QuantityDecimals);

    private static void WriteWhenAsked()
    {
        if (Environment.GetEnvironmentVariable("TRADINGBOT_WRITE") != "1") return;
        Directory.CreateDirectory(Folder);
        MemoryLogFile first = new();
        CircleOptions options = new()
        {
            Limits = Circles.OperatorOnly,
            Spot = [],
            Perpetuals = [Circles.Symbol],
            Venue = new VenueOptions { Seed = 1 },
        };
        using VirtualCircle circle = new(options, epoch => epoch == 1 ? first : new MemoryLogFile());
        circle.Run(TimeSpan.FromSeconds(15));
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(5));
        circle.CrashAndRestart();
        circle.Run(TimeSpan.FromSeconds(10));
        foreach (AccountEventKind kind in (AccountEventKind[])[AccountEventKind.Halt, AccountEventKind.Resume])
        {
            AccountRecord act = new() { Kind = kind, InstrumentId = -1 };
            circle.Worker.Operate(in act, circle.NowNs, "a sample");
        }

        Assert.True(Circles.IsProtected(circle) && Circles.Position(circle) == Circles.Quantity);
        File.WriteAllBytes(Path.Combine(Folder, "intents.log"), Journals.Content(circle.File));
        File.WriteAllBytes(Path.Combine(Folder, "inputs.tbj"), Journals.Content(first));
    }
}
