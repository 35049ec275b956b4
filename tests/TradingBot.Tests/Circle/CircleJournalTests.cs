using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Journal;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>A journal of the worker's inputs, replayed in process, gives its commands and its state (I5).</summary>
public sealed class CircleJournalTests
{
    [Fact]
    public void Each_life_of_a_rough_run_is_the_same_again_from_its_journal_I5()
    {
        FaultPlan faults = new(7);
        foreach (VenueFault fault in Enum.GetValues<VenueFault>()) faults.At(fault, 20_000);
        CircleOptions options = new() { Venue = new VenueOptions { Seed = 7, Faults = faults } };
        Dictionary<uint, MemoryLogFile> files = [];
        List<(ulong Commands, string State)> lives = [];
        using (VirtualCircle circle = new(options, epoch => files[epoch] = new MemoryLogFile()))
        {
            for (int life = 0; life < 3; life++)
            {
                if (life > 0) circle.CrashAndRestart(tornBytes: 100);
                circle.Run(TimeSpan.FromMinutes(6));
                lives.Add((circle.Worker.CommandHash, StateHash.Of(circle.Worker.Engine)));
            }
        }

        for (uint epoch = 1; epoch <= 3; epoch++)
        {
            JournalReplay replay = Replay(Journals.Content(files[epoch]));
            Assert.Null(replay.Divergence);
            Assert.Equal(JournalEnd.Ended, replay.Reader.End);
            Assert.Equal(lives[(int)epoch - 1], (replay.Worker.CommandHash, replay.StateHashText));
            Assert.Equal((replay.CommandHash, replay.StateHashText),
                (replay.RecordedCommandHash, replay.RecordedStateHash));
            Assert.Equal(epoch, replay.Header.Epoch);
            Assert.True(epoch == 1 ? replay.Header.LogRecords == 0 : replay.Header.LogRecords > 10);
            Assert.True(replay.Commands.Count > 10, $"life {epoch}: {replay.Commands.Count} commands");
        }

        Assert.Equal(3, lives.Select(life => life.Commands).Distinct().Count());
    }

    [Fact]
    public void A_halt_the_engine_gave_itself_is_in_the_log_holds_over_a_restart_and_replays_I2_I5_I12()
    {
        Dictionary<uint, MemoryLogFile> files = [];
        CircleOptions options = new()
        {
            Limits = Circles.OperatorOnly,
            Protection = new ProtectionOptions { StopDistancePpm = 20_000, RemovalsMax = 3, TakeProfit = false },
        };
        using (VirtualCircle circle = new(options, epoch => files[epoch] = new MemoryLogFile()))
        {
            circle.Run(TimeSpan.FromSeconds(15));
            Circles.Enter(circle);
            for (int removal = 1; removal <= 3; removal++)
            {
                Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 30), $"{removal}: no stop");
                Assert.Null(circle.Worker.Halt);
                circle.Run(TimeSpan.FromSeconds(20));
                circle.Venue.Faults.Arm(VenueFault.LoseStop);
                Assert.True(Circles.Until(circle, () => !Circles.IsProtected(circle), 60), $"{removal}: not lost");
                circle.Run(TimeSpan.FromSeconds(45));
            }

