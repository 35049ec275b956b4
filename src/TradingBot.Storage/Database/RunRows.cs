// In:     signals with their decisions, and results, of a run.   Out: their rows, each once, of which the oldest go.
// Thread: offered on the worker's, written on the store's.
// Keeps:  nobody waits and nothing trades on them: what finds no room is counted; a group that was written twice, since
//         its commit was not heard of, is there once.
// Budget: a copy of 72 bytes per signal on the worker's thread.
using System;
using System.Data.Common;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Database;

/// <summary>A signal, and what the gate made of it.</summary>
/// <param name="Number">In this run.</param>
/// <param name="TimeNs">Engine time, Unix ns.</param>
/// <param name="Symbol">As its socket calls it.</param>
/// <param name="Kind">Which calculator spoke.</param>
/// <param name="Side">Buy or sell.</param>
/// <param name="LimitPrice">Mantissa.</param>
/// <param name="PriceDecimals">Its decimals.</param>
/// <param name="StrengthPpm">Conviction in millionths.</param>
/// <param name="Decision">approved, or the reason of the refusal.</param>
public readonly record struct SignalRow(
    long Number, long TimeNs, SymbolText Symbol, string Kind, Side Side, long LimitPrice, byte PriceDecimals,
    long StrengthPpm, string Decision);

/// <summary>What a run has come to since its start, before fees and funding, in 10^-8 of the quote currency.</summary>
/// <param name="TimeNs">Engine time, Unix ns.</param>
/// <param name="Realised">Of what was closed.</param>
/// <param name="Unrealised">Of what is open, at the middle of its book.</param>
/// <param name="Positions">Open ones.</param>
public readonly record struct EquityRow(long TimeNs, long Realised, long Unrealised, int Positions);

/// <summary>Rows of one run on their way to the store.</summary>
/// <param name="epoch">The run's start.</param>
public sealed class RunRows(uint epoch)
{
    /// <summary>A signal a second for an hour while the store is away, four times over: 1.2 MiB.</summary>
    private const int SignalsRoom = 16_384;

    /// <summary>A row a minute: an outage of two days.</summary>
    private const int EquityRoom = 4_096;

    /// <summary>Some 100 MB in SQLite; a busy simulated run fills it in days, five real markets in months.</summary>
    private const int SignalsMax = 500_000;

    /// <summary>Two years of minutes.</summary>
    private const int EquityMax = 1_000_000;

    /// <summary>Rows between two looks at what is too old.</summary>
    private const int PruneEvery = 10_000;

    /// <summary>Rows of one transaction; for a server, where each is a round trip, fewer.</summary>
    private const int GroupMax = 512;
    private const int ServerGroupMax = 64;

    private long _sincePrune = PruneEvery;

    public RowQueue<SignalRow> Signals { get; } = new(SignalsRoom);

    public RowQueue<EquityRow> Equity { get; } = new(EquityRoom);

    /// <summary>Rows that found no room.</summary>
    public long Lost => Signals.Lost + Equity.Lost;

    internal bool IsEmpty => Signals.Count + Equity.Count == 0;

    /// <summary>Writes a group in a transaction of its own; what it wrote is gone from the queues.</summary>
    internal void Write(IStoreEngine engine, DbConnection connection)
    {
        int most = engine is PostgresEngine ? ServerGroupMax : GroupMax;
        int signals = Math.Min(Signals.Count, most);
        int equity = Math.Min(Equity.Count, most);
        using (DbTransaction transaction = engine.BeginWrite(connection))
        {
            WriteSignals(engine, connection, transaction, signals);
            WriteEquity(engine, connection, transaction, equity);
            if (_sincePrune >= PruneEvery) Prune(engine, connection, transaction);
            transaction.Commit();
        }

        Signals.Remove(signals);
        Equity.Remove(equity);
        _sincePrune = _sincePrune >= PruneEvery ? 0 : _sincePrune + signals + equity;
    }

    private static void Prune(IStoreEngine engine, DbConnection connection, DbTransaction transaction)
    {
        foreach ((string table, int most) in ((string, int)[])[("signals", SignalsMax), ("equity", EquityMax)])
        {
            string sql = $"DELETE FROM {table} WHERE time_ns <= "
                + $"(SELECT time_ns FROM {table} ORDER BY time_ns DESC LIMIT 1 OFFSET $most)";
            using RowCommand command = new(engine, connection, sql);
            command.Begin(transaction).Add(most).Run();
        }
    }

    private void WriteSignals(IStoreEngine engine, DbConnection connection, DbTransaction transaction, int count)
    {
        if (count == 0) return;
        const string Sql = """
            INSERT INTO signals (epoch, number, time_ns, symbol, kind, side, limit_price, price_decimals, strength_ppm,
                decision)
            VALUES ($epoch, $number, $time, $symbol, $kind, $side, $limit, $decimals, $strength, $decision)
            ON CONFLICT (epoch, number) DO NOTHING
            """;
        using RowCommand command = new(engine, connection, Sql);
        for (int i = 0; i < count; i++)
        {
            ref readonly SignalRow row = ref Signals.At(i);
            command.Begin(transaction).Add(epoch).Add(row.Number).Add(row.TimeNs).Add(RowText.Of(row.Symbol))
                .Add(row.Kind).Add(RowText.Of(row.Side)).Add(row.LimitPrice).Add(row.PriceDecimals)
                .Add(row.StrengthPpm).Add(row.Decision).Run();
        }
    }

    private void WriteEquity(IStoreEngine engine, DbConnection connection, DbTransaction transaction, int count)
    {
        if (count == 0) return;
        const string Sql = """
            INSERT INTO equity (epoch, time_ns, realised, unrealised, positions)
            VALUES ($epoch, $time, $realised, $unrealised, $positions)
            ON CONFLICT (epoch, time_ns) DO NOTHING
            """;
        using RowCommand command = new(engine, connection, Sql);
        for (int i = 0; i < count; i++)
        {
            ref readonly EquityRow row = ref Equity.At(i);
            command.Begin(transaction).Add(epoch).Add(row.TimeNs).Add(row.Realised).Add(row.Unrealised)
                .Add(row.Positions).Run();
        }
    }
}
