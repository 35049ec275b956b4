using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;

namespace TradingBot.Storage.Parquet;

/// <summary>Writes Thrift's compact protocol, as far as Parquet's headers need it.</summary>
/// <remarks>github.com/apache/thrift, doc/specs/thrift-compact-protocol.md: a field is a byte of id delta and type, or
/// the type and the id; numbers are zigzag varints; a list begins with its size and the type of its items.</remarks>
internal sealed class CompactThrift
{
    private const byte TypeTrue = 1;
    private const byte TypeFalse = 2;
    private const byte TypeInt32 = 5;
    private const byte TypeInt64 = 6;
    private const byte TypeBinary = 8;
    private const byte TypeList = 9;
    private const byte TypeStruct = 12;

    /// <summary>Lists of up to this many items have their size in the first byte.</summary>
    private const int ShortList = 14;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Stack<short> _outer = new();
    private short _last;

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public CompactThrift Int(short id, int value)
    {
        Field(id, TypeInt32);
        Zigzag(value);
        return this;
    }

    public CompactThrift Long(short id, long value)
    {
        Field(id, TypeInt64);
        Zigzag(value);
        return this;
    }

    public CompactThrift Bool(short id, bool value)
    {
        Field(id, value ? TypeTrue : TypeFalse);
        return this;
    }

    public CompactThrift Text(short id, string value)
    {
        Field(id, TypeBinary);
        Binary(value);
        return this;
    }

    /// <summary>Begins a struct that is a field; <see cref="End"/> ends it.</summary>
    public CompactThrift Struct(short id)
    {
        Field(id, TypeStruct);
        return Item();
    }

    /// <summary>Begins a struct that is an item of a list; the outermost struct begins by itself.</summary>
    public CompactThrift Item()
    {
        _outer.Push(_last);
        _last = 0;
        return this;
    }

    /// <summary>Ends a struct.</summary>
    public CompactThrift End()
    {
        Put(0);
        if (_outer.Count > 0) _last = _outer.Pop();
        return this;
    }

    public CompactThrift Structs(short id, int count) => List(id, count, TypeStruct);

    public CompactThrift Ints(short id, params ReadOnlySpan<int> values)
    {
        List(id, values.Length, TypeInt32);
        foreach (int value in values) Zigzag(value);
        return this;
    }

    public CompactThrift Texts(short id, string only)
    {
        List(id, 1, TypeBinary);
        Binary(only);
        return this;
    }

    private CompactThrift List(short id, int count, byte type)
    {
        Field(id, TypeList);
        if (count <= ShortList)
        {
            Put((byte)((count << 4) | type));
        }
        else
        {
            Put((byte)(0xF0 | type));
            Varint((ulong)count);
        }

        return this;
    }

    private void Field(short id, byte type)
    {
        int delta = id - _last;
        if (delta is > 0 and <= 15)
        {
            Put((byte)((delta << 4) | type));
        }
        else
        {
            Put(type);
            Zigzag(id);
        }

        _last = id;
    }

    private void Binary(string value)
    {
        byte[] text = Encoding.UTF8.GetBytes(value);
        Varint((ulong)text.Length);
        _bytes.Write(text);
    }

    private void Put(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    private void Zigzag(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            Put((byte)(value | 0x80));
            value >>= 7;
        }

        Put((byte)value);
    }
}
