using System;
using System.Collections.Generic;
using System.Data.Common;

namespace TradingBot.Storage.Database;

/// <summary>Open positions as a store of state tells them, read beside the worker that writes it.</summary>
public static class OpenPositions
{
    /// <summary>Symbols whose fills do not sum up to nothing.</summary>
    /// <param name="place">The store of state; a file that is not there holds none.</param>
    /// <param name="symbols">Where they go.</param>
    /// <returns>Null, or why it cannot be read.</returns>
    public static StoreFault? Read(StorePlace place, List<string> symbols)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(symbols);
        IStoreEngine engine = place.EngineFor(StoreKind.State);
        DbConnection? connection = null;
        try
        {
            StoreFault? fault = engine.CheckPlace(out bool isNew);
            if (fault is not null || isNew) return fault;
            connection = engine.Connect(isNew: false);
            if (!engine.HasTable(connection, "positions")) return null;
            const string Sql = "SELECT symbol FROM positions WHERE quantity <> 0 ORDER BY symbol";
            using RowCommand command = new(engine, connection, Sql);
            using DbDataReader row = command.Begin(null).Read();
            while (row.Read()) symbols.Add(row.GetString(0));
            return null;
        }
        catch (Exception thrown) when (engine.FaultOf(thrown) is not null)
        {
            return engine.FaultOf(thrown);
        }
        finally
        {
            connection?.Dispose();
        }
    }
}
