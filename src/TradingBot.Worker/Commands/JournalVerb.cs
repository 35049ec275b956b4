using System;
using System.Diagnostics;
using System.IO;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>replay</c> when its file is an input journal: the whole worker runs again.</summary>
internal static class JournalVerb
{
    /// <summary>One of the files begins as a journal does.</summary>
    public static bool IsAsked(string[] files)
    {
        foreach (string file in files)
        {
            if (BeginsAsJournal(file)) return true;
        }

        return false;
    }

    /// <summary>Replays one journal.</summary>
    /// <param name="files">The files as they were named.</param>
    /// <param name="json">One JSON object instead of text.</param>
    /// <param name="otherOption">An option that was given and does nothing here; null: none.</param>
    public static int Invoke(string[] files, bool json, string? otherOption)
    {
        if (files.Length > 1)
        {
            return Refuse($"{string.Join(", ", files)}: one of these is an input journal, which is replayed alone.");
        }

        if (otherOption is not null)
        {
            return Refuse($"{otherOption} does nothing for an input journal, which has its own options: leave it out.");
        }

        string file = files[0];
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
            JournalReplay? replay = JournalReplay.Open(stream, out string error);
            return replay is null ? Refuse($"{file}: {error}") : Run(file, replay, json);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Refuse($"{file} cannot be read: {fault.Message} Check the file and its rights.");
        }
    }

    private static int Run(string file, JournalReplay replay, bool json)
    {
        if (!replay.SameBuild)
        {
            Console.Error.WriteLine(
                $"{file} was recorded by build {replay.Header.Build}, this is {WorkerJournal.Build}: they may differ.");
        }

        long start = Stopwatch.GetTimestamp();
        replay.Run();
        JournalReport report = new(file, replay, Stopwatch.GetElapsedTime(start));
        if (json)
        {
            using Stream output = Console.OpenStandardOutput();
            report.WriteJson(output);
        }
        else
        {
            Console.Write(report.Text());
        }

        return replay.Divergence is null && replay.Reader.End != JournalEnd.Damaged
            ? ExitCode.Ok
            : ExitCode.CheckFailed;
    }

    private static int Refuse(string words)
    {
        Console.Error.WriteLine(words);
        return ExitCode.Usage;
    }

    /// <summary>What cannot be opened is for the capture reader to tell.</summary>
    private static bool BeginsAsJournal(string file)
    {
        if (!File.Exists(file)) return false;
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            Span<byte> begin = stackalloc byte[8];
            return InputJournalReader.IsJournal(begin[..stream.ReadAtLeast(begin, 8, throwOnEndOfStream: false)]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
