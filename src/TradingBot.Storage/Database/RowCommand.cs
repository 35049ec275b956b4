using System;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace TradingBot.Storage.Database;

/// <summary>A prepared statement whose parameters are given in the order in which they stand in its text.</summary>
internal sealed partial class RowCommand : IDisposable
{
    private readonly SqliteCommand _command;
    private int _given;

    public RowCommand(SqliteConnection connection, string sql)
    {
#pragma warning disable CA2100 // Our own statements; values come as parameters.
        _command = new SqliteCommand(sql, connection);
#pragma warning restore CA2100
        foreach (Match match in Parameter().Matches(sql))
        {
            string name = match.Value;
            if (!_command.Parameters.Contains(name)) _command.Parameters.Add(new SqliteParameter(name, null));
        }
    }

    public RowCommand Begin(SqliteTransaction transaction)
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

    public SqliteDataReader Read()
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

    [GeneratedRegex(@"\$\w+")]
    private static partial Regex Parameter();
}
