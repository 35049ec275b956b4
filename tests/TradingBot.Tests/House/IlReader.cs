using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Reflection;
using System.Reflection.Emit;

namespace TradingBot.Tests.House;

/// <summary>One instruction; the operand holds the metadata token where the code has one.</summary>
internal readonly record struct Instruction(int Offset, OpCode Code, int Operand)
{
    public bool CallsMethod => Code.OperandType == OperandType.InlineMethod;
}

/// <summary>
/// Decodes the body of a compiled method by the opcode table of the runtime itself (ECMA-335, partition III).
/// </summary>
internal static class IlReader
{
    private const byte TwoBytePrefix = 0xFE;

    private static readonly Dictionary<int, OpCode> Codes = ReadTable();

    public static IEnumerable<Instruction> Read(byte[] il)
    {
        int at = 0;
        while (at < il.Length)
        {
            int offset = at;
            int value = il[at++];
            if (value == TwoBytePrefix) value = (TwoBytePrefix << 8) | il[at++];
            OpCode code = Codes[value];
            int size = OperandBytes(code, il, at);
            int operand = size == 4 ? BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)) : 0;
            at += size;
            yield return new Instruction(offset, code, operand);
        }

        if (at != il.Length) throw new InvalidOperationException("The last instruction runs over the end of the body.");
    }

    private static int OperandBytes(OpCode code, byte[] il, int at) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at))),
        _ => 4,
    };

    private static Dictionary<int, OpCode> ReadTable()
    {
        Dictionary<int, OpCode> table = [];
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (field.GetValue(null) is OpCode code) table[(ushort)code.Value] = code;
        }

        return table;
    }
}
