using System;
using System.Data.Common;

namespace TradingBot.Storage.Database;

/// <summary>A statement whose parameters are given in the order in which they stand in its text.</summary>
internal sealed class RowCommand(IStoreEngine engine, DbConnection connection, string sql) : IDisposable
{
    private readonly DbCommand _command = engine.Command(connection, sql);
    private int _given;

    /// <summary>Starts to give parameters, within a transaction or in none.</summary>
    public RowCommand Begin(DbTransaction? transaction)
    {
        _command.Transaction = transaction;
        _given = 0;
        return this;
    }

    public RowCommand Add(long value) => Give(value);

    /// <summary>Text, or none.</summary>
    public RowCommand Add(string? value) => Give((object?)value ?? DBNull.Value);

    /// <summary>A number that says nothing when it is zero.</summary>
    public RowCommand AddOrNone(long value) => Give(value == 0 ? DBNull.Value : value);

    /// <summary>Runs it; returns the rows it changed.</summary>
    public int Run()
    {
        CheckGiven();
        return _command.ExecuteNonQuery();
    }

    public DbDataReader Read()
    {
        CheckGiven();
        return _command.ExecuteReader();
    }

    public void Dispose() => _command.Dispose();

    private RowCommand Give(object value)
    {
        _command.Parameters[_given++].Value = value;
        return this;
    }

    private void CheckGiven()
    {
        if (_given == _command.Parameters.Count) return;
        throw new InvalidOperationException($"{_given} of {_command.Parameters.Count} parameters were given.");
    }
}
