using System;
using System.Collections.Generic;
using System.Data.Common;

namespace TradingBot.Storage.Database;

/// <summary>What differs between the engines; everything else of a store is written once.</summary>
/// <remarks>Statements name their parameters <c>$name</c>; a value is given once, in the order of first
/// mention.</remarks>
internal interface IStoreEngine
{
    /// <summary>Where the store lies, as a message may say it: no password.</summary>
    string Place { get; }

    /// <summary>Steps of the schema for this engine and kind of store.</summary>
    IReadOnlyList<Migration> Steps { get; }

    /// <summary>What can be said without opening it.</summary>
    /// <param name="isNew">There is nothing yet, and it may be made.</param>
    StoreFault? CheckPlace(out bool isNew);

    /// <summary>Opens a connection; throws what <see cref="FaultOf"/> understands.</summary>
    DbConnection Connect(bool isNew);

    /// <summary>Sets what a connection does not keep, after the schema is known to be ours.</summary>
    void Configure(DbConnection connection);

    /// <summary>Tables the store's place holds.</summary>
    long CountTables(DbConnection connection);

    bool HasTable(DbConnection connection, string table);

    /// <summary>Begins a transaction that no other writer of the store runs beside.</summary>
    DbTransaction BeginWrite(DbConnection connection);

    /// <summary>Begins the transaction that changes the schema: alone, and where it can be, waiting its turn.</summary>
    DbTransaction BeginSchema(DbConnection connection);

    /// <summary>Puts down, within the first schema's transaction, what makes the place known as ours.</summary>
    void Claim(DbConnection connection);

    /// <summary>
    /// Keeps the store as it is, beside itself, and says where; a name that is taken is never written over.
    /// </summary>
    string Copy(DbConnection connection, int from, long nowNs);

    /// <summary>An empty command with the statement and its parameters.</summary>
    DbCommand Command(DbConnection connection, string sql);

    /// <summary>
    /// Holds the store for one owner as long as the connection lives; false when another has it. A file's owner is kept
    /// apart by the intent log beside it.
    /// </summary>
    bool TryHold(DbConnection connection);

    /// <summary>The same for a statement that is run over and over, in the engine's fast way.</summary>
    RowStatement Prepare(DbConnection connection, string sql);

    /// <summary>Whether the place itself was taken away under an open connection.</summary>
    StoreFault? CheckThere();

    /// <summary>The fault in words; null when it is not the store's but a mistake in the program.</summary>
    StoreFault? FaultOf(Exception thrown);

    /// <summary>A row was refused by a rule of its table.</summary>
    bool IsConstraint(DbException thrown);
}