            Assert.Contains("removed by somebody else", circle.Worker.Halt!.Why, StringComparison.Ordinal);
            Assert.True(Circles.IsProtected(circle), "not replaced");
            circle.CrashAndRestart();
            Assert.Contains("removed by somebody else", circle.Worker.Halt!.Why, StringComparison.Ordinal);
            circle.Run(TimeSpan.FromSeconds(20));
            Assert.True(Circles.IsProtected(circle), "not protected after the restart");
        }

        JournalReplay replay = Replay(Journals.Content(files[1]));
        Assert.Null(replay.Divergence);
        Assert.NotNull(replay.Worker.Halt);
    }

    [Fact]
    public void An_operators_acts_are_inputs_and_a_medium_that_fails_is_one_too_I5()
    {
        MemoryLogFile journal = new();
        using VirtualCircle circle = Journaled(journal);
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        circle.File.Broken = true;
        Circles.Operate(circle, AccountEventKind.Exit);
        circle.Run(TimeSpan.FromSeconds(20));
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        ulong commands = circle.Worker.CommandHash;
        circle.Dispose();
        JournalReplay replay = Replay(Journals.Content(journal));
        Assert.Null(replay.Divergence);
        Assert.Equal((3L, commands), (replay.Acts, replay.Worker.CommandHash));
        Assert.Contains(
            Journals.Read(Journals.Content(journal)), r => r.Kind == InputRecordKind.LogWrite && !r.Done);
        Assert.Equal(1, replay.Worker.Entries);
    }

    [Fact]
    public void An_altered_byte_of_any_recorded_frame_is_found_at_or_behind_its_place_I5()
    {
        List<InputRecord> records = Recorded(out InputJournalHeader header);
        Random random = Seed.Random(11, "altered frames");
        int[] books = [.. Enumerable.Range(0, records.Count).Where(i => IsBookUpdate(records[i]))];
        for (int run = 0; run < Seed.Count(ci: 10, full: 100); run++)
        {
            int at = books[random.Next(books.Length)];
            List<InputRecord> altered = [.. records];
            byte[] bytes = altered[at].Bytes.ToArray();
            // A digit of the checksum: the book must notice, and ask for its snapshot as the recorded run did not.
            int digit = bytes.AsSpan().IndexOf("\"checksum\":"u8) + "\"checksum\":".Length;
            bytes[digit] = (byte)(bytes[digit] == (byte)'1' ? '2' : '1');
            altered[at] = altered[at] with { Bytes = bytes };
            JournalReplay replay = Replay(Journals.Write(header, altered));
            JournalDivergence? divergence = replay.Divergence;
            Assert.True(divergence is not null, $"record {at} was altered and nothing was said");
            Assert.InRange(divergence.Record, at + 1, at + 40);
            Assert.Equal(records[at].TimeNs, divergence.TimeNs);
            Assert.Contains("unsubscribe", divergence.Replayed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_altered_output_is_told_with_both_versions_I5()
    {
        List<InputRecord> records = Recorded(out InputJournalHeader header);
        int at = records.FindIndex(r => r.Kind == InputRecordKind.Send
            && r.Bytes.Span.IndexOf("add_order"u8) >= 0);
        byte[] bytes = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(records[at].Bytes.Span)
            .Replace("\"side\":\"buy\"", "\"side\":\"sell\"", StringComparison.Ordinal));
        records[at] = records[at] with { Bytes = bytes };
        JournalDivergence divergence = Replay(Journals.Write(header, records)).Divergence!;
        Assert.Equal((at, records[at].TimeNs), (divergence.Record, divergence.TimeNs));
        Assert.Contains("\"side\":\"sell\"", divergence.Recorded, StringComparison.Ordinal);
        Assert.Contains("\"side\":\"buy\"", divergence.Replayed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_taken_out_is_found_whatever_it_was_I5()
    {
        List<InputRecord> records = Recorded(out InputJournalHeader header);
        Random random = Seed.Random(13, "records taken out");
        // A step or a heartbeat alone may leave no trace in what follows, nor an answer after the first token: the next
        // call of the venue's state says the same again. That such a one is missing its number shows.
        int token = records.FindIndex(r => r.Kind == InputRecordKind.Answer && r.Bytes.Span.IndexOf("token"u8) >= 0);
        int[] places = [.. Enumerable.Range(0, records.Count).Where(i => IsBookUpdate(records[i])
            || (records[i].Kind == InputRecordKind.Answer && i == token)
            || (records[i].Kind is not (InputRecordKind.Frame or InputRecordKind.Answer)
                && (records[i].Kind == InputRecordKind.Act || !records[i].IsBoundary)))];
        for (int run = 0; run < Seed.Count(ci: 12, full: 200); run++)
        {
            int at = places[random.Next(places.Length)];
            List<InputRecord> cut = [.. records];
            cut.RemoveAt(at);
            JournalDivergence? divergence = Replay(Journals.Write(header, cut)).Divergence;
            Assert.True(divergence is not null, $"record {at}, {records[at].Kind}, was missed by nobody");
            Assert.True(divergence.Record >= at, divergence.ToString());
        }
    }

    [Fact]
    public void A_truncated_journal_gives_a_prefix_of_the_commands_I5()
    {
        Random random = Seed.Random(23, "truncations");
        byte[] bytes = LiveLike();
        JournalReplay whole = Replay(bytes);
        Assert.Null(whole.Divergence);
        string[] all = Words(whole);
        Assert.True(all.Length > 6, $"{all.Length} commands");
        HashSet<int> lengths = [];
        for (int run = 0; run < 200; run++)
        {
            byte[] cut = bytes[..random.Next(900, bytes.Length)];
            using MemoryStream stream = new(cut);
            JournalReplay? replay = JournalReplay.Open(stream, out string error);
            if (replay is null)
            {
                Assert.Matches("no whole step|header is damaged", error);
                continue;
            }

            // Most truncations fall on the same blocks: a replay is made once for each.
            if (!lengths.Add((int)replay.Reader.UsableRecords)) continue;
            replay.Run();
            Assert.True(replay.Divergence is null, replay.Divergence?.ToString());
            string[] some = Words(replay);
            Assert.Equal(all[..some.Length], some);
            Assert.NotEqual(JournalEnd.Ended, replay.Reader.End);
        }

        Assert.True(lengths.Count > 20, $"only {lengths.Count} different prefixes");
    }

    [Fact]
    public void Tokens_and_secrets_are_not_in_a_journal()
    {
        MemoryLogFile file = new();
        VenueOptions keys = new() { ApiSecret = "dGhlIHNlY3JldCBpdHNlbGY=", ApiKey = "K" };
        CircleOptions options = new() { Venue = keys };
        string token;
        using (VirtualCircle circle = new(options, _ => file))
        {
            circle.Run(TimeSpan.FromMinutes(1));
            // The venue draws its first token from its seed: another wire to the same venue's twin tells it.
            SimulatedKraken twin = new(keys);
            token = TokenOf(twin, keys);
        }

        Assert.Equal(43, token.Length);
        List<InputRecord> records = Journals.Read(Journals.Content(file));
        string text = string.Concat(records.Select(r => Encoding.UTF8.GetString(r.Bytes.Span)));
        Assert.Contains("\"token\":\"masked\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(token, text, StringComparison.Ordinal);
        using InputJournalReader reader = Journals.Open(Journals.Content(file));
        Assert.DoesNotContain(keys.ApiSecret, reader.Header.Options, StringComparison.Ordinal);
        Assert.DoesNotContain("Api", reader.Header.Options, StringComparison.Ordinal);
        Assert.Null(Replay(Journals.Content(file)).Divergence);
    }

    [Fact]
    public void Every_option_comes_back_and_an_unknown_one_is_refused()
    {
        CircleOptions options = new()
        {
            Limits = new() { PositionNotionalMax = Notional.Of(7, 0, 3, 0), BookAgeMaxNs = 5 },
            Protection = new() { StopDistancePpm = 77, TradablePrefix = "PI_"u8.ToArray() },
            Timeframes = "1s",
            Mark = "paper:x",
            TickNs = 9,
        };
        using MemoryLogFile file = new();
        using MemoryLogFile logFile = new();
        IntentLog log = IntentLog.Open(logFile, "m", out _, out _)!;
        WorkerJournal.Begin(file, options, log, 1, 1, folder: null).Dispose();
        using InputJournalReader reader = Journals.Open(Journals.Content(file));
        CircleOptions? read = WorkerJournal.Options(reader.Header, out string error);
        Assert.True(read is not null, error);
        Assert.Equal(JsonSerializer.Serialize(options), JsonSerializer.Serialize(read));
        InputJournalHeader strange = reader.Header with { Options = "{\"Leverage\":5}" };
        Assert.Null(WorkerJournal.Options(strange, out error));
        Assert.Contains("Leverage", error, StringComparison.Ordinal);
    }

    internal static JournalReplay Replay(byte[] bytes)
    {
        JournalReplay? replay = JournalReplay.Open(new MemoryStream(bytes), out string error);
        Assert.True(replay is not null, error);
        replay.Run();
        return replay;
    }

    private static string[] Words(JournalReplay replay) =>
        [.. replay.Commands.Select(c => $"{c.Command.TimeNs} {c.Command.Kind} {c.Command.Id} {c.Command.Quantity} "
            + $"{c.Command.LimitPrice} {c.Command.TriggerPrice} {c.Symbol}")];

    private static VirtualCircle Journaled(MemoryLogFile journal)
    {
        CircleOptions options = new() { Limits = Circles.OperatorOnly };
        VirtualCircle circle = new(options, _ => journal);
        circle.Run(TimeSpan.FromSeconds(15));
        return circle;
    }

    /// <summary>Half a minute with an entry, its fill and its stop.</summary>
    private static List<InputRecord> Recorded(out InputJournalHeader header)
    {
        MemoryLogFile journal = new();
        using (VirtualCircle circle = Journaled(journal))
        {
            Circles.Enter(circle);
            circle.Run(TimeSpan.FromSeconds(15));
        }

        using InputJournalReader reader = Journals.Open(Journals.Content(journal));
        header = reader.Header;
        return Journals.Read(Journals.Content(journal));
    }

    /// <summary>The same run in many small blocks, as a live one writes them, with entries and exits.</summary>
    private static byte[] LiveLike()
    {
        MemoryLogFile journal = new();
        using (VirtualCircle circle = Journaled(journal))
        {
            for (int i = 0; i < 3; i++)
            {
                Circles.Enter(circle);
                circle.Run(TimeSpan.FromSeconds(10));
                Circles.Operate(circle, AccountEventKind.Exit);
                circle.Run(TimeSpan.FromSeconds(10));
            }
        }

        List<InputRecord> records = Journals.Read(Journals.Content(journal));
        using InputJournalReader reader = Journals.Open(Journals.Content(journal));
        List<byte> all = [.. reader.Header.Write()];
        byte[] room = new byte[JournalBlock.HeadBytes + JournalBlock.StoredBytesMax];
        for (int from = 0; from < records.Count;)
        {
            int to = Math.Min(records.Count, from + 40);
            while (to < records.Count && !records[to].IsBoundary) to++;
            byte[] raw = Raw(Journals.Content(journal), from, to);
            all.AddRange(room[..JournalBlock.Pack(JournalBlockKind.Whole, raw, from, to - from, room)]);
            from = to;
        }

        return [.. all];
    }

    /// <summary>The bytes of some records of a journal of one block.</summary>
    private static byte[] Raw(byte[] journal, int from, int to)
    {
        using InputJournalReader reader = Journals.Open(journal);
        int head = reader.Header.Write().Length;
        List<byte> raw = [];
        for (int at = head; at < journal.Length;)
        {
            Assert.True(JournalBlock.TryReadHead(journal.AsSpan(at), out JournalBlock block));
            byte[] part = new byte[block.RawBytes];
            Assert.True(System.IO.Compression.BrotliDecoder.TryDecompress(
                journal.AsSpan(at + JournalBlock.HeadBytes, block.StoredBytes), part, out _));
            raw.AddRange(part);
            at += JournalBlock.HeadBytes + block.StoredBytes;
        }

        byte[] bytes = [.. raw];
        int start = 0;
        for (int i = 0; i < from; i++) start += 4 + BitConverter.ToInt32(bytes, start);
        int end = start;
        for (int i = from; i < to; i++) end += 4 + BitConverter.ToInt32(bytes, end);
        return bytes[start..end];
    }

    private static bool IsBookUpdate(InputRecord record) => record.Kind == InputRecordKind.Frame
        && record.Bytes.Span.StartsWith("{\"channel\":\"book\",\"type\":\"update\""u8);

    private static string TokenOf(SimulatedKraken venue, VenueOptions keys)
    {
        var request = TradingBot.Kraken.Rest.WebSocketToken.Request(
            keys.ApiKey, new(new(keys.ApiSecret)), "1");
        RestAnswer answer = venue.Request(new RestRequest("POST", request.Path)
        {
            ApiKey = request.ApiKey,
            ApiSign = request.ApiSign,
            Body = request.Body,
        });
        using JsonDocument json = JsonDocument.Parse(answer.Body);
        return json.RootElement.GetProperty("result").GetProperty("token").GetString()!;
    }
}
