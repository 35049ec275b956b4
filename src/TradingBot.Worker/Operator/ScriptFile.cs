// In:     the text of a script.   Out: its acts in order, or every fault with file, line, key and remedy.
// Thread: the starting one.
// Keeps:  nothing in the file is passed over: an unknown act, key or symbol, a bad or missing value, a time out of
//         order is a fault, and a script with a fault is not begun.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using TradingBot.Worker.Settings;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TradingBot.Worker.Operator;

/// <summary>One key of an act, with what stands behind it.</summary>
/// <param name="Name">The key.</param>
/// <param name="Text">Its value; empty for a list.</param>
/// <param name="Items">Its values, where it is a list.</param>
/// <param name="Line">Where it stands.</param>
/// <param name="IsBroken">What stands there was told as a fault already.</param>
internal sealed record ScriptField(
    string Name, string Text, IReadOnlyList<string>? Items, long Line, bool IsBroken = false);

/// <summary>Reads the strict part of YAML that a script needs: a list of acts, each with plain keys.</summary>
internal sealed class ScriptFile
{
    private const string Form = "a script is a list of acts, as '- {at: 5s, do: exit, symbol: PF_XBTUSD}'";

    /// <summary>Far more than anybody writes by hand, and nothing for a program that does.</summary>
    private const int ActsMax = 10_000;
    private const long FileBytesMax = 4 << 20;

    private readonly string _name;
    private readonly Parser _parser;
    private readonly List<SettingFault> _faults;
    private readonly ScriptReader _reader;

    private ScriptFile(string name, string text, IReadOnlyList<string> symbols, List<SettingFault> faults)
    {
        _name = name;
        _parser = new Parser(new StringReader(text));
        _faults = faults;
        _reader = new ScriptReader(symbols, Fault);
    }

