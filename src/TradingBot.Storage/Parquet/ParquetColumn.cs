using System;
using System.Buffers.Binary;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Export;

namespace TradingBot.Storage.Parquet;

/// <summary>One column of a row group while it is filled: PLAIN values and whether each is there.</summary>
/// <param name="column">Name and kind.</param>
/// <param name="decimals">Decimals of the whole column; a decimal type has one scale.</param>
internal sealed class ParquetColumn(ExportColumn column, int decimals)
{
    // parquet.thrift: Type.
    private const int TypeBoolean = 0;
    private const int TypeInt64 = 2;
    private const int TypeByteArray = 6;
    private const int TypeFixed = 7;

    // parquet.thrift: ConvertedType, for readers that do not know logical types.
    private const int ConvertedUtf8 = 0;
    private const int ConvertedDecimal = 5;

    /// <summary>16 bytes hold every number of 38 digits.</summary>
    private const int FixedBytes = 16;

    private const int PrecisionMax = 38;

    private byte[] _values = new byte[1 << 16];
    private byte[] _levels = new byte[1 << 10];
    private int _length;
    private int _bits;

    public ExportColumn Column => column;

    public int Count { get; private set; }

    public int Type => column.Kind switch
    {
        CellKind.Truth => TypeBoolean,
        CellKind.Text => TypeByteArray,
        CellKind.Number => TypeFixed,
        _ => TypeInt64,
    };

    /// <summary>Adds a value; false when it does not fit the column's scale.</summary>
    public bool TryAdd(in Cell cell)
    {
        if (Count % 8 == 0 && Count / 8 == _levels.Length) Array.Resize(ref _levels, _levels.Length * 2);
        if (Count % 8 == 0) _levels[Count / 8] = 0;
        if (!cell.IsNone) _levels[Count / 8] |= (byte)(1 << (Count % 8));
        Count++;
        if (cell.IsNone) return column.IsOptional;
        switch (column.Kind)
        {
            case CellKind.Truth:
                AddBit(cell.Number != 0);
                return true;
            case CellKind.Text:
                AddText(cell.Text!);
                return true;
            case CellKind.Number:
                return TryAddFixed(in cell);
            default:
                BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), (long)cell.Number);
                return true;
        }
    }

    /// <summary>The page's bytes: definition levels where a value may be missing, then the values.</summary>
    public byte[] TakePage()
    {
        int levels = column.IsOptional ? LevelBytes(Count) : 0;
        byte[] page = new byte[levels + _length];
        if (column.IsOptional) WriteLevels(page);
        _values.AsSpan(0, _length).CopyTo(page.AsSpan(levels));
        (_length, _bits, Count) = (0, 0, 0);
        return page;
    }

    /// <summary>The column as an element of the schema.</summary>
    public void Describe(CompactThrift thrift)
    {
        thrift.Item().Int(1, Type);
        if (column.Kind == CellKind.Number) thrift.Int(2, FixedBytes);
        thrift.Int(3, column.IsOptional ? 1 : 0).Text(4, column.Name);
        switch (column.Kind)
        {
            case CellKind.Text:
                thrift.Int(6, ConvertedUtf8).Struct(10).Struct(1).End().End();
                break;
            case CellKind.Number:
                thrift.Int(6, ConvertedDecimal).Int(7, decimals).Int(8, PrecisionMax)
                    .Struct(10).Struct(5).Int(1, decimals).Int(2, PrecisionMax).End().End();
                break;
            case CellKind.Time:
                // TIMESTAMP(isAdjustedToUTC, NANOS); the older ConvertedType knows no nanoseconds.
                thrift.Struct(10).Struct(8).Bool(1, true).Struct(2).Struct(3).End().End().End().End();
                break;
            default:
                break;
        }

        thrift.End();
    }

    /// <summary>Length, then one bit-packed run: a varint header and a bit a value.</summary>
    private static int LevelBytes(int count)
    {
        int groups = (count + 7) / 8;
        int header = groups < 1 << 6 ? 1 : groups < 1 << 13 ? 2 : 3;
        return sizeof(int) + header + groups;
    }

    private void WriteLevels(Span<byte> page)
    {
        int groups = (Count + 7) / 8;
        BinaryPrimitives.WriteInt32LittleEndian(page, LevelBytes(Count) - sizeof(int));
        int at = sizeof(int);
        uint header = ((uint)groups << 1) | 1;
        while (header >= 0x80)
        {
            page[at++] = (byte)(header | 0x80);
            header >>= 7;
        }

        page[at++] = (byte)header;
        _levels.AsSpan(0, groups).CopyTo(page[at..]);
    }

    private void AddBit(bool value)
    {
        int bit = _bits++ % 8;
        if (bit == 0) Room(1)[0] = 0;
        if (value) _values[_length - 1] |= (byte)(1 << bit);
    }

    private void AddText(string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        Span<byte> room = Room(sizeof(int) + bytes);
        BinaryPrimitives.WriteInt32LittleEndian(room, bytes);
        Encoding.UTF8.GetBytes(text, room[sizeof(int)..]);
    }

    private bool TryAddFixed(in Cell cell)
    {
        int exponent = decimals - cell.Decimals;
        if (exponent is < 0 or > Pow10.DecimalsMax) return false;
        Int128 factor = Pow10.Of(exponent);
        Int128 limit = (Int128)Pow10.Of(18) * Pow10.Of(18) * 100 / factor;
        if (cell.Number >= limit || cell.Number <= -limit) return false;
        BinaryPrimitives.WriteInt128BigEndian(Room(FixedBytes), cell.Number * factor);
        return true;
    }

    private Span<byte> Room(int bytes)
    {
        while (_length + bytes > _values.Length) Array.Resize(ref _values, _values.Length * 2);
        _length += bytes;
        return _values.AsSpan(_length - bytes, bytes);
    }
}
