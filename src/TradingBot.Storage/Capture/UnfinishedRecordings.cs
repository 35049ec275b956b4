using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace TradingBot.Storage.Capture;

/// <summary>Recordings whose process ended without a word: they are ended at the next start.</summary>
internal static class UnfinishedRecordings
{
    /// <summary>
    /// Makes blocks of what tails hold, cuts what is torn, finishes the segments and tells the ledger.
    /// </summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public static void End(string folder, GapLedger ledger, long nowNs)
    {
        Dictionary<string, List<string>> recordings = CaptureNames.Segments(folder)
            .GroupBy(path => Path.GetFileName(path)[..Path.GetFileName(path).LastIndexOf('-')])
            .ToDictionary(group => group.Key, group => group.ToList());
        foreach ((string recording, List<string> segments) in recordings)
        {
            End(folder, recording, segments[^1], ledger, nowNs);
        }
    }

    public static void RemoveTails(string folder, string recording)
    {
        for (int i = 0; i < CaptureNames.Tails; i++) File.Delete(CaptureNames.Tail(folder, recording, i));
    }

    private static void End(string folder, string recording, string last, GapLedger ledger, long nowNs)
    {
        CaptureTail? tail = CaptureTail.Read(folder, recording);
        SegmentSurvey? survey;
        using (FileStream file = RecordingReader.Part.OpenFile(last)) survey = SegmentSurvey.Of(file, out _);
        bool isWhole = tail is null && survey is null or { IsFinished: true } or { Damage.Length: > 0 };
        if (isWhole)
        {
            // Tails that are there are empty: the process died between its last block and their removal.
            RemoveTails(folder, recording);
            return;
        }

        long lastNs = 0;
        if (survey is null or { Damage.Length: > 0 }) Keep(folder, recording, tail!, ledger, nowNs);
        else lastNs = Finish(folder, last, survey, tail);
        RemoveTails(folder, recording);
        ledger.Add(nowNs, recording, "unfinished", json =>
        {
            json.WriteString("reason", "the process ended without a word: frames after the last one may be missing");
            json.WriteNumber("last_ns", lastNs);
            json.WriteNumber("torn_bytes", (survey?.TornBytes ?? 0) + (tail?.TornBytes ?? 0));
        });
        _ = ledger.Flush();
    }

    private static long Finish(string folder, string last, SegmentSurvey survey, CaptureTail? tail)
    {
        ReadOnlySpan<byte> rest = Behind(tail?.Bytes ?? [], survey.NextRecord);
        SegmentWriter writer = survey.IsFinished
            ? SegmentWriter.Create(
                CaptureNames.Segment(folder, survey.Header.Recording, survey.Header.Segment + 1),
                survey.Header with { Segment = survey.Header.Segment + 1, FirstRecord = survey.NextRecord })
            : SegmentWriter.Resume(last, survey);
        using (writer)
        {
            if (!rest.IsEmpty) writer.Append(rest);
            writer.Finish();
            return writer.LastNs;
        }
    }

    /// <summary>The segment before it cannot be gone on with: its tail is kept beside it, under another name.</summary>
    private static void Keep(string folder, string recording, CaptureTail tail, GapLedger ledger, long nowNs)
    {
        string path = Path.Combine(folder, recording + ".tail-of-damaged");
        File.WriteAllBytes(path, tail.Bytes);
        ledger.Add(nowNs, recording, "damaged", json => json.WriteString("tail", Path.GetFileName(path)));
    }

    private static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> records, long next)
    {
        while (!records.IsEmpty && CaptureHead.NumberOf(records) < next)
        {
            records = records[CaptureHead.LengthOf(records)..];
        }

        return records;
    }
}
