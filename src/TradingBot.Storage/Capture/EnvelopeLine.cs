using System;
using System.Buffers.Text;
using System.Numerics;
using System.Text.Json;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Capture;

/// <summary>One line <c>{"recv_ns":…,"raw":"…"}</c>: its receive time, and its frame in a reused buffer.</summary>
/// <remarks>
/// Lines with exactly these keys in this order take one pass over the bytes. Any other line goes through a JSON reader
/// first, which also judges what is wrong with a bad one. What <c>capture export</c> writes has <c>dialect</c> too, and
/// where it is no frame, <c>kind</c>: <c>time</c> with an empty <c>raw</c>, or <c>gap</c> with the symbol there.
/// </remarks>
internal sealed class EnvelopeLine
{
    private const int FrameBytesInitial = 64 * 1024;

    private byte[] _frame = new byte[FrameBytesInitial];

    public byte[] Frame => _frame;

    public int FrameLength { get; private set; }

    public CapturedStamp Stamp { get; private set; }

    /// <summary>Reads a line; the answer is what is wrong with it, or null.</summary>
    public string? Read(ReadOnlySpan<byte> line)
    {
        // Unescaping never lengthens: the shortest escape, two bytes, gives one; \uXXXX, six, gives at most three.
        if (_frame.Length < line.Length) _frame = new byte[BitOperations.RoundUpToPowerOf2((uint)line.Length)];
        return TryReadUsual(line) ? null : ReadAny(line);
    }

    /// <summary>Whether a JSON object has a text <c>raw</c> at its top: what tells an envelope from a frame.</summary>
    public static bool IsEnvelope(ReadOnlySpan<byte> line, out bool isJson)
    {
        bool hasRaw = false;
        isJson = false;
        Utf8JsonReader reader = new(line);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
                if (!reader.ValueTextEquals("raw"u8)) continue;
                reader.Read();
                hasRaw |= reader.TokenType == JsonTokenType.String;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        isJson = true;
        return hasRaw;
    }

    private bool TryReadUsual(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> prefix = "{\"recv_ns\":"u8;
        if (!line.StartsWith(prefix)) return false;
        ReadOnlySpan<byte> rest = line[prefix.Length..];
        bool isNull = rest.StartsWith("null"u8);
        long time = 0;
        int taken = 4;
        if (!isNull && !(Utf8Parser.TryParse(rest, out time, out taken) && IsPlainInteger(rest[..taken]))) return false;
        rest = rest[taken..];
        ReadOnlySpan<byte> key = ",\"raw\":\""u8;
        if (!rest.StartsWith(key)) return false;
        rest = rest[key.Length..];
        int closing = JsonText.Unescape(rest, _frame, out int length);
        if (closing < 0 || !rest[closing..].SequenceEqual("\"}"u8)) return false;
        FrameLength = length;
        Stamp = new CapturedStamp(!isNull, time);
        return true;
    }

    /// <summary>JSON allows neither a plus sign nor leading zeros; the number parser does.</summary>
    private static bool IsPlainInteger(ReadOnlySpan<byte> digits) =>
        digits[0] is >= (byte)'1' and <= (byte)'9' || digits.SequenceEqual("0"u8);

    private string? ReadAny(ReadOnlySpan<byte> line)
    {
        Stamp = default;
        FrameLength = -1;
        Utf8JsonReader reader = new(line);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return "it is not a JSON object";
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                string? fault = ReadMember(ref reader);
                if (fault is not null) return fault;
            }

            reader.Read();
        }
        catch (JsonException fault)
        {
            return "it is not valid JSON (" + fault.Message + ")";
        }

        return FrameLength < 0 ? "it has no text \"raw\"" : null;
    }

    private string? ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("raw"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) return "\"raw\" is not a text";
            if (FrameLength >= 0) return "it has two \"raw\"";
            if (JsonText.Unescape(reader.ValueSpan, _frame, out int length) != reader.ValueSpan.Length)
            {
                return "\"raw\" holds half of a surrogate pair";
            }

            FrameLength = length;
            return null;
        }

        if (reader.ValueTextEquals("recv_ns"u8)) return ReadTime(ref reader);
        bool isDialect = reader.ValueTextEquals("dialect"u8);
        bool isKind = reader.ValueTextEquals("kind"u8);
        if (!isDialect && !isKind)
        {
            reader.Skip();
            return null;
        }

        reader.Read();
        string word = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        if (isDialect)
        {
            Stamp = Stamp with { Dialect = DialectNames.Of(word), IsOurs = true };
            return Stamp.Dialect == Dialect.None ? "\"dialect\" names no protocol" : null;
        }

        CapturedKind kind = word == "time" ? CapturedKind.Time : word == "gap" ? CapturedKind.Gap : CapturedKind.Frame;
        Stamp = Stamp with { Kind = kind };
        return kind == CapturedKind.Frame ? "\"kind\" is neither time nor gap" : null;
    }

    private string? ReadTime(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        long time = 0;
        bool isTime = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out time);
        if (!isTime) return "\"recv_ns\" is neither null nor a whole number of nanoseconds";
        Stamp = Stamp with { HasReceiveTime = true, ReceiveTimeNs = time };
        return null;
    }
}