    private ParsingEvent Current => _parser.Current ?? throw new YamlException("a key or value is missing");

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="symbols">Instruments the run trades.</param>
    /// <param name="faults">Takes what is wrong, in the order of lines.</param>
    public static IReadOnlyList<ScriptAct> Load(string path, IReadOnlyList<string> symbols, List<SettingFault> faults)
    {
        string? wrong = null;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > FileBytesMax }) wrong = "the file is larger than 4 MiB";
            else
            {
                string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
                return Read(path, text.TrimStart('\uFEFF'), symbols, faults);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException
            or NotSupportedException or ArgumentException)
        {
            wrong = unreadable switch
            {
                FileNotFoundException or DirectoryNotFoundException =>
                    "there is no such file; config/examples/script.yaml of the project is one to start from",
                DecoderFallbackException => "the file is not UTF-8 text",
                _ => "the file cannot be read: " + unreadable.Message,
            };
        }

        faults.Add(new SettingFault(new SettingSource(SettingOrigin.File, path), "", wrong));
        return [];
    }

    /// <summary>Reads a script's text.</summary>
    public static IReadOnlyList<ScriptAct> Read(
        string name, string text, IReadOnlyList<string> symbols, List<SettingFault> faults)
    {
        ScriptFile file = new(name, text, symbols, faults);
        try
        {
            if (!file.FindTabs(text)) file.ReadStream();
        }
        catch (YamlException broken)
        {
            string words = broken.Message.Split("): ").Last().TrimEnd('.');
            file.Fault(Math.Max(broken.Start.Line, 1), "", "this is not YAML from here on: " + words);
        }
        catch (InvalidOperationException)
        {
            // The scanner of 16.3.0 fails so on some plain texts instead of saying what is wrong with them.
            file.Fault(file._parser.Current?.End.Line ?? 1, "", "this is not YAML behind this line");
        }

        return file._reader.Acts;
    }

    private bool FindTabs(string text)
    {
        string[] lines = text.Split('\n');
        int before = _faults.Count;
        for (int i = 0; i < lines.Length; i++)
        {
            int indent = lines[i].AsSpan().IndexOfAnyExcept(' ', '\t');
            ReadOnlySpan<char> blank = indent < 0 ? [] : lines[i].AsSpan(0, indent);
            if (blank.Contains('\t')) Fault(i + 1, "", "the line is indented with a tab: use spaces");
        }

        return _faults.Count > before;
    }

    private void ReadStream()
    {
        _parser.MoveNext();
        _parser.MoveNext();
        if (Current is StreamEnd)
        {
            Fault(1, "", "the file is empty: " + Form);
            return;
        }

        _parser.MoveNext();
        if (Current is not SequenceStart list)
        {
            Fault(Current.Start.Line, "", Form);
            return;
        }

        Refuse(list);
        _parser.MoveNext();
        int acts = 0;
        for (; Current is not SequenceEnd && acts <= ActsMax; acts++) ReadAct();
        if (acts > ActsMax)
        {
            Fault(Current.Start.Line, "", "more than 10000 acts: split the script");
            return;
        }

        if (acts == 0) Fault(list.Start.Line, "", "the list is empty: " + Form);
        _parser.MoveNext();
        _parser.MoveNext();
        if (Current is DocumentStart) Fault(Current.Start.Line, "", "a second document (---) is not read: join them");
    }

    /// <summary>Stands on an item of the list; leaves the parser behind it.</summary>
    private void ReadAct()
    {
        long line = Current.Start.Line;
        if (Current is not MappingStart mapping)
        {
            Fault(line, "", "an act is a set of keys: " + Form);
            _parser.SkipThisAndNestedEvents();
            return;
        }

        Refuse(mapping);
        bool sound = true;
        Dictionary<string, ScriptField> fields = [];
        _parser.MoveNext();
        while (Current is not MappingEnd)
        {
            if (Current is not Scalar key || !Refuse(key))
            {
                Fault(Current.Start.Line, "", "a key must be a plain name");
                _parser.SkipThisAndNestedEvents();
                _parser.SkipThisAndNestedEvents();
                sound = false;
                continue;
            }

            _parser.MoveNext();
            ScriptField field = ReadField(key.Value, key.Start.Line);
            sound &= !field.IsBroken;
            if (!fields.TryAdd(key.Value, field))
            {
                Fault(field.Line, key.Value, "the key stands twice in this act: keep one");
                sound = false;
            }
        }

        _parser.MoveNext();
        _reader.Take(line, fields, sound);
    }

    private ScriptField ReadField(string name, long line)
    {
        if (Current is not (NodeEvent or AnchorAlias))
        {
            throw new YamlException(Current.Start, Current.End, "a key or value is missing");
        }

        bool plain = Refuse(Current);
        if (plain && Current is SequenceStart) return ReadList(name, line);
        ScriptField field = plain && Current is Scalar value
            ? new ScriptField(name, value.Value, null, line)
            : new ScriptField(name, "", null, line, IsBroken: true);
        if (Current is MappingStart) Fault(line, name, "this is one value or a list, not a set of keys");
        _parser.SkipThisAndNestedEvents();
        return field;
    }

    private ScriptField ReadList(string name, long line)
    {
        List<string> items = [];
        bool sound = true;
        _parser.MoveNext();
        while (Current is not SequenceEnd)
        {
            if (Current is Scalar item && Refuse(item)) items.Add(item.Value);
            else
            {
                Fault(Current.Start.Line, name, "an item of this list must be one plain value");
                sound = false;
            }

            _parser.SkipThisAndNestedEvents();
        }

        _parser.MoveNext();
        return new ScriptField(name, "", items, line, IsBroken: !sound);
    }

    /// <summary>True when the node is nothing but itself.</summary>
    private bool Refuse(ParsingEvent node)
    {
        string what = node switch
        {
            AnchorAlias => "an alias (*)",
            NodeEvent { Anchor.IsEmpty: false } => "an anchor (&)",
            NodeEvent { Tag.IsEmpty: false } => "a tag (!)",
            _ => "",
        };
        if (what.Length > 0) Fault(node.Start.Line, "", what + " is not read: write the value itself");
        return what.Length == 0;
    }

    private void Fault(long line, string key, string message)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"{_name}:{line}");
        _faults.Add(new SettingFault(new SettingSource(SettingOrigin.File, place, line), key, message));
    }
}
