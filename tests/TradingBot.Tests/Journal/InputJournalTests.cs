using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Threading;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Journal;

public sealed class InputJournalTests
{
    private const long Ms = 1_000_000;

    [Fact]
    public void What_is_written_is_read_record_by_record_I5()
    {
        Random random = Seed.Random(17, "journal round trip");
        List<InputRecord> written = [.. Enumerable.Range(0, 3_000).Select(n => Any(random, n))];
        written.Add(new InputRecord { Kind = InputRecordKind.End, Bytes = new byte[64], Sequence = 9_999 });
        byte[] bytes = Journals.Write(Journals.Header, written);
        List<InputRecord> read = Journals.Read(bytes);
        Assert.Equal(written.Count, read.Count);
        for (int i = 0; i < read.Count; i++) AssertSame(i, written[i], read[i]);
        using InputJournalReader reader = Journals.Open(bytes);
        Assert.Equal((JournalEnd.Ended, 0L, ""), (reader.End, reader.UnreadBytes, reader.EndText));
        Assert.Equal(Journals.Header, reader.Header);
    }

    [Fact]
    public void Every_field_of_an_act_is_kept()
    {
        object act = new AccountRecord { Id = ClientOrderId.Of(4, 5, OrderRole.Exit, 6) };
        int n = 1;
        foreach (FieldInfo field in typeof(AccountRecord).GetFields().Where(f => f.FieldType != typeof(ClientOrderId)))
        {
            object value = field.FieldType.IsEnum ? Enum.ToObject(field.FieldType, ++n)
                : field.FieldType == typeof(bool) ? true
                : Convert.ChangeType(++n * 3, field.FieldType, System.Globalization.CultureInfo.InvariantCulture);
            field.SetValue(act, value);
        }

        InputRecord record = new() { Kind = InputRecordKind.Act, Act = (AccountRecord)act };
        InputRecord end = new() { Kind = InputRecordKind.End, Bytes = new byte[64] };
        Assert.Equal((AccountRecord)act, Journals.Read(Journals.Write(Journals.Header, [record, end]))[0].Act);
    }

    [Fact]
    public void A_record_that_is_missing_between_others_is_damage_at_its_place()
    {
        byte[] bytes = Journals.Write(Journals.Header, Steps(100));
        for (int record = 0; record < 100; record++)
        {
            using InputJournalReader reader = Journals.Open(WithoutRecord(bytes, record));
            Assert.Equal(JournalEnd.Damaged, reader.End);
            string words = record == 99 ? "another count of records" : $"record {record} ";
            Assert.Contains(words, reader.EndText, StringComparison.Ordinal);
            Assert.InRange(reader.UsableRecords, Math.Max(0, record - 1), record);
        }
    }

    [Fact]
    public void A_damaged_block_with_sound_ones_behind_it_is_damage_and_the_last_one_a_torn_tail()
    {
        byte[] bytes = Blocks(5, out long[] ends);
        Random random = Seed.Random(3, "journal damage");
        for (int i = 0; i < 200; i++)
        {
            int block = random.Next(1, 6);
            byte[] bad = [.. bytes];
            bad[random.Next((int)ends[block - 1], (int)ends[block])] ^= (byte)(1 << random.Next(8));
            using InputJournalReader reader = Journals.Open(bad);
            Assert.Equal(block == 5 ? JournalEnd.Torn : JournalEnd.Damaged, reader.End);
            Assert.Contains($"byte {ends[block - 1]}", reader.EndText, StringComparison.Ordinal);
            Assert.Equal(bytes.Length - ends[block - 1], reader.UnreadBytes);
            Assert.Equal(10 * (block - 1), reader.UsableRecords);
        }
    }

