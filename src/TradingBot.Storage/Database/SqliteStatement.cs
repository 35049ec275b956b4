using System;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TradingBot.Storage.Database;

/// <summary>
/// A statement of a file, bound and stepped by SQLite's own functions: a command of ADO.NET costs several times what
/// SQLite itself takes for a row (<c>TradingBot.Bench store</c> prints what is left).
/// </summary>
/// <remarks>It runs in the transaction that its connection has open, which holds the file's lock: nothing waits
/// here. What a result code refuses is thrown as the connection would throw it.</remarks>
internal sealed class SqliteStatement : RowStatement
{
    /// <summary>A longer text is given again each time.</summary>
    private const int HeldBytesMax = 40;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int _parameters;

    // What each parameter holds, from 1: of most rows much is as it was in the row before, and a call costs more than a
    // comparison.
    private readonly Held[] _held;
    private readonly long[] _numbers;
    private readonly byte[] _texts;
    private readonly int[] _lengths;
    private int _given;

    private enum Held : byte
    {
        /// <summary>Not given yet, or none.</summary>
        Unknown = 0,
        Number = 1,
        Text = 2,
    }

    /// <param name="connection">Open, and longer than the statement.</param>
    /// <param name="sql">One statement; a parameter's number is the order of its first mention.</param>
    public SqliteStatement(DbConnection connection, string sql)
    {
        _database = ((SqliteConnection)connection).Handle!;
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
        _parameters = raw.sqlite3_bind_parameter_count(_statement);
        _held = new Held[_parameters + 1];
        _numbers = new long[_parameters + 1];
        _lengths = new int[_parameters + 1];
        _texts = new byte[(_parameters + 1) * HeldBytesMax];
    }

    public override RowStatement Begin(DbTransaction transaction)
    {
        _given = 0;
        return this;
    }

    public override RowStatement Add(long value)
    {
        Bind(++_given, value);
        return this;
    }

    public override RowStatement Add(ReadOnlySpan<byte> text)
    {
        Bind(++_given, text);
        return this;
    }

    public override RowStatement AddOrNone(long value)
    {
        if (value == 0) Bind(++_given, ReadOnlySpan<byte>.Empty);
        else Bind(++_given, value);
        return this;
    }

    /// <summary>Gives one parameter, from 1; it stays until it is given again.</summary>
    public void Bind(int parameter, long value)
    {
        if (_held[parameter] == Held.Number && _numbers[parameter] == value) return;
        _held[parameter] = Held.Unknown;
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        _numbers[parameter] = value;
        _held[parameter] = Held.Number;
    }

    /// <summary>Gives one parameter as text in UTF-8; empty is none.</summary>
    public void Bind(int parameter, ReadOnlySpan<byte> text)
    {
        Span<byte> held = _texts.AsSpan(parameter * HeldBytesMax, HeldBytesMax);
        bool isSame = _held[parameter] == Held.Text && held[.._lengths[parameter]].SequenceEqual(text);
        if (isSame) return;
        _held[parameter] = Held.Unknown;
        Check(text.IsEmpty
            ? raw.sqlite3_bind_null(_statement, parameter)
            : raw.sqlite3_bind_text(_statement, parameter, text));
        if (text.IsEmpty || text.Length > HeldBytesMax) return;
        text.CopyTo(held);
        _lengths[parameter] = text.Length;
        _held[parameter] = Held.Text;
    }

    public override int Run()
    {
        CheckGiven();
        return Change();
    }

    /// <summary>Runs it with what is bound and makes it ready for the next, also after a refusal; returns the rows it
    /// changed.</summary>
    public int Change()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(_statement);
            return raw.sqlite3_changes(_database);
        }

        // Resetting tells the extended code of what went wrong.
        Check(raw.sqlite3_reset(_statement));
        Check(code);
        return 0;
    }

    public override bool TryRead()
    {
        CheckGiven();
        return Step();
    }

    /// <summary>Goes to the next row; false behind the last one.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code != raw.SQLITE_DONE) Check(code);
        return false;
    }

    public override long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public override string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <summary>Bytes of a text; 0 where there is none.</summary>
    public int TextBytes(int column) => raw.sqlite3_column_bytes(_statement, column);

    public override void EndRead() => raw.sqlite3_reset(_statement);

    protected override void Dispose(bool disposing) => _statement.Dispose();

    private void CheckGiven()
    {
        if (_given == _parameters) return;
        throw new InvalidOperationException($"{_given} of {_parameters} parameters were given.");
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _database);
    }
}
