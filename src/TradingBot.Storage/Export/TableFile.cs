// In:     rows of a table, told twice.   Out: a file of the format its name says, whole or not there.
// Thread: the caller's.
// Keeps:  the file appears under its name when it is whole; what was there before stays until then.
using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using TradingBot.Storage.Database;
using TradingBot.Storage.Parquet;

namespace TradingBot.Storage.Export;

/// <summary>Formats of an export.</summary>
public enum TableFormat : byte
{
    Csv = 0,
    JsonLines = 1,
    Parquet = 2,
}

/// <summary>An export to a file.</summary>
/// <param name="path">Where; <c>-</c> is standard output. A name that ends in .gz is compressed.</param>
/// <param name="format">What to write.</param>
/// <param name="columns">The table's columns.</param>
public sealed class TableFile(string path, TableFormat format, IReadOnlyList<ExportColumn> columns)
{
    private const string Unfinished = ".part";

    /// <summary>Hands every row to a sink; called twice when the format needs to know the rows beforehand.</summary>
    /// <returns>Null, or why they could not be read.</returns>
    public delegate StoreFault? Tell(IRowSink sink);

    /// <summary>Rows written.</summary>
    public long Rows { get; private set; }

    /// <summary>The format a name stands for; null for none.</summary>
    public static TableFormat? FormatOf(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        bool plain = name.Length == path.Length;
        return Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".CSV" => TableFormat.Csv,
            ".JSONL" or ".NDJSON" => TableFormat.JsonLines,
            ".PARQUET" when plain => TableFormat.Parquet,
            _ => path == "-" ? TableFormat.Csv : null,
        };
    }

    /// <summary>Writes the file; null, or why the rows could not be read: then there is no new file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="InvalidDataException">A number does not fit the format.</exception>
    /// <exception cref="OperationCanceledException">Whoever tells was stopped.</exception>
    public StoreFault? Write(Tell tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        int[] decimals = new int[columns.Count];
        if (format == TableFormat.Parquet)
        {
            using Measure measure = new(decimals);
            StoreFault? unread = tell(measure);
            if (unread is not null) return unread;
        }

        if (path == "-") return WriteTo(Console.OpenStandardOutput(), decimals, tell);
        string part = path + Unfinished;
        try
        {
            StoreFault? fault;
            using (FileStream file = new(part, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16))
            {
                fault = WriteTo(file, decimals, tell);
            }

            if (fault is null) File.Move(part, path, overwrite: true);
            return fault;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private StoreFault? WriteTo(Stream file, int[] decimals, Tell tell)
    {
        bool packed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        Stream output = packed ? new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true) : file;
        using IRowSink sink = format switch
        {
            TableFormat.JsonLines => new JsonRows(output, columns),
            TableFormat.Parquet => new ParquetRows(output, columns, decimals),
            _ => new CsvRows(output, columns),
        };
        using Counted counted = new(sink);
        StoreFault? fault = tell(counted);
        if (fault is null) counted.Finish();
        Rows = counted.Rows;
        return fault;
    }

    /// <summary>Finds the decimals each column needs.</summary>
    private sealed class Measure(int[] decimals) : IRowSink
    {
        public void Add(ReadOnlySpan<Cell> row)
        {
            for (int i = 0; i < row.Length; i++) decimals[i] = Math.Max(decimals[i], row[i].Decimals);
        }

        public void Finish()
        {
            // Nothing is written.
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed class Counted(IRowSink sink) : IRowSink
    {
        public long Rows { get; private set; }

        public void Add(ReadOnlySpan<Cell> row)
        {
            sink.Add(row);
            Rows++;
        }

        public void Finish() => sink.Finish();

        public void Dispose()
        {
            // The sink has its owner.
        }
    }
}
