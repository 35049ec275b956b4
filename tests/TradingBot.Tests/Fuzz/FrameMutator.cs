using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace TradingBot.Tests.Fuzz;

/// <summary>Makes damaged and merely unusual frames out of good ones, by one to four mutations each.</summary>
/// <remarks>
/// Most mutations keep a frame readable, because a campaign that only finds refusals compares nothing: weights are such
/// that at least a fifth of all mutants still parse.
/// </remarks>
internal sealed class FrameMutator(byte[][] corpus, Random random)
{
    private const int MutationsMax = 4;

    /// <summary>Mutants stop growing here; a splice of splices would otherwise double each time.</summary>
    private const int BytesMax = 8_192;

    private static readonly string[] Values =
    [
        "null", "true", "false", "[]", "{}", "\"\"", "0", "-0", "-1", "1", "0.0", "1.5", "1e3", "\"1\"",
        "\"x\"", "1e400", "5e-19", "1e-18", "9223372036854775807", "9223372036854775808", "4294967295",
        "4294967296", "2147483648", "18", "-18", "19", "[[]]", "{\"a\":1}", "\"2026-02-29T00:00:00Z\"",
        "\"2026-03-04T05:06:07.123456789Z\"", "\"AN-OVERLONG-SYMBOL-OF-33-LETTERS.\"", "\"A SPACE\"",
        "\"\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"",
    ];

    private static readonly string[] Words =
    [
        "buy", "sell", "b", "s", "l", "m", "r", "limit", "market", "snapshot", "update", "online",
        "maintenance", "reduce_only", "book", "trade", "ticker", "ohlc", "spread", "instrument", "status",
        "heartbeat", "fill", "block", "book_snapshot", "trade_snapshot", "ticker_lite", "subscribed",
        "unsubscribed", "subscribe", "unsubscribe", "pong", "error", "info", "alert", "book-10", "book-",
        "ohlc-5", "ohlc-1234567890", "ETH/USD", "Buy", "online ", "",
    ];

    private static readonly string[] Keys =
    [
        "zz", "channel", "type", "data", "method", "result", "success", "error", "Error", "symbol", "timestamp",
        "time", "price", "qty", "bids", "asks", "checksum", "event", "feed", "seq", "side", "as", "bs", "a",
        "b", "c", "product_id", "message", "time_in", "asset_class", "depth", "interval", "pair", "status",
        "ord_type", "trade_id", "bid", "last",
    ];

    private byte[] _frame = [];

    /// <summary>Every mutation: gentle ones, which usually leave a readable frame, are drawn more often.</summary>
    private (int Weight, Action Mutate)[] Mutations =>
    [
        (12, ChangeDigit),
        (8, InsertExponent),
        (10, SwapMembers),
        (10, ToggleQuotes),
        (12, InsertWhiteSpace),
        (12, InsertUnknownMember),
        (10, EscapeCharacter),
        (6, RepeatElement),
        (4, RemoveElement),
        (5, PadNumber),
        (6, ChangeWord),
        (7, EnlargeNumber),
        (8, ReplaceValue),
        (5, InsertMember),
        (3, RepeatMember),
        (3, RemoveMember),
        (2, GraftValue),
        (2, Nest),
        (1, FlipByte),
        (1, InsertByte),
        (1, Truncate),
        (1, Splice),
    ];

