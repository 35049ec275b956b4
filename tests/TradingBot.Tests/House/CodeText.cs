using System;

namespace TradingBot.Tests.House;

/// <summary>
/// C# source with comments, strings and characters blanked out; every offset and line stays where it was.
/// </summary>
/// <remarks>
/// A scanner, not a compiler: enough to count braces and find words in code, for sources that compile.
/// </remarks>
internal sealed class CodeText
{
    private readonly string _text;
    private readonly char[] _code;
    private int _at;

    private CodeText(string text)
    {
        _text = text;
        _code = text.ToCharArray();
    }

    public static string Blank(string text)
    {
        CodeText scan = new(text);
        while (scan._at < text.Length) scan.Step();
        return new string(scan._code);
    }

    private void Step()
    {
        if (Looking("//")) Erase(LineEnd(_at));
        else if (Looking("/*")) Erase(After("*/", _at + 2));
        else if (_text[_at] == '\'') Erase(CharacterEnd());
        else if (_text[_at] is '"' or '$' or '@' && StringStart() >= 0) EraseString(StringStart());
        else _at++;
    }

    /// <summary>Offset of the first quote when a string starts here, else -1.</summary>
    private int StringStart()
    {
        int i = _at;
        while (i < _text.Length && _text[i] is '$' or '@') i++;
        return i < _text.Length && _text[i] == '"' ? i : -1;
    }

    private void EraseString(int quote)
    {
        ReadOnlySpan<char> prefix = _text.AsSpan(_at, quote - _at);
        bool verbatim = prefix.Contains('@');
        bool interpolated = prefix.Contains('$');
        int quotes = 0;
        while (quote + quotes < _text.Length && _text[quote + quotes] == '"') quotes++;
        if (quotes >= 3)
        {
            Erase(After(new string('"', quotes), quote + quotes));
            return;
        }

        Erase(quote + 1);
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c == '"' && verbatim && _at + 1 < _text.Length && _text[_at + 1] == '"') Erase(_at + 2);
            else if (c == '"') break;
            else if (c == '\\' && !verbatim) Erase(_at + 2);
            else if (c == '{' && interpolated) EraseHole();
            else Erase(_at + 1);
        }

        Erase(_at + 1);
    }

    /// <summary>A hole may hold strings of its own; two opening braces are one literal brace.</summary>
    private void EraseHole()
    {
        if (Looking("{{"))
        {
            Erase(_at + 2);
            return;
        }

        int start = _at;
        int depth = 0;
        do
        {
            if (_text[_at] == '{') depth++;
            if (_text[_at] == '}') depth--;
            if (depth == 0) break;
            Step();
        }
        while (_at < _text.Length);
        _at++;
        for (int i = start; i < _at; i++) BlankAt(i);
    }

    private void Erase(int end)
    {
        end = Math.Min(end, _text.Length);
        for (; _at < end; _at++) BlankAt(_at);
    }

    private void BlankAt(int index)
    {
        if (index < _code.Length && _code[index] != '\n') _code[index] = ' ';
    }

    private bool Looking(string word) => string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;

    private int LineEnd(int from)
    {
        int end = _text.IndexOf('\n', from);
        return end < 0 ? _text.Length : end;
    }

    private int After(string word, int from)
    {
        int found = _text.IndexOf(word, Math.Min(from, _text.Length), StringComparison.Ordinal);
        return found < 0 ? _text.Length : found + word.Length;
    }

    private int CharacterEnd()
    {
        int i = _at + 1;
        while (i < _text.Length && _text[i] != '\'' && _text[i] != '\n') i += _text[i] == '\\' ? 2 : 1;
        return i + 1;
    }
}