    [Fact]
    public void A_block_that_was_taken_out_is_damage()
    {
        byte[] bytes = Blocks(5, out long[] ends);
        using InputJournalReader reader = Journals.Open([.. bytes[..(int)ends[1]], .. bytes[(int)ends[2]..]]);
        Assert.Equal((JournalEnd.Damaged, 10L), (reader.End, reader.UsableRecords));
        Assert.Contains("records 10 to 19 are missing", reader.EndText, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_gives_a_prefix_and_says_what_it_left()
    {
        byte[] bytes = Blocks(5, out long[] ends);
        for (int length = (int)ends[0]; length < bytes.Length; length++)
        {
            using InputJournalReader reader = Journals.Open(bytes[..length]);
            int whole = ends.Count(end => end <= length) - 1;
            bool torn = length != ends[whole];
            Assert.Equal(torn ? JournalEnd.Torn : JournalEnd.Open, reader.End);
            Assert.Equal((10L * whole, length - ends[whole]), (reader.UsableRecords, reader.UnreadBytes));
        }
    }

    [Fact]
    public void What_is_no_journal_or_of_another_version_is_refused_with_a_remedy()
    {
        Assert.Null(InputJournalReader.Open(new MemoryStream(Encoding.ASCII.GetBytes("precious")), out string error));
        Assert.Contains("no input journal", error, StringComparison.Ordinal);
        byte[] bytes = Blocks(1, out _);
        byte[] newer = [.. bytes];
        newer[8] = 2;
        Assert.Null(InputJournalReader.Open(new MemoryStream(newer), out error));
        Assert.Contains("version 2", error, StringComparison.Ordinal);
        bytes[25] ^= 1;
        Assert.Null(InputJournalReader.Open(new MemoryStream(bytes), out error));
        Assert.Contains("header is damaged", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_whose_rest_is_not_recorded_is_left_out()
    {
        using MemoryLogFile file = new();
        using (InputJournal journal = InputJournal.Begin(file, Journals.Header))
        {
            journal.Step(Journals.Header.StartNs, 0, 0);
            journal.Told(WireEventKind.Opened, 1, 0, default);
            journal.Step(Journals.Header.StartNs + Ms, 1, 0);
            journal.Told(WireEventKind.Frame, 1, 0, "{}"u8);
        }

        using InputJournalReader reader = Journals.Open(Journals.Content(file));
        Assert.Equal((JournalEnd.Open, 2L), (reader.End, reader.UsableRecords));
    }

    [Fact]
    public void A_medium_that_fails_breaks_the_journal_and_nothing_else()
    {
        using MemoryLogFile file = new();
        InputJournal journal = InputJournal.Begin(file, Journals.Header);
        file.Broken = true;
        Feed(journal, () => journal.Fault != JournalFault.None);
        journal.Dispose();
        Assert.Equal(JournalFault.WriteFailed, journal.Fault);
        Assert.True(journal.RecordsLost > 0 && journal.BrokenNs >= Journals.Header.StartNs);
        using InputJournalReader reader = Journals.Open(Journals.Content(file));
        Assert.Equal((JournalEnd.Open, 0L), (reader.End, reader.UsableRecords));
    }

    [Fact]
    public void A_disk_that_does_not_keep_up_breaks_the_journal_which_says_so_itself()
    {
        using StandingDisk disk = new();
        InputJournal journal = InputJournal.Begin(disk, Journals.Header);
        disk.Stands();
        byte[] frame = new byte[1 << 20];
        long n = 0;
        for (; journal.Fault == JournalFault.None && n < 100; n++)
        {
            journal.Step(Journals.Header.StartNs + (n * 300 * Ms), n, 0);
            journal.Told(WireEventKind.Frame, 1, 0, frame);
        }

        Assert.Equal(JournalFault.TooSlow, journal.Fault);
        long kept = journal.Records;
        disk.Goes();
        for (int i = 0; i < 5; i++) journal.Step(Journals.Header.StartNs + ((n + i) * 300 * Ms), n, 0);
        Assert.True(journal.RecordsLost >= 5);
        journal.Dispose();
        using InputJournalReader reader = Journals.Open(Journals.Content(disk.File));
        Assert.Equal(JournalEnd.Broken, reader.End);
        Assert.Contains("TooSlow at ", reader.EndText, StringComparison.Ordinal);
        // Both buffers went out; the step whose frame was refused is the one that is left out.
        Assert.InRange(reader.UsableRecords, kept - 2, kept);
    }

    [Fact]
    public void A_message_longer_than_a_buffer_breaks_the_journal()
    {
        using MemoryLogFile file = new();
        InputJournal journal = InputJournal.Begin(file, Journals.Header);
        journal.Step(Journals.Header.StartNs, 0, 0);
        journal.Told(WireEventKind.Frame, 1, 0, new byte[9 << 20]);
        journal.Dispose();
        Assert.Equal((JournalFault.RecordTooLong, 1L), (journal.Fault, journal.RecordsLost));
        using InputJournalReader reader = Journals.Open(Journals.Content(file));
        Assert.Contains("RecordTooLong", reader.EndText, StringComparison.Ordinal);
    }

    [Fact]
    public void After_its_end_nothing_may_be_recorded()
    {
        using MemoryLogFile file = new();
        using InputJournal journal = InputJournal.Begin(file, Journals.Header);
        journal.End(0, 0, "");
        Assert.Throws<InvalidOperationException>(() => journal.Step(0, 0, 0));
    }

    /// <summary>Blocks of ten steps each; the first number of ends is where the header ends.</summary>
    private static byte[] Blocks(int blocks, out long[] ends)
    {
        List<byte> all = [.. Journals.Header.Write()];
        List<long> places = [all.Count];
        byte[] room = new byte[JournalBlock.HeadBytes + JournalBlock.StoredBytesMax];
        for (int block = 0; block < blocks; block++)
        {
            List<byte> raw = [];
            for (int i = 0; i < 10; i++)
            {
                // Length 4: kind, number, no time passed, no events.
                raw.AddRange([4, 0, 0, 0, (byte)InputRecordKind.Step, (byte)((block * 10) + i), 0, 0]);
            }

            int length = JournalBlock.Pack(JournalBlockKind.Whole, raw.ToArray(), block * 10, 10, room);
            all.AddRange(room[..length]);
            places.Add(all.Count);
        }

        ends = [.. places];
        return [.. all];
    }

    private static IEnumerable<InputRecord> Steps(int count) => Enumerable.Range(0, count).Select(n => new InputRecord
    {
        Kind = InputRecordKind.Step,
        TimeNs = Journals.Header.StartNs + (n * Ms),
        Sequence = n,
    });

    /// <summary>The only block, packed again without one of its records.</summary>
    private static byte[] WithoutRecord(byte[] bytes, int record)
    {
        int head = Journals.Header.Write().Length;
        Assert.True(JournalBlock.TryReadHead(bytes.AsSpan(head), out JournalBlock block));
        byte[] raw = new byte[block.RawBytes];
        Assert.True(System.IO.Compression.BrotliDecoder.TryDecompress(
            bytes.AsSpan(head + JournalBlock.HeadBytes, block.StoredBytes), raw, out _));
        int at = 0;
        for (int i = 0; i < record; i++) at += 4 + BitConverter.ToInt32(raw, at);
        byte[] rest = [.. raw[..at], .. raw[(at + 4 + BitConverter.ToInt32(raw, at))..]];
        byte[] room = new byte[JournalBlock.HeadBytes + JournalBlock.StoredBytesMax];
        int length = JournalBlock.Pack(block.Kind, rest, 0, block.Records, room);
        return [.. bytes[..head], .. room[..length]];
    }

    private static void Feed(InputJournal journal, Func<bool> until)
    {
        using ManualResetEventSlim pause = new();
        for (long n = 0; n < 60_000 && !until(); n++)
        {
            journal.Step(Journals.Header.StartNs + (n * 300 * Ms), n, 0);
            pause.Wait(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
        }
    }

    private static InputRecord Any(Random random, int n)
    {
        byte[] bytes = new byte[random.Next(0, 400)];
        random.NextBytes(bytes);
        InputRecordKind kind = (InputRecordKind)random.Next(1, (int)InputRecordKind.End + 1);
        if (kind == InputRecordKind.End) kind = InputRecordKind.Clock;
        bool timed = kind is InputRecordKind.Step or InputRecordKind.StepAfterCommands or InputRecordKind.Act;
        bool told = kind is InputRecordKind.Frame or InputRecordKind.Answer or InputRecordKind.Send
            or InputRecordKind.Request or InputRecordKind.LogWrite;
        return new InputRecord
        {
            Kind = kind,
            TimeNs = timed ? Journals.Header.StartNs + (n * Ms) - random.Next(1_000) : 0,
            Sequence = timed ? n * 3L : 0,
            CommandHash = kind == InputRecordKind.Step ? 0 : (ulong)n + 1,
            ClockNs = kind == InputRecordKind.Clock ? Journals.Header.StartNs + (n * Ms) : 0,
            Offset = kind == InputRecordKind.LogWrite ? n * 192L : 0,
            Connection = random.Next(-1, 5_000),
            Status = kind == InputRecordKind.Answer ? random.Next(0, 600) : 0,
            Endpoint = (WireEndpoint)random.Next(3),
            Done = random.Next(2) == 1,
            Path = kind == InputRecordKind.Request ? Encoding.ASCII.GetBytes("/0/private/X") : default,
            Bytes = told ? bytes : default,
            Act = new AccountRecord { Kind = AccountEventKind.Enter, Quantity = n, Price = -n, InstrumentId = n },
        };
    }

    private static void AssertSame(int number, InputRecord written, InputRecord read)
    {
        Assert.Equal(number, read.Number);
        bool timed = written.Kind is InputRecordKind.Step or InputRecordKind.StepAfterCommands or InputRecordKind.Act;
        if (timed)
        {
            // A step says by its kind whether commands were made.
            bool step = written.Kind != InputRecordKind.Act;
            Assert.True(step ? read.Kind is InputRecordKind.Step or InputRecordKind.StepAfterCommands
                : read.Kind == InputRecordKind.Act);
            Assert.Equal(
                (written.TimeNs, written.Sequence, written.CommandHash),
                (read.TimeNs, read.Sequence, read.CommandHash));
        }
        else
        {
            Assert.Equal(written.Kind, read.Kind);
        }

        if (written.Kind == InputRecordKind.Act) Assert.Equal(written.Act, read.Act);
        Assert.Equal(written.ClockNs, read.ClockNs);
        if (written.Kind == InputRecordKind.Open) Assert.Equal(written.Endpoint, read.Endpoint);
        bool connected = written.Kind is >= InputRecordKind.Opened and <= InputRecordKind.Request;
        if (connected) Assert.Equal(written.Connection, read.Connection);
        bool done = written.Kind is InputRecordKind.Send or InputRecordKind.LogWrite or InputRecordKind.LogSync;
        if (done) Assert.Equal(written.Done, read.Done);
        Assert.Equal((written.Status, written.Offset), (read.Status, read.Offset));
        Assert.True(written.Bytes.Span.SequenceEqual(read.Bytes.Span), $"bytes of record {number}");
        Assert.True(written.Path.Span.SequenceEqual(read.Path.Span), $"path of record {number}");
    }

    /// <summary>A disk that stands still when it is told to.</summary>
    private sealed class StandingDisk : ILogFile
    {
        private readonly ManualResetEventSlim _goes = new(initialState: true);

        public MemoryLogFile File { get; } = new();

        public long Length => File.Length;

        public void Stands() => _goes.Reset();

        public void Goes() => _goes.Set();

        public int Read(long offset, Span<byte> buffer) => File.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            _goes.Wait(TimeSpan.FromSeconds(60));
            File.Write(offset, bytes);
        }

        public void Sync() => File.Sync();

        public void Dispose() => _goes.Dispose();
    }
}
