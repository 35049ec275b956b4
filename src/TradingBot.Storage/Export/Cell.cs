using System;

namespace TradingBot.Storage.Export;

/// <summary>What a column holds.</summary>
public enum CellKind : byte
{
    Text = 0,
    Whole = 1,

    /// <summary>An exact decimal: a mantissa with its decimals.</summary>
    Number = 2,

    /// <summary>Unix ns, shown as RFC 3339 in UTC.</summary>
    Time = 3,
    Truth = 4,
}

/// <summary>A column of an export.</summary>
/// <param name="Name">As users know it.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="IsOptional">Whether a row may have nothing there.</param>
public sealed record ExportColumn(string Name, CellKind Kind, bool IsOptional = false);

/// <summary>One value of a row.</summary>
/// <param name="Number">Mantissa, whole number, Unix ns, or 0 and 1.</param>
/// <param name="Decimals">Of a mantissa; 0 otherwise.</param>
/// <param name="Text">Of a text.</param>
/// <param name="IsNone">There is nothing.</param>
public readonly record struct Cell(Int128 Number, int Decimals, string? Text, bool IsNone)
{
    public static Cell None => new(0, 0, null, true);

    public static Cell Of(string? text) => new(0, 0, text, text is null);

    public static Cell Of(Int128 number, int decimals = 0) => new(number, decimals, null, false);

    public static Cell Of(bool truth) => new(truth ? 1 : 0, 0, null, false);
}

/// <summary>Takes the rows of an export, one after the other.</summary>
public interface IRowSink : IDisposable
{
    /// <summary>One row: a cell for each column, in order.</summary>
    void Add(ReadOnlySpan<Cell> row);

    /// <summary>Nothing follows; what is written is whole.</summary>
    void Finish();
}
