// In:     rows of flat columns.   Out: a Parquet file: PLAIN, uncompressed, a page per column and row group.
// Thread: the caller's.
// Keeps:  numbers are exact (DECIMAL of one scale per column); a number that does not fit is an error, never rounded.
// Budget: ≥ 1 million rows a second of candles; one row group of 65,536 rows in memory.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using TradingBot.Storage.Export;

namespace TradingBot.Storage.Parquet;

/// <summary>Writes a flat table as Parquet (github.com/apache/parquet-format): no package is to be had.</summary>
internal sealed class ParquetRows : IRowSink
{
    private const int GroupRows = 65_536;

    // parquet.thrift: Encoding.
    private const int EncodingPlain = 0;
    private const int EncodingRle = 3;

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    private readonly Stream _output;
    private readonly ParquetColumn[] _columns;
    private readonly List<Group> _groups = [];
    private long _at;
    private long _rows;

    /// <param name="output">Where to; it need not seek.</param>
    /// <param name="columns">The table's columns.</param>
    /// <param name="decimals">Of each column: the greatest that occurs.</param>
    public ParquetRows(Stream output, IReadOnlyList<ExportColumn> columns, ReadOnlySpan<int> decimals)
    {
        _output = output;
        _columns = new ParquetColumn[columns.Count];
        for (int i = 0; i < columns.Count; i++) _columns[i] = new ParquetColumn(columns[i], decimals[i]);
        Write(Magic);
    }

    /// <exception cref="InvalidDataException">A number does not fit its column.</exception>
    public void Add(ReadOnlySpan<Cell> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (_columns[i].TryAdd(in row[i])) continue;
            throw new InvalidDataException(
                $"row {_rows + 1}: {_columns[i].Column.Name} does not fit a Parquet decimal of 38 digits; "
                + "export to CSV instead, or again if the rows were changed meanwhile.");
        }

        _rows++;
        if (_columns[0].Count == GroupRows) WriteGroup();
    }

    public void Finish()
    {
        if (_columns[0].Count > 0) WriteGroup();
        byte[] footer = Footer();
        Write(footer);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        Write(length);
        Write(Magic);
        _output.Flush();
    }

    public void Dispose() => _output.Dispose();

    private void WriteGroup()
    {
        int rows = _columns[0].Count;
        Chunk[] chunks = new Chunk[_columns.Length];
        for (int i = 0; i < _columns.Length; i++)
        {
            byte[] page = _columns[i].TakePage();
            byte[] header = new CompactThrift().Int(1, 0).Int(2, page.Length).Int(3, page.Length)
                .Struct(5).Int(1, rows).Int(2, EncodingPlain).Int(3, EncodingRle).Int(4, EncodingRle).End()
                .End().ToArray();
            chunks[i] = new Chunk(_at, header.Length + page.Length);
            Write(header);
            Write(page);
        }

        _groups.Add(new Group(rows, chunks));
    }

    private byte[] Footer()
    {
        CompactThrift thrift = new();
        thrift.Int(1, 1).Structs(2, _columns.Length + 1);
        thrift.Item().Text(4, "schema").Int(5, _columns.Length).End();
        foreach (ParquetColumn column in _columns) column.Describe(thrift);
        thrift.Long(3, _rows).Structs(4, _groups.Count);
        foreach (Group group in _groups)
        {
            long bytes = 0;
            thrift.Item().Structs(1, group.Chunks.Length);
            for (int i = 0; i < group.Chunks.Length; i++)
            {
                Chunk chunk = group.Chunks[i];
                bytes += chunk.Bytes;
                thrift.Item().Long(2, chunk.Offset).Struct(3)
                    .Int(1, _columns[i].Type).Ints(2, EncodingPlain, EncodingRle).Texts(3, _columns[i].Column.Name)
                    .Int(4, 0).Long(5, group.Rows).Long(6, chunk.Bytes).Long(7, chunk.Bytes).Long(9, chunk.Offset)
                    .End().End();
            }

            thrift.Long(2, bytes).Long(3, group.Rows).End();
        }

        return thrift.Text(6, "tradingbot").End().ToArray();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _at += bytes.Length;
    }

    private readonly record struct Chunk(long Offset, long Bytes);

    private sealed record Group(int Rows, Chunk[] Chunks);
}
