using System;
using System.Globalization;
using System.Text;
using TradingBot.Storage.Journal;

namespace TradingBot.Worker.Circle;

/// <summary>Where a replay parted from its journal.</summary>
/// <param name="Record">Number of the record that differs.</param>
/// <param name="TimeNs">Time of the step it belongs to, Unix ns.</param>
/// <param name="Sequence">Inputs the recorded worker had numbered at that step's beginning.</param>
/// <param name="Recorded">What the journal says happened.</param>
/// <param name="Replayed">What happened instead.</param>
internal sealed record JournalDivergence(long Record, long TimeNs, long Sequence, string Recorded, string Replayed)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"record {Record}, time {TimeNs} ns, sequence {Sequence}: recorded was {Recorded}, replayed {Replayed}");
}

/// <summary>The place in a journal that driver, wire and log of a replay share.</summary>
internal sealed class JournalCursor(InputJournalReader reader)
{
    private const int QuotedBytesMax = 240;

    private InputRecord _current;
    private bool _has;
    private long _timeNs;
    private long _sequence;

    /// <summary>The first difference; from there on nothing is compared or told.</summary>
    public JournalDivergence? Divergence { get; private set; }

    /// <summary>The next record that was not taken; None behind the last.</summary>
    public InputRecordKind Next
    {
        get
        {
            if (!_has) _has = reader.TryRead(out _current);
            return _has ? _current.Kind : InputRecordKind.None;
        }
    }

    /// <summary>The next record, which there must be.</summary>
    public InputRecord Peek()
    {
        if (Next == InputRecordKind.None) throw new InvalidOperationException("The journal is at its end.");
        return _current;
    }

    /// <summary>Takes the next record; its bytes live until the next look at the journal.</summary>
    public InputRecord Take()
    {
        Peek();
        _has = false;
        _timeNs = _current.TimeNs;
        _sequence = _current.Sequence;
        return _current;
    }

    /// <summary>Takes the next record when it is what was done; false, and a divergence, when it is not.</summary>
    public bool Expect(
        InputRecordKind kind, Func<InputRecord, bool> equal, Func<string> replayed, out InputRecord record)
    {
        record = default;
        if (Divergence is not null) return false;
        if (Next == kind && equal(_current))
        {
            record = Take();
            return true;
        }

        Differ(replayed());
        return false;
    }

    /// <summary>Whatever the worker did, the journal says something else.</summary>
    public void Differ(string replayed)
    {
        if (Divergence is not null) return;
        string recorded = Next == InputRecordKind.None ? "its end" : Describe(in _current);
        Divergence = new JournalDivergence(
            Next == InputRecordKind.None ? reader.UsableRecords : _current.Number, _timeNs, _sequence, recorded,
            replayed);
    }

    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, QuotedBytesMax)]);
        return bytes.Length > QuotedBytesMax ? $"{text}… ({bytes.Length} bytes)" : text;
    }

    private static string Describe(in InputRecord record) => record.Kind switch
    {
        InputRecordKind.Open => $"Open of {record.Endpoint} as {record.Connection}",
        InputRecordKind.Send => $"Send on {record.Connection}: {Quote(record.Bytes.Span)}",
        InputRecordKind.Request => $"Request {Quote(record.Path.Span)}: {Quote(record.Bytes.Span)}",
        InputRecordKind.LogWrite =>
            $"LogWrite at {record.Offset}: {Convert.ToHexStringLower(record.Bytes.Span)}",
        InputRecordKind.Frame or InputRecordKind.Answer =>
            $"{record.Kind} on {record.Connection}: {Quote(record.Bytes.Span)}",
        InputRecordKind.Opened or InputRecordKind.Closed or InputRecordKind.Close =>
            $"{record.Kind} of {record.Connection}",
        _ => record.Kind.ToString(),
    };
}
