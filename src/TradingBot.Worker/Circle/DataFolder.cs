// In:     a folder and whose it is.   Out: its intent log and its store, open and in agreement, or why not.
// Thread: the caller's; the store's writer has its own from here on.
// Keeps:  I2: a store that knows more than the log is refused, and no new log is begun beside it. I13: the log is held
//         exclusively: one process has the folder.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Operator;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Circle;

/// <summary>The folder in which a worker keeps what it must not forget.</summary>
internal sealed class DataFolder : IDisposable
{
    public const string LogName = "intents.log";

    private readonly DiskLogFile _file;

    private DataFolder(
        string path, DiskLogFile file, JournaledLogFile logFile, IntentLog log, List<IntentRecord> recovered,
        StoreWriter store)
    {
        Path = path;
        _file = file;
        LogFile = logFile;
        Log = log;
        Recovered = recovered;
        Store = store;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    public IntentLog Log { get; }

    /// <summary>What the log writes through, so that its writes can be journalled.</summary>
    public JournaledLogFile LogFile { get; }

    public IReadOnlyList<IntentRecord> Recovered { get; }

    public StoreWriter Store { get; }

    /// <summary>What a person must know before anything else; empty when all was well.</summary>
    public string Notice { get; private init; } = "";

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
        string logPath = System.IO.Path.Combine(address.Folder, LogName);
        StorePlace place = address.State;
        StoreFault? fault = null;
        bool isThere = place.File is not { } path || File.Exists(path);
        if (!File.Exists(logPath) && isThere) fault = CheckLonely(place, mark);
        DiskLogFile? file = null;
        JournaledLogFile? logFile = null;
        StateStore? store = null;
        try
        {
            IntentLog? log = null;
            List<IntentRecord> recovered = [];
            if (fault is null)
            {
                file = OpenUnlessHeld(logPath);
                if (file is null)
                {
                    error = $"another process has {logPath}, and with it the account. End that one, or choose another "
                        + "storage.url (--data) for another account.";
                    exitCode = ExitCode.Held;
                    return null;
                }

                logFile = new JournaledLogFile(file);
                log = IntentLog.Open(logFile, mark.ToString(), out recovered, out IntentLogFault wrong);
                if (log is null) error = Explain(logPath, wrong, mark);
            }

            string notice = "";
            if (log is not null)
            {
                fault = OpenStore(place, mark, log, out store);
                if (fault is not null && IsDamaged(fault, address, recovered) && place.File is { } damaged)
                {
                    store?.Dispose();
                    store = null;
                    notice = SetAside(damaged, fault);
                    // What the log holds now is what the worker and its journal begin with.
                    Halt(log, recovered, notice);
                    log = IntentLog.Open(logFile!, mark.ToString(), out recovered, out _);
                    fault = OpenStore(place, mark, log!, out store);
                }
            }

            if (fault is not null) error = fault.Text;
            if (error.Length > 0)
            {
                exitCode = fault?.Kind == StoreFaultKind.Unreachable ? ExitCode.Unreachable : ExitCode.CheckFailed;
                return null;
            }

            StoreWriter writer = new(store!, place, log!, TimeProvider.System);
            DataFolder data = new(address.Folder, file!, logFile!, log!, recovered, writer) { Notice = notice };
            (file, store) = (null, null);
            return data;
        }
        finally
        {
            store?.Dispose();
            file?.Dispose();
        }
    }

    /// <summary>Whether a process has the folder, and with it the account and its key.</summary>
    /// <exception cref="IOException">The log cannot be opened for another reason.</exception>
    public static bool IsHeld(string folder)
    {
        string path = System.IO.Path.Combine(folder, LogName);
        if (!File.Exists(path)) return false;
        using DiskLogFile? file = OpenUnlessHeld(path);
        return file is null;
    }

    public void Dispose()
    {
        Store.Dispose();
        _file.Dispose();
    }

    /// <summary>One process has the log, and with it the account (I13); null when that is another one.</summary>
    private static DiskLogFile? OpenUnlessHeld(string path)
    {
        try
        {
            return DiskLogFile.Open(path, IntentLog.CapacityDefault);
        }
        catch (IOException fault) when (DiskLogFile.IsHeld(fault))
        {
            return null;
        }
    }

    /// <summary>A store without a log: new if nothing was projected, else what the log held is lost.</summary>
    private static StoreFault? CheckLonely(StorePlace place, AccountMark mark)
    {
        StoreOpening opening = StateStore.Open(place, mark, TimeProvider.System);
        using StateStore? store = opening.Store;
        if (store is null || store.LastRecord == 0) return opening.Fault;
        return new StoreFault(
            StoreFaultKind.WrongLog,
            $"{place} holds {store.LastRecord} records of an intent log, and there is no {LogName} beside it: bring "
            + "the log back; or, if what it held may be forgotten, move the store away.");
    }

    /// <summary>The store, checked against the log and proven to take rows; null with the reason where it does
    /// not.</summary>
    private static StoreFault? OpenStore(StorePlace place, AccountMark mark, IntentLog log, out StateStore? store)
    {
        StoreOpening opening = StateStore.Open(place, mark, TimeProvider.System);
        store = opening.Store;
        return opening.Fault ?? store!.CheckWhole() ?? store.CheckAgainst(log) ?? store.ProveWritable();
    }

    /// <summary>
    /// Also a file under our own name in our own folder whose first bytes are nothing we know: there is a log beside
    /// it, so it was ours.
    /// </summary>
    private static bool IsDamaged(StoreFault fault, StorageAddress address, List<IntentRecord> recovered) =>
        fault.Kind == StoreFaultKind.Damaged
        || (fault.Kind == StoreFaultKind.NotOurs && address.DatabaseFile is null && recovered.Count > 0);

    /// <summary>A damaged file is kept under another name, never deleted: the words say where.</summary>
    private static string SetAside(string path, StoreFault damage)
    {
        string stamp = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string aside = $"{path}.damaged.{stamp}";
        foreach (string end in (string[])["-wal", "-shm", ""])
        {
            if (File.Exists(path + end)) File.Move(path + end, aside + end);
        }

        return $"{path} was damaged and lies at {aside} now. Its rows come back from the intent log, which is whole. "
            + $"Entries are halted: look at the disk, then 'tradingbot resume --reason …'. ({damage.Text})";
    }

    /// <summary>
    /// The worker starts from log and venue, protects, and lets no entries in until a person has looked; over restarts,
    /// too. A halt that stands keeps its words.
    /// </summary>
    private static void Halt(IntentLog log, List<IntentRecord> recovered, string why)
    {
        if (HaltLatch.Of(recovered) is not null) return;
        uint epoch = 0;
        foreach (IntentRecord known in recovered) epoch = Math.Max(epoch, known.Epoch);
        IntentRecord record = new()
        {
            Kind = IntentRecordKind.Halt,
            Epoch = epoch,
            TimeNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
            Why = ReasonText.Of("database damaged: look at the disk"),
        };
        if (log.TryAppend(in record, protective: true) && log.TrySync()) return;
        throw new IOException($"{why} The intent log cannot be written, so that the halt would be forgotten.");
    }

    private static string Explain(string path, IntentLogFault fault, AccountMark mark) => fault switch
    {
        IntentLogFault.WrongMark =>
            $"{path} belongs to another mode or account than {mark}: choose another storage.url (--data).",
        IntentLogFault.NotALog => $"{path} is not an intent log: move it away, or choose another storage.url (--data).",
        _ => $"{path} is damaged in the middle: move it away (never delete it) with the database and start again.",
    };
}
