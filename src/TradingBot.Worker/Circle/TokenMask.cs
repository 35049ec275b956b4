using System;

namespace TradingBot.Worker.Circle;

/// <summary>
/// Replaces by <c>masked</c> the value of every member that opens an account: a token, an API key, a signed challenge.
/// </summary>
internal sealed class TokenMask
{
    private byte[] _masked = new byte[16 * 1024];

    private static ReadOnlySpan<byte> Word => "masked"u8;

    /// <summary>The text itself when it has no such member; otherwise bytes that live until the next call.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text)
    {
        int length = 0;
        int copied = 0;
        for (int from = 0; ;)
        {
            int member = NextMember(text[from..], out int name);
            if (member < 0) break;
            from += member + name;
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

    /// <summary>Where the first of the members' names stands, and its length; -1: there is none.</summary>
    private static int NextMember(ReadOnlySpan<byte> text, out int length)
    {
        int first = -1;
        length = 0;
        for (int i = 0; i < 3; i++)
        {
            ReadOnlySpan<byte> name = i switch
            {
                0 => "\"token\""u8,
                1 => "\"api_key\""u8,
                _ => "\"signed_challenge\""u8,
            };
            int at = (first < 0 ? text : text[..first]).IndexOf(name);
            if (at < 0) continue;
            first = at;
            length = name.Length;
        }

        return first;
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
