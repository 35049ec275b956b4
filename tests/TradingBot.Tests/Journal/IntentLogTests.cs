using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Journal;

public sealed class IntentLogTests
{
    private const string Mark = "paper:demo";

    [Fact]
    public void What_was_synced_is_there_after_the_power_was_cut_I2()
    {
        using MemoryLogFile file = new();
        IntentLog log = Open(file, out _);
        Assert.True(log.TryAppend(Command(1), protective: false) && log.TrySync());
        Assert.True(log.TryAppend(Command(2), protective: false));
        file.CutPower();
        Open(file, out List<IntentRecord> recovered);
        Assert.Equal([1L], recovered.ConvertAll(r => r.Id.Intent));
        Assert.Equal(Command(1), recovered[0]);
    }

    [Fact]
    public void A_torn_last_record_is_cut_at_every_length_I2()
    {
        for (int torn = 0; torn <= IntentRecord.Bytes; torn++)
        {
            using MemoryLogFile file = new();
            IntentLog log = Open(file, out _);
            Assert.True(log.TryAppend(Command(1), protective: false) && log.TrySync());
            Assert.True(log.TryAppend(Command(2), protective: false));
            file.CutPower(torn);
            IntentLog again = Open(file, out List<IntentRecord> recovered);
            Assert.Equal(torn == IntentRecord.Bytes ? 2 : 1, recovered.Count);
            Assert.True(again.TryAppend(Command(3), protective: false) && again.TrySync());
            Open(file, out recovered);
            Assert.Equal(3, recovered[^1].Id.Intent);
        }
    }

    [Fact]
    public void Damage_in_the_middle_is_a_fault_and_changes_nothing_I2()
    {
        Random random = Seed.Random(5, "intent log damage");
        for (int i = 0; i < 300; i++)
        {
            using MemoryLogFile file = new();
            IntentLog log = Open(file, out _);
            for (int n = 1; n <= 5; n++) Assert.True(log.TryAppend(Command(n), protective: false));
            Assert.True(log.TrySync());
            int record = random.Next(1, 5);
            file.Corrupt((record * IntentRecord.Bytes) + random.Next(IntentRecord.Bytes), (byte)(1 << random.Next(8)));
            byte[] before = Content(file);
            Assert.Null(IntentLog.Open(file, Mark, out _, out IntentLogFault fault));
            Assert.Equal(IntentLogFault.Corrupt, fault);
            Assert.Equal(before, Content(file));
        }
    }

    [Fact]
    public void Another_accounts_log_is_refused_I13()
    {
        using MemoryLogFile file = new();
        Open(file, out _);
        Assert.Null(IntentLog.Open(file, "live:demo", out _, out IntentLogFault fault));
        Assert.Equal(IntentLogFault.WrongMark, fault);
    }

    [Fact]
    public void A_file_that_is_no_log_is_refused_and_left_alone()
    {
        using MemoryLogFile file = new();
        file.Write(0, Encoding.ASCII.GetBytes("precious notes"));
        byte[] before = Content(file);
        Assert.Null(IntentLog.Open(file, Mark, out _, out IntentLogFault fault));
        Assert.Equal((IntentLogFault.NotALog, before.Length), (fault, (int)file.Length));
    }

    [Fact]
    public void The_last_part_is_kept_for_protection_I2()
    {
        using MemoryLogFile file = new();
        long capacity = IntentLog.ReservedBytes + (10 * IntentRecord.Bytes);
        IntentLog? log = IntentLog.Open(file, Mark, out _, out _, capacity);
        long entries = 0;
        while (log!.TryAppend(Command(entries + 1), protective: false)) entries++;
        Assert.True(log.OnlyProtection && entries is > 0 and < 10, $"{entries} entries");
        long stops = 0;
        while (log.TryAppend(Command(1_000 + stops), protective: true)) stops++;
        long reserved = IntentLog.ReservedBytes / IntentRecord.Bytes;
        Assert.InRange(stops, reserved, reserved + 2);
    }

    [Fact]
    public void A_broken_medium_is_final()
    {
        using MemoryLogFile file = new();
        IntentLog log = Open(file, out _);
        Assert.True(log.TryAppend(Command(1), protective: true));
        file.Broken = true;
        Assert.False(log.TrySync());
        file.Broken = false;
        Assert.True(log.Failed);
        Assert.False(log.TryAppend(Command(2), protective: true) || log.TrySync());
    }

    [Fact]
    public void On_disk_a_second_process_cannot_open_it_I13()
    {
        string folder = Directory.CreateTempSubdirectory("tradingbot-log").FullName;
        try
        {
            string path = Path.Combine(folder, "intents.log");
            using (DiskLogFile file = DiskLogFile.Open(path, IntentLog.CapacityDefault))
            {
                IntentLog log = Open(file, out _);
                Assert.True(log.TryAppend(Command(7), protective: false) && log.TrySync());
                Assert.ThrowsAny<IOException>(() => DiskLogFile.Open(path, 0));
            }

            using DiskLogFile again = DiskLogFile.Open(path, IntentLog.CapacityDefault);
            Open(again, out List<IntentRecord> recovered);
            Assert.Equal([7L], recovered.ConvertAll(r => r.Id.Intent));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IntentLog Open(ILogFile file, out List<IntentRecord> recovered)
    {
        IntentLog? log = IntentLog.Open(file, Mark, out recovered, out IntentLogFault fault);
        Assert.Equal(IntentLogFault.None, fault);
        return log!;
    }

    private static IntentRecord Command(long intent) => new()
    {
        Kind = IntentRecordKind.Command,
        Command = CommandKind.Place,
        Type = OrderType.StopLoss,
        Side = Side.Sell,
        PriceDecimals = 1,
        QuantityDecimals = 4,
        ReduceOnly = true,
        Epoch = 3,
        TimeNs = 1_700_000_000_000_000_000 + intent,
        Id = ClientOrderId.Of(3, intent, OrderRole.Stop, 2),
        Quantity = 500,
        TriggerPrice = 588_000,
        PlannedStop = 588_000,
        ExecutionLow = 9,
        Symbol = SymbolText.Of("PF_XBTUSD"u8),
    };

    private static byte[] Content(MemoryLogFile file)
    {
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }
}
