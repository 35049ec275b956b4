using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Text;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Database;

/// <summary>The row of each symbol's position: the exact sum of its fills (I7); a group of them is one
/// change.</summary>
internal sealed class PositionRows(IStoreEngine engine, DbConnection connection) : IDisposable
{
    private readonly RowStatement _read = engine.Prepare(
        connection, "SELECT quantity, quantity_decimals, fills FROM positions WHERE symbol = $symbol");

    private readonly RowStatement _write = engine.Prepare(
        connection,
        """
        INSERT INTO positions (symbol, quantity, quantity_decimals, fills, changed_record)
        VALUES ($symbol, $quantity, $decimals, $fills, $record)
        ON CONFLICT (symbol) DO UPDATE SET quantity = excluded.quantity,
            quantity_decimals = excluded.quantity_decimals, fills = excluded.fills,
            changed_record = excluded.changed_record
        """);

    private readonly Dictionary<SymbolText, Held> _positions = [];

    /// <summary>Adds a signed quantity; returns what is wrong, or null.</summary>
    public string? Move(DbTransaction transaction, long number, SymbolText symbol, ScaledQuantity quantity)
    {
        if (!_positions.TryGetValue(symbol, out Held held)) held = Read(transaction, symbol);
        if (!ScaledQuantity.TryAdd(held.Quantity, quantity, out ScaledQuantity sum))
        {
            string name = Encoding.UTF8.GetString(symbol.AsSpan());
            return $"the position of {name} ({held.Quantity} plus {quantity}) leaves 64 bits.";
        }

        _positions[symbol] = new Held(sum, held.Fills + 1, number);
        return null;
    }

    /// <summary>Writes what the group moved.</summary>
    public void Settle(DbTransaction transaction, ref long number)
    {
        foreach ((SymbolText symbol, Held held) in _positions)
        {
            number = held.ChangedRecord;
            _write.Begin(transaction).Add(symbol.AsSpan()).Add(held.Quantity.Mantissa).Add(held.Quantity.Decimals)
                .Add(held.Fills).Add(held.ChangedRecord).Run();
        }
    }

    /// <summary>The group is over, written or not.</summary>
    public void Forget() => _positions.Clear();

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }

    private Held Read(DbTransaction transaction, SymbolText symbol)
    {
        Held held = _read.Begin(transaction).Add(symbol.AsSpan()).TryRead()
            ? new Held(new ScaledQuantity(_read.Number(0), (int)_read.Number(1)), _read.Number(2), 0)
            : default;
        _read.EndRead();
        return held;
    }

    private readonly record struct Held(ScaledQuantity Quantity, long Fills, long ChangedRecord);
}
