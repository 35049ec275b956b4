using System;
using System.Collections.Generic;
using System.IO;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Journal;

/// <summary>Journals in memory: written, copied record by record, and read.</summary>
internal static class Journals
{
    public static readonly InputJournalHeader Header = new()
    {
        Build = "a build",
        Mark = "paper:test",
        Epoch = 3,
        StartNs = 1_700_000_000_000_000_000,
        LogRecords = 7,
        LogChecksum = 0xDEAD_BEEF,
        LogCapacity = IntentLog.CapacityDefault,
        Options = "{\"a\":1}",
    };

    public static byte[] Content(MemoryLogFile file)
    {
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }

    public static InputJournalReader Open(byte[] bytes)
    {
        InputJournalReader? reader = InputJournalReader.Open(new MemoryStream(bytes), out string error);
        Assert.True(reader is not null, error);
        return reader;
    }

    /// <summary>Every usable record, its memory copied.</summary>
    public static List<InputRecord> Read(byte[] bytes)
    {
        using InputJournalReader reader = Open(bytes);
        List<InputRecord> records = [];
        while (reader.TryRead(out InputRecord record))
        {
            record.Bytes = record.Bytes.ToArray();
            record.Path = record.Path.ToArray();
            records.Add(record);
        }

        Assert.Equal(reader.UsableRecords, records.Count);
        return records;
    }

    /// <summary>Writes records as a journal of their own, as the worker would have.</summary>
    public static byte[] Write(InputJournalHeader header, IEnumerable<InputRecord> records)
    {
        using MemoryLogFile file = new();
        using (InputJournal journal = InputJournal.Begin(file, header, waits: true))
        {
            foreach (InputRecord record in records) Write(journal, record);
        }

        return Content(file);
    }

    public static void Write(InputJournal journal, InputRecord record)
    {
        ReadOnlySpan<byte> bytes = record.Bytes.Span;
        switch (record.Kind)
        {
            case InputRecordKind.Step or InputRecordKind.StepAfterCommands:
                journal.Step(record.TimeNs, record.Sequence, record.CommandHash);
                break;
            case InputRecordKind.Act:
                journal.Act(in record.Act, record.Bytes.Span, record.TimeNs, record.Sequence, record.CommandHash);
                break;
            case InputRecordKind.Open:
                journal.Open(record.Endpoint, record.Connection);
                break;
            case InputRecordKind.Close:
                journal.Close(record.Connection);
                break;
            case InputRecordKind.Send:
                journal.Send(record.Connection, bytes, record.Done);
                break;
            case InputRecordKind.Request:
                journal.Request(System.Text.Encoding.UTF8.GetString(record.Path.Span), bytes, record.Connection);
                break;
            case InputRecordKind.LogWrite:
                journal.LogWrite(record.Offset, bytes, record.Done);
                break;
            case InputRecordKind.LogSync:
                journal.LogSync(record.Done);
                break;
            case InputRecordKind.Clock:
                journal.Clock(record.ClockNs);
                break;
            case InputRecordKind.Vanish:
                journal.Vanish();
                break;
            case InputRecordKind.End:
                journal.End(record.Sequence, record.CommandHash, System.Text.Encoding.ASCII.GetString(bytes));
                break;
            default:
                journal.Told(ToldOf(record.Kind), record.Connection, record.Status, bytes);
                break;
        }
    }

    private static WireEventKind ToldOf(InputRecordKind kind) => kind switch
    {
        InputRecordKind.Opened => WireEventKind.Opened,
        InputRecordKind.Frame => WireEventKind.Frame,
        InputRecordKind.Answer => WireEventKind.Answer,
        InputRecordKind.Closed => WireEventKind.Closed,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No wire tells it."),
    };
}
