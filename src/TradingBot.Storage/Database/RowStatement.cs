using System;
using System.Data.Common;
using System.Text;

namespace TradingBot.Storage.Database;

/// <summary>
/// A prepared statement that is run over and over: its parameters are given in the order in which they stand in its
/// text, as numbers and as the bytes of a record.
/// </summary>
internal abstract class RowStatement : IDisposable
{
    /// <summary>Starts to give parameters, within a transaction.</summary>
    public abstract RowStatement Begin(DbTransaction transaction);

    public abstract RowStatement Add(long value);

    /// <summary>Text in UTF-8; empty is none.</summary>
    public abstract RowStatement Add(ReadOnlySpan<byte> text);

    /// <summary>A number that says nothing when it is zero.</summary>
    public abstract RowStatement AddOrNone(long value);

    /// <summary>Runs it; returns the rows it changed.</summary>
    public abstract int Run();

    /// <summary>Runs it and stands at its only row; false when there is none. Either way <see cref="EndRead"/>
    /// follows.</summary>
    public abstract bool TryRead();

    /// <summary>A number of the row; 0 when it has none.</summary>
    public abstract long Number(int column);

    public abstract string Text(int column);

    public abstract void EndRead();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <summary>A statement of a server: a command of its client.</summary>
internal sealed class CommandStatement(IStoreEngine engine, DbConnection connection, string sql) : RowStatement
{
    private readonly RowCommand _command = new(engine, connection, sql);
    private DbDataReader? _row;

    public override RowStatement Begin(DbTransaction transaction)
    {
        _command.Begin(transaction);
        return this;
    }

    public override RowStatement Add(long value)
    {
        _command.Add(value);
        return this;
    }

    public override RowStatement Add(ReadOnlySpan<byte> text)
    {
        _command.Add(text.IsEmpty ? null : Encoding.UTF8.GetString(text));
        return this;
    }

    public override RowStatement AddOrNone(long value)
    {
        _command.AddOrNone(value);
        return this;
    }

    public override int Run() => _command.Run();

    public override bool TryRead()
    {
        _row = _command.Read();
        return _row.Read();
    }

    public override long Number(int column) => _row!.IsDBNull(column) ? 0 : _row.GetInt64(column);

    public override string Text(int column) => _row!.GetString(column);

    public override void EndRead()
    {
        _row?.Dispose();
        _row = null;
    }

    protected override void Dispose(bool disposing)
    {
        EndRead();
        _command.Dispose();
    }
}
