using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.History;

/// <summary>Symbols in which an intent log has an open position: the sum of their fills is not nothing.</summary>
internal static class HeldSymbols
{
    /// <remarks>
    /// The log may lack fills that came while the process was down: what it calls open may be closed by now, and then
    /// is watched for nothing. What the venue holds beyond that, the account's own snapshot tells.
    /// </remarks>
    public static IReadOnlyCollection<string> Of(IEnumerable<IntentRecord> records)
    {
        Dictionary<string, Int128> sums = new(StringComparer.Ordinal);
        HashSet<(ulong, ulong)> seen = [];
        foreach (IntentRecord record in records)
        {
            bool counts = record.Kind == IntentRecordKind.Fill && seen.Add((record.ExecutionHigh, record.ExecutionLow));
            if (!counts) continue;
            string symbol = Encoding.ASCII.GetString(record.Symbol.AsSpan());
            // At 18 decimals a quantity of 64 bits needs 124: sums of them stay within 128 for a million fills.
            Int128 quantity = (Int128)record.Quantity * Pow10.Of(Pow10.DecimalsMax - record.QuantityDecimals);
            sums[symbol] = sums.GetValueOrDefault(symbol) + (record.Side == Side.Sell ? -quantity : quantity);
        }

        List<string> held = [];
        foreach ((string symbol, Int128 sum) in sums)
        {
            if (sum != 0 && symbol.Length > 0) held.Add(symbol);
        }

        return held;
    }

    /// <summary>
    /// The same of a data folder: of its log, or while a worker has that, of the store that follows it by a moment.
    /// </summary>
    /// <param name="storage">As <c>storage.url</c> names it.</param>
    /// <param name="warning">Why nothing is known; empty when something is, or there is no log.</param>
    public static IReadOnlyCollection<string> In(StorageAddress storage, out string warning)
    {
        warning = "";
        string path = Path.Combine(storage.Folder, DataFolder.LogName);
        string fault;
        try
        {
            if (!File.Exists(path)) return [];
            if (DataFolder.IsHeld(storage.Folder))
            {
                List<string> held = [];
                if (OpenPositions.Read(storage.State, held) is not { } refused) return held;
                fault = refused.Text;
            }
            else
            {
                using DiskLogFile file = DiskLogFile.OpenToRead(path);
                if (IntentLog.Peek(file) is { } records) return Of(records);
                fault = $"{path} does not read as an intent log";
            }
        }
        catch (Exception thrown) when (thrown is IOException or UnauthorizedAccessException)
        {
            fault = $"{path} cannot be read: {thrown.Message}";
        }

        warning = $"open positions are not known: {fault}";
        return [];
    }
}