    public byte[] Next()
    {
        _frame = Pick(corpus);
        // One mutation in half of the mutants, four in an eighth.
        int count = 1;
        while (count < MutationsMax && random.Next(2) == 0) count++;
        (int Weight, Action Mutate)[] mutations = Mutations;
        int total = mutations.Sum(mutation => mutation.Weight);
        for (int i = 0; i < count; i++)
        {
            int draw = random.Next(total);
            int index = 0;
            while (draw >= mutations[index].Weight) draw -= mutations[index++].Weight;
            mutations[index].Mutate();
            if (_frame.Length > BytesMax) _frame = _frame[..BytesMax];
        }

        return _frame;
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private void Replace(int start, int end, ReadOnlySpan<byte> bytes) =>
        _frame = [.. _frame.AsSpan(0, start), .. bytes, .. _frame.AsSpan(end)];

    private void Replace(int start, int end, string text) => Replace(start, end, Encoding.UTF8.GetBytes(text));

    private string TextOf(int start, int end) => Encoding.UTF8.GetString(_frame, start, end - start);

    /// <summary>The values that hold a number, in quotes or not: the span is that of the digits.</summary>
    private bool TryPickNumber(out int start, out int end)
    {
        start = end = 0;
        JsonSpans? spans = JsonSpans.TryOf(_frame);
        if (spans is null) return false;
        List<(int Start, int End)> numbers = [];
        foreach (JsonSpans.Value value in spans.Values)
        {
            if (value.IsNumber) numbers.Add((value.Start, value.End));
            if (value.IsText && value.End - value.Start > 2 && char.IsAsciiDigit((char)_frame[value.Start + 1]))
            {
                numbers.Add((value.Start + 1, value.End - 1));
            }
        }

        if (numbers.Count == 0) return false;
        (start, end) = Pick(numbers);
        return true;
    }

    private bool TryPickMember(out JsonSpans spans, out JsonSpans.Member member)
    {
        spans = JsonSpans.TryOf(_frame)!;
        member = default;
        if (spans is null || spans.Members.Count == 0) return false;
        member = Pick(spans.Members);
        return true;
    }

    private bool TryPickValue(out JsonSpans.Value value)
    {
        value = default;
        JsonSpans? spans = JsonSpans.TryOf(_frame);
        if (spans is null) return false;
        value = Pick(spans.Values);
        return true;
    }

    private void ChangeDigit()
    {
        if (!TryPickNumber(out int start, out int end)) return;
        int[] digits = [.. Enumerable.Range(start, end - start).Where(i => char.IsAsciiDigit((char)_frame[i]))];
        if (digits.Length == 0) return;
        int position = Pick(digits);
        Replace(position, position + 1, [(byte)('0' + random.Next(10))]);
    }

    private void InsertExponent()
    {
        if (!TryPickNumber(out _, out int end)) return;
        int exponent = random.Next(6) == 0 ? random.Next(-400, 400) : random.Next(-3, 4);
        string sign = exponent >= 0 && random.Next(2) == 0 ? "+" : "";
        string letter = random.Next(2) == 0 ? "e" : "E";
        Replace(end, end, string.Create(CultureInfo.InvariantCulture, $"{letter}{sign}{exponent}"));
    }

    /// <summary>Zeros behind a fraction, or a fraction of zeros: another text, the same value.</summary>
    private void PadNumber()
    {
        if (!TryPickNumber(out int start, out int end)) return;
        if (_frame.AsSpan(start, end - start).IndexOfAny("eETZ"u8) >= 0) return;
        string dot = _frame.AsSpan(start, end - start).Contains((byte)'.') ? "" : ".";
        Replace(end, end, dot + new string('0', random.Next(1, 22)));
    }

    private void EnlargeNumber()
    {
        if (!TryPickNumber(out int start, out int end)) return;
        int count = random.Next(4) == 0 ? random.Next(1, 400) : random.Next(1, 19);
        string digits = string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + random.Next(10))));
        Replace(random.Next(3) == 0 ? start : end, end, digits);
    }

    private void ToggleQuotes()
    {
        if (!TryPickNumber(out int start, out int end)) return;
        bool quoted = start > 0 && _frame[start - 1] == '"';
        if (quoted) Replace(start - 1, end + 1, _frame.AsSpan(start, end - start));
        else Replace(start, end, $"\"{TextOf(start, end)}\"");
    }

    private void InsertWhiteSpace()
    {
        if (!TryPickValue(out JsonSpans.Value value)) return;
        int position = random.Next(2) == 0 ? value.Start : value.End;
        Replace(position, position, Pick([" ", "\n", "\t", "\r\n", "    "]));
    }

    private void EscapeCharacter()
    {
        if (JsonSpans.TryOf(_frame) is not { } spans) return;
        List<(int Start, int End)> texts = [.. spans.Members.Select(member => (member.Start, member.KeyEnd))];
        texts.AddRange(spans.Values.Where(value => value.IsText).Select(value => (value.Start, value.End)));
        texts.RemoveAll(text => text.End - text.Start <= 2);
        if (texts.Count == 0) return;
        (int start, int end) = Pick(texts);
        int position = random.Next(start + 1, end - 1);
        // A character that is part of an escape already stays: escaping it would usually only break the frame.
        if (_frame[position] >= 0x80 || _frame.AsSpan(start, end - start).Contains((byte)'\\')) return;
        string format = random.Next(2) == 0 ? "x4" : "X4";
        Replace(position, position + 1, "\\u" + _frame[position].ToString(format, CultureInfo.InvariantCulture));
    }

    private void ChangeWord()
    {
        if (JsonSpans.TryOf(_frame) is not { } spans) return;
        JsonSpans.Value[] texts = [.. spans.Values.Where(value => value.IsText)];
        if (texts.Length == 0) return;
        JsonSpans.Value text = Pick(texts);
        Replace(text.Start, text.End, $"\"{Pick(Words)}\"");
    }

    private void ReplaceValue()
    {
        if (TryPickValue(out JsonSpans.Value value)) Replace(value.Start, value.End, Pick(Values));
    }

    private void InsertUnknownMember()
    {
        string value = Pick(
            ["1", "null", "\"text\"", "[1,{\"price\":2}]", "{\"symbol\":\"X\",\"channel\":\"book\"}", "1e999"]);
        InsertMember($"\"zz{random.Next(3)}\":{value}");
    }

    private void InsertMember() => InsertMember($"\"{Pick(Keys)}\":{Pick(Values)}");

    private void InsertMember(string text)
    {
        if (!TryPickMember(out _, out JsonSpans.Member member)) return;
        if (random.Next(2) == 0) Replace(member.Start, member.Start, text + ",");
        else Replace(member.End, member.End, "," + text);
    }

    private void RepeatMember()
    {
        if (!TryPickMember(out _, out JsonSpans.Member member)) return;
        Replace(member.End, member.End, "," + TextOf(member.Start, member.End));
    }

    private void SwapMembers()
    {
        if (!TryPickMember(out JsonSpans spans, out JsonSpans.Member one)) return;
        JsonSpans.Member two = Pick([.. spans.Members.Where(member => member.Object == one.Object)]);
        if (one.Start == two.Start) return;
        (JsonSpans.Member first, JsonSpans.Member second) = one.Start < two.Start ? (one, two) : (two, one);
        Replace(
            first.Start,
            second.End,
            TextOf(second.Start, second.End) + TextOf(first.End, second.Start) + TextOf(first.Start, first.End));
    }

    private void RemoveMember()
    {
        if (!TryPickMember(out JsonSpans spans, out JsonSpans.Member member)) return;
        IEnumerable<JsonSpans.Member> siblings = spans.Members.Where(other => other.Object == member.Object);
        Remove(member.Start, member.End, [.. siblings.Select(sibling => sibling.Start)]);
    }

    private void RepeatElement()
    {
        if (JsonSpans.TryOf(_frame) is not { Elements.Count: > 0 } spans) return;
        (int _, int start, int end) = Pick(spans.Elements);
        Replace(end, end, "," + TextOf(start, end));
    }

    private void RemoveElement()
    {
        if (JsonSpans.TryOf(_frame) is not { Elements.Count: > 0 } spans) return;
        (int array, int start, int end) = Pick(spans.Elements);
        Remove(start, end, [.. spans.Elements.Where(other => other.Array == array).Select(other => other.Start)]);
    }

    /// <summary>Removes one of several siblings with the comma that belongs to it.</summary>
    private void Remove(int start, int end, int[] siblings)
    {
        int comma = Array.FindIndex(siblings, sibling => sibling > start);
        if (comma >= 0) Replace(start, siblings[comma], "");
        else if (siblings.Length > 1) Replace(_frame.AsSpan(0, start).LastIndexOf((byte)','), end, "");
        else Replace(start, end, "");
    }

    /// <summary>A value of another frame in the place of one of this frame.</summary>
    private void GraftValue()
    {
        if (!TryPickValue(out JsonSpans.Value value)) return;
        byte[] donor = Pick(corpus);
        if (JsonSpans.TryOf(donor) is not { } spans) return;
        JsonSpans.Value graft = Pick(spans.Values);
        Replace(value.Start, value.End, donor.AsSpan(graft.Start, graft.End - graft.Start));
    }

    /// <summary>Arrays or objects around a value, sometimes beyond the depth that is allowed.</summary>
    private void Nest()
    {
        if (!TryPickValue(out JsonSpans.Value value)) return;
        int depth = random.Next(2) == 0 ? random.Next(1, 3) : random.Next(58, 70);
        bool arrays = random.Next(2) == 0;
        string opening = string.Concat(Enumerable.Repeat(arrays ? "[" : "{\"zz\":", depth));
        string closing = new(arrays ? ']' : '}', depth);
        string nested = opening + TextOf(value.Start, value.End) + closing;
        // In half of the cases as an unknown member, where depth is all that matters.
        if (random.Next(2) == 0) InsertMember($"\"zz\":{nested}");
        else Replace(value.Start, value.End, nested);
    }

    private void FlipByte()
    {
        if (_frame.Length == 0) return;
        int position = random.Next(_frame.Length);
        byte flipped = (byte)(_frame[position] ^ (1 << random.Next(8)));
        Replace(position, position + 1, [flipped]);
    }

    private void InsertByte()
    {
        int position = random.Next(_frame.Length + 1);
        byte inserted = random.Next(2) == 0 ? (byte)random.Next(256) : Pick("{}[],:\"\\0-"u8.ToArray());
        Replace(position, position, [inserted]);
    }

    private void Truncate() => _frame = _frame[..random.Next(_frame.Length + 1)];

    private void Splice()
    {
        byte[] other = Pick(corpus);
        Replace(random.Next(_frame.Length + 1), _frame.Length, other.AsSpan(random.Next(other.Length + 1)));
    }
}
