using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;

namespace TradingBot.Storage.Export;

/// <summary>Rows as JSON, one object a line. Decimals are strings: a JSON number would be rounded by most
/// readers.</summary>
internal sealed class JsonRows(Stream output, IReadOnlyList<ExportColumn> columns) : IRowSink
{
    private readonly BufferedStream _output = new(output, 1 << 16);
    private readonly StringBuilder _text = new();
    private Utf8JsonWriter? _json;

    public void Add(ReadOnlySpan<Cell> row)
    {
        if (_json is null) _json = new Utf8JsonWriter(_output);
        else _json.Reset(_output);
        _json.WriteStartObject();
        for (int i = 0; i < row.Length; i++) Write(_json, columns[i], in row[i]);
        _json.WriteEndObject();
        _json.Flush();
        _output.WriteByte((byte)'\n');
    }

    public void Finish() => _output.Flush();

    public void Dispose()
    {
        _json?.Dispose();
        _output.Dispose();
    }

    private void Write(Utf8JsonWriter json, ExportColumn column, in Cell cell)
    {
        if (cell.IsNone)
        {
            json.WriteNull(column.Name);
            return;
        }

        switch (column.Kind)
        {
            case CellKind.Whole:
                json.WriteNumber(column.Name, (long)cell.Number);
                break;
            case CellKind.Truth:
                json.WriteBoolean(column.Name, cell.Number != 0);
                break;
            case CellKind.Text:
                json.WriteString(column.Name, cell.Text);
                break;
            default:
                _text.Clear();
                CellText.Append(_text, in cell, column.Kind);
                json.WriteString(column.Name, _text.ToString());
                break;
        }
    }
}
