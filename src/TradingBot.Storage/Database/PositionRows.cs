using System;
using System.Data.Common;

namespace TradingBot.Storage.Database;

/// <summary>The row of each symbol's position: the exact sum of its fills (I7).</summary>
internal sealed class PositionRows(IStoreEngine engine, DbConnection connection) : IDisposable
{
    private readonly RowCommand _read = new(
        engine, connection, "SELECT quantity, quantity_decimals FROM positions WHERE symbol = $symbol");

    private readonly RowCommand _write = new(
        engine, connection,
        """
        INSERT INTO positions (symbol, quantity, quantity_decimals, fills, changed_record)
        VALUES ($symbol, $quantity, $decimals, 1, $record)
        ON CONFLICT (symbol) DO UPDATE SET quantity = excluded.quantity,
            quantity_decimals = excluded.quantity_decimals, fills = positions.fills + 1,
            changed_record = excluded.changed_record
        """);

    /// <summary>Adds a signed quantity; returns what is wrong, or null.</summary>
    public string? Move(DbTransaction transaction, long number, string symbol, ScaledQuantity quantity)
    {
        ScaledQuantity held = default;
        using (DbDataReader row = _read.Begin(transaction).Add(symbol).Read())
        {
            if (row.Read()) held = new ScaledQuantity(row.GetInt64(0), row.GetInt32(1));
        }

        if (!ScaledQuantity.TryAdd(held, quantity, out ScaledQuantity sum))
        {
            return $"the position of {symbol} ({held} plus {quantity}) leaves 64 bits.";
        }

        _write.Begin(transaction).Add(symbol).Add(sum.Mantissa).Add(sum.Decimals).Add(number).Run();
        return null;
    }

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }
}
