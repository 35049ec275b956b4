using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace TradingBot.Storage.Export;

/// <summary>Rows as CSV (RFC 4180): a header, a line each, LF at the end.</summary>
internal sealed class CsvRows : IRowSink
{
    private readonly IReadOnlyList<ExportColumn> _columns;
    private readonly StreamWriter _output;
    private readonly StringBuilder _line = new();

    public CsvRows(Stream output, IReadOnlyList<ExportColumn> columns)
    {
        _columns = columns;
        _output = new StreamWriter(output, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        foreach (ExportColumn column in columns) _line.Append(_line.Length > 0 ? "," : "").Append(column.Name);
        WriteLine();
    }

    public void Add(ReadOnlySpan<Cell> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (i > 0) _line.Append(',');
            if (_columns[i].Kind == CellKind.Text) AppendQuoted(row[i].Text);
            else CellText.Append(_line, in row[i], _columns[i].Kind);
        }

        WriteLine();
    }

    public void Finish() => _output.Flush();

    public void Dispose() => _output.Dispose();

    private void AppendQuoted(string? text)
    {
        if (text is null) return;
        bool plain = text.AsSpan().IndexOfAny(",\"\r\n") < 0;
        if (plain) _line.Append(text);
        else _line.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    private void WriteLine()
    {
        _output.WriteLine(_line);
        _line.Clear();
    }
}
