using System;

namespace TradingBot.Worker.Circle;

/// <summary>Replaces the value of every member <c>"token"</c> by <c>masked</c>.</summary>
internal sealed class TokenMask
{
    private byte[] _masked = new byte[16 * 1024];

    private static ReadOnlySpan<byte> Member => "\"token\""u8;

    private static ReadOnlySpan<byte> Word => "masked"u8;

    /// <summary>The text itself when it has no such member; otherwise bytes that live until the next call.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text)
    {
        int length = 0;
        int copied = 0;
        for (int from = 0; ;)
        {
            int member = text[from..].IndexOf(Member);
            if (member < 0) break;
            from += member + Member.Length;
            int first = ValueAt(text, from);
            if (first < 0) continue;
            // Each value gives way to one that may be longer by the mask's length.
            int needed = length + (text.Length - copied) + Word.Length;
            if (needed > _masked.Length) Array.Resize(ref _masked, needed * 2);
            text[copied..first].CopyTo(_masked.AsSpan(length));
            length += first - copied;
            Word.CopyTo(_masked.AsSpan(length));
            length += Word.Length;
            copied = EndOf(text, first);
            from = copied;
        }

        if (copied == 0) return text;
        text[copied..].CopyTo(_masked.AsSpan(length));
        return _masked.AsSpan(0, length + text.Length - copied);
    }

    /// <summary>Where the text behind a member's name begins; -1 when its value is no text.</summary>
    private static int ValueAt(ReadOnlySpan<byte> text, int at)
    {
        bool colon = false;
        for (; at < text.Length; at++)
        {
            if (text[at] == (byte)'"' && colon) return at + 1;
            if (text[at] == (byte)':' && !colon) colon = true;
            else if (text[at] is not ((byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')) return -1;
        }

        return -1;
    }

    private static int EndOf(ReadOnlySpan<byte> text, int at)
    {
        for (; at < text.Length && text[at] != (byte)'"'; at++)
        {
            if (text[at] == (byte)'\\') at++;
        }

        return Math.Min(at, text.Length);
    }
}
