// In:     a folder and whose it is.   Out: its intent log and its store, open and in agreement, or why not.
// Thread: the caller's; the store's writer has its own from here on.
// Keeps:  I2: a store that knows more than the log is refused, and no new log is begun beside it. I13: the log is held
//         exclusively: one process has the folder.
using System;
using System.Collections.Generic;
using System.IO;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Circle;

/// <summary>The folder in which a worker keeps what it must not forget.</summary>
internal sealed class DataFolder : IDisposable
{
    public const string LogName = "intents.log";
    public const string StoreName = "state.db";

    private readonly DiskLogFile _file;

    private DataFolder(
        DiskLogFile file, JournaledLogFile logFile, IntentLog log, List<IntentRecord> recovered, StoreWriter store)
    {
        _file = file;
        LogFile = logFile;
        Log = log;
        Recovered = recovered;
        Store = store;
    }

    public IntentLog Log { get; }

    /// <summary>What the log writes through, so that its writes can be journalled.</summary>
    public JournaledLogFile LogFile { get; }

    public IReadOnlyList<IntentRecord> Recovered { get; }

    public StoreWriter Store { get; }

    /// <summary>Opens the folder, or begins it.</summary>
    /// <param name="address">Where.</param>
    /// <param name="mark">Whose log and store must be, or become.</param>
    /// <param name="error">What is wrong, with the remedy.</param>
    /// <param name="exitCode">What the process ends with then.</param>
    /// <exception cref="IOException">The folder or the log cannot be had.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be written.</exception>
    public static DataFolder? Open(
        StorageAddress address, AccountMark mark, out string error, out int exitCode)
    {
        error = "";
        exitCode = ExitCode.Ok;
        Directory.CreateDirectory(address.Folder);
        string logPath = Path.Combine(address.Folder, LogName);
        string storePath = address.DatabaseFile ?? Path.Combine(address.Folder, StoreName);
        StoreFault? fault = null;
        if (!File.Exists(logPath) && File.Exists(storePath)) fault = CheckLonely(storePath, mark);
        DiskLogFile? file = null;
        JournaledLogFile? logFile = null;
        StateStore? store = null;
        try
        {
            IntentLog? log = null;
            List<IntentRecord> recovered = [];
            if (fault is null)
            {
                file = DiskLogFile.Open(logPath, IntentLog.CapacityDefault);
                logFile = new JournaledLogFile(file);
                log = IntentLog.Open(logFile, mark.ToString(), out recovered, out IntentLogFault wrong);
                if (log is null) error = Explain(logPath, wrong, mark);
            }

            if (log is not null)
            {
                StoreOpening opening = StateStore.Open(StorePlace.OfFile(storePath), mark, TimeProvider.System);
                store = opening.Store;
                fault = opening.Fault ?? store!.CheckAgainst(log) ?? store.ProveWritable();
            }

            if (fault is not null) error = fault.Text;
            if (error.Length > 0)
            {
                bool unreachable = fault?.Kind == StoreFaultKind.Unreachable;
                exitCode = unreachable ? ExitCode.Unreachable : ExitCode.CheckFailed;
                return null;
            }

            StoreWriter writer = new(store!, StorePlace.OfFile(storePath), log!, TimeProvider.System);
            DataFolder data = new(file!, logFile!, log!, recovered, writer);
            (file, store) = (null, null);
            return data;
        }
        finally
        {
            store?.Dispose();
            file?.Dispose();
        }
    }

    public void Dispose()
    {
        Store.Dispose();
        _file.Dispose();
    }

    /// <summary>A store without a log: new if nothing was projected, else what the log held is lost.</summary>
    private static StoreFault? CheckLonely(string path, AccountMark mark)
    {
        StoreOpening opening = StateStore.Open(StorePlace.OfFile(path), mark, TimeProvider.System);
        using StateStore? store = opening.Store;
        if (store is null || store.LastRecord == 0) return opening.Fault;
        return new StoreFault(
            StoreFaultKind.WrongLog,
            $"{path} holds {store.LastRecord} records of an intent log, and there is no {LogName} beside it: bring the "
            + "log back; or, if what it held may be forgotten, move the store away.");
    }

    private static string Explain(string path, IntentLogFault fault, AccountMark mark) => fault switch
    {
        IntentLogFault.WrongMark =>
            $"{path} belongs to another mode or account than {mark}: choose another storage.url (--data).",
        IntentLogFault.NotALog => $"{path} is not an intent log: move it away, or choose another storage.url (--data).",
        _ => $"{path} is damaged in the middle: move it away (never delete it) with {StoreName} and start again.",
    };
}
