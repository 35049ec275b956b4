using System;
using TradingBot.Trading;

namespace TradingBot.Storage.Journal;

/// <summary>The payload of each kind of record, read.</summary>
internal static class InputDecoding
{
    /// <summary>False when the bytes are not those of the record's kind.</summary>
    public static bool TryDecode(
        ReadOnlyMemory<byte> payload, ref InputRecord record, ref long timeNs, ref long sequence)
    {
        InputScanner scanner = new(payload.Span);
        bool known = record.Kind switch
        {
            InputRecordKind.Step or InputRecordKind.StepAfterCommands or InputRecordKind.Act =>
                TryStep(ref scanner, ref record, ref timeNs, ref sequence, payload),
            InputRecordKind.End => TryEnd(ref scanner, ref record, ref sequence, payload),
            InputRecordKind.Open => TryOpen(ref scanner, ref record),
            InputRecordKind.LogWrite or InputRecordKind.LogSync => TryLog(ref scanner, ref record, payload),
            InputRecordKind.Vanish => true,
            InputRecordKind.Clock => TryClock(ref scanner, ref record, timeNs),
            >= InputRecordKind.Opened and <= InputRecordKind.Request => TryWire(ref scanner, ref record, payload),
            _ => false,
        };
        record.TimeNs = timeNs;
        record.Sequence = sequence;
        return known && !scanner.Failed && scanner.AtEnd;
    }

    private static bool TryStep(
        ref InputScanner scanner, ref InputRecord record, ref long timeNs, ref long sequence,
        ReadOnlyMemory<byte> payload)
    {
        timeNs += scanner.Signed();
        sequence += scanner.Signed();
        if (record.Kind != InputRecordKind.Step) record.CommandHash = scanner.Fixed();
        if (record.Kind != InputRecordKind.Act) return true;
        bool known = scanner.TryAccount(out record.Act);
        record.Bytes = payload[scanner.Rest()];
        return known;
    }

    private static bool TryEnd(
        ref InputScanner scanner, ref InputRecord record, ref long sequence, ReadOnlyMemory<byte> payload)
    {
        sequence += scanner.Signed();
        record.CommandHash = scanner.Fixed();
        record.Bytes = payload[scanner.Rest()];
        return true;
    }

    private static bool TryOpen(ref InputScanner scanner, ref InputRecord record)
    {
        record.Endpoint = (WireEndpoint)scanner.Byte();
        record.Connection = scanner.Small();
        return true;
    }

    private static bool TryClock(ref InputScanner scanner, ref InputRecord record, long timeNs)
    {
        record.ClockNs = timeNs + scanner.Signed();
        return true;
    }

    private static bool TryLog(ref InputScanner scanner, ref InputRecord record, ReadOnlyMemory<byte> payload)
    {
        record.Done = scanner.Byte() != 0;
        if (record.Kind == InputRecordKind.LogSync) return true;
        record.Offset = scanner.Signed();
        record.Bytes = payload[scanner.Rest()];
        return true;
    }

    private static bool TryWire(ref InputScanner scanner, ref InputRecord record, ReadOnlyMemory<byte> payload)
    {
        record.Connection = scanner.Small();
        if (record.Kind == InputRecordKind.Answer) record.Status = scanner.Small();
        if (record.Kind == InputRecordKind.Send) record.Done = scanner.Byte() != 0;
        if (record.Kind == InputRecordKind.Request) record.Path = payload[scanner.Skip(scanner.Number())];
        record.Bytes = payload[scanner.Rest()];
        return true;
    }
}
