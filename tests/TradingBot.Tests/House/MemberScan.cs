using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace TradingBot.Tests.House;

/// <summary>A member of a type and the lines it takes, attributes and comments above it not counted.</summary>
internal readonly record struct Member(string Header, int FirstLine, int Lines);

/// <summary>Finds the members of types in C# source by their braces.</summary>
internal static partial class MemberScan
{
    public static List<Member> Members(string source)
    {
        string code = CodeText.Blank(source);
        List<Member> members = [];
        // Per open brace: is it the body of a namespace or type, whose content is scanned for members?
        Stack<bool> open = new([true]);
        int start = 0;
        int parentheses = 0;
        for (int i = 0; i < code.Length; i++)
        {
            bool scanned = open.Peek();
            if (code[i] is '(' or '[') parentheses++;
            if (code[i] is ')' or ']') parentheses--;
            if (code[i] == '{')
            {
                bool body = scanned && parentheses == 0 && IsTypeOrNamespace(Header(code, start, i));
                open.Push(body);
                if (body) start = i + 1;
            }
            else if (code[i] == '}' && open.Count > 1)
            {
                bool body = open.Pop();
                bool ends = !body && open.Peek() && parentheses == 0 && EndsMember(code, start, i);
                if (body) start = i + 1;
                else if (ends) start = Close(code, start, i, members);
            }
            else if (code[i] == ';' && scanned && parentheses == 0)
            {
                start = Close(code, start, i, members);
            }
        }

        return members;
    }

    /// <summary>
    /// A brace ends a member unless an expression goes on after it (<c>=&gt; x switch { … };</c>, initializers).
    /// </summary>
    private static bool EndsMember(string code, int start, int end)
    {
        string header = Header(code, start, code.IndexOf('{', start));
        string rest = code[(end + 1)..].TrimStart();
        return !header.Contains("=>", StringComparison.Ordinal) && !Assignment().IsMatch(header)
            && !rest.StartsWith('=');
    }

    private static int Close(string code, int start, int end, List<Member> members)
    {
        int first = start + LeadingAttributes(code[start..(end + 1)]);
        string text = code[first..(end + 1)];
        if (text.Any(char.IsLetter))
        {
            int line = code.AsSpan(0, first).Count('\n') + 1;
            string header = Whitespace().Replace(text.Split('{', ';')[0].Trim(), " ");
            members.Add(new Member(header, line, text.AsSpan().Count('\n') + 1));
        }

        return end + 1;
    }

    private static string Header(string code, int start, int end)
    {
        if (end < start) return string.Empty;
        string text = code[start..end];
        return text[LeadingAttributes(text)..];
    }

    /// <summary>Length of white space, attributes and directives before the first word.</summary>
    private static int LeadingAttributes(string text)
    {
        int i = 0;
        while (i < text.Length)
        {
            if (char.IsWhiteSpace(text[i])) i++;
            else if (text[i] == '#') i = text.IndexOf('\n', i) is int end && end >= 0 ? end : text.Length;
            else if (text[i] == '[') i = AfterBrackets(text, i);
            else break;
        }

        return i;
    }

    private static int AfterBrackets(string text, int i)
    {
        int depth = 0;
        for (; i < text.Length; i++)
        {
            if (text[i] == '[') depth++;
            if (text[i] == ']' && --depth == 0) return i + 1;
        }

        return i;
    }

    private static bool IsTypeOrNamespace(string header) =>
        TypeWord().IsMatch(header) && !header.Contains("=>", StringComparison.Ordinal) && !Assignment().IsMatch(header);

    [GeneratedRegex(@"^(?:[\w\s]*\s)?(class|struct|record|interface|enum|namespace|extension)\b")]
    private static partial Regex TypeWord();

    // An equals sign outside parentheses that is no comparison: a field or property initializer.
    [GeneratedRegex(@"^[^(]*[^=!<>(]=[^=>]")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
