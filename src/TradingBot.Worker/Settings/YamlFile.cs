// In:     the text of one configuration file.   Out: keys with their texts and lines, and every fault of the file.
// Thread: the starting one.
// Keeps:  nothing in the file is passed over: what is not a known key is a fault; what a reader of another make could
//         take for something else (anchors, merges, tags, tabs, repeated keys) is refused.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TradingBot.Worker.Settings;

/// <summary>Reads the strict part of YAML that a configuration needs: sections, texts, lists of texts.</summary>
internal sealed class YamlFile
{
    private const string Empty = "the file is empty: give it a key, or start without --config to run on the defaults";

    private readonly string _name;
    private readonly Parser _parser;
    private readonly List<GivenSetting> _given = [];
    private readonly List<SettingFault> _faults = [];

    private YamlFile(string name, string text)
    {
        _name = name;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The parser of 16.3.0 leaves out events around some empty keys: that is broken text too.</summary>
    private ParsingEvent Current => _parser.Current ?? throw new YamlException("a key or value is missing");

    /// <param name="name">The file's name for messages.</param>
    /// <param name="text">Its content.</param>
    /// <param name="faults">Takes what is wrong, in the order of lines.</param>
    /// <returns>The known keys of the file.</returns>
    public static IReadOnlyList<GivenSetting> Read(string name, string text, List<SettingFault> faults)
    {
        YamlFile file = new(name, text);
        // Tabs confuse the scanner about where it is: they are told alone.
        if (!file.FindTabs(text))
        {
            try
            {
                file.ReadStream();
            }
            catch (YamlException broken)
            {
                file.Fault(Math.Max(broken.Start.Line, 1), "", "this is not YAML from here on: " + Words(broken));
            }
            catch (InvalidOperationException)
            {
                // The scanner of 16.3.0 fails so on some plain texts instead of saying what is wrong with them.
                file.Fault(file._parser.Current?.End.Line ?? 1, "", "this is not YAML behind this line");
            }
        }

        faults.AddRange(file._faults);
        return file._given;
    }

    /// <summary>The scanner's words without the position it repeats.</summary>
    private static string Words(YamlException broken) => broken.Message.Split("): ").Last().TrimEnd('.');

    private bool FindTabs(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            int indent = lines[i].AsSpan().IndexOfAnyExcept(' ', '\t');
            ReadOnlySpan<char> blank = indent < 0 ? [] : lines[i].AsSpan(0, indent);
            if (blank.Contains('\t')) Fault(i + 1, "", "the line is indented with a tab: use spaces");
        }

        return _faults.Count > 0;
    }

    private void ReadStream()
    {
        _parser.MoveNext();
        _parser.MoveNext();
        if (Current is StreamEnd)
        {
            Fault(1, "", Empty);
            return;
        }

        _parser.MoveNext();
        long line = Current.Start.Line;
        switch (Current)
        {
            case MappingStart mapping:
                Refuse(mapping, "");
                ReadSection("");
                break;
            case Scalar { Value.Length: 0 }:
                Fault(1, "", Empty);
                _parser.MoveNext();
                break;
            default:
                Fault(line, "", "the file must be sections and keys, as 'mode: paper'");
                _parser.SkipThisAndNestedEvents();
                break;
        }

        // The document's end, then the stream's.
        _parser.MoveNext();
        if (Current is DocumentStart) Fault(Current.Start.Line, "", "a second document (---) is not read: join them");
    }

    /// <summary>Stands on the start of a mapping; leaves the parser behind its end.</summary>
    private void ReadSection(string section)
    {
        HashSet<string> seen = [];
        _parser.MoveNext();
        while (Current is not MappingEnd)
        {
            if (Current is not Scalar key)
            {
                Fault(Current.Start.Line, section, "a key must be a plain name");
                _parser.SkipThisAndNestedEvents();
                _parser.SkipThisAndNestedEvents();
                continue;
            }

            Refuse(key, section);
            long line = key.Start.Line;
            string name = section.Length == 0 ? key.Value : section + "." + key.Value;
            _parser.MoveNext();
            if (key.Value == "<<")
            {
                Fault(line, section, "merged sections (<<) are not read: write the keys out");
                _parser.SkipThisAndNestedEvents();
            }
            else if (!seen.Add(key.Value))
            {
                Fault(line, name, "the key stands twice in this section: keep one");
                _parser.SkipThisAndNestedEvents();
            }
            else
            {
                ReadValue(name, line);
            }
        }

        _parser.MoveNext();
    }

    private void ReadValue(string name, long line)
    {
        if (Current is not (NodeEvent or AnchorAlias))
        {
            throw new YamlException(Current.Start, Current.End, "a key or value is missing");
        }

        Refuse(Current, name);
        SettingKey? key = SettingTable.Find(name);
        bool section = SettingTable.IsSection(name);
        bool emptySection = section && Current is Scalar { Value.Length: 0, Style: ScalarStyle.Plain };
        if (Current is AnchorAlias || emptySection)
        {
            // Told already, or a section whose keys are all commented out.
        }
        else if (section && Current is MappingStart)
        {
            ReadSection(name);
            return;
        }
        else if (section)
        {
            Fault(line, name, "this is a section: its keys go below it, indented by two spaces");
        }
        else if (key is null)
        {
            Fault(line, name, SettingTable.WhyUnknown(name));
        }
        else if (key.IsList)
        {
            ReadList(key, line);
            return;
        }
        else if (Current is Scalar value)
        {
            Take(key, value, line);
        }
        else
        {
            string what = Current is MappingStart ? "a section" : "a list";
            Fault(line, name, $"this is one value, not {what}: {key.Allowed}");
        }

        _parser.SkipThisAndNestedEvents();
    }

    private void Take(SettingKey key, Scalar value, long line)
    {
        bool missing = value.Value.Length == 0 && (value.Style == ScalarStyle.Plain || key.Default.Length > 0);
        if (missing) Fault(line, key.Name, $"the key has no value; it takes {key.Allowed}");
        else _given.Add(new GivenSetting(key.Name, value.Value, IsList: false, Source(line)));
    }

    private void ReadList(SettingKey key, long line)
    {
        if (Current is not SequenceStart)
        {
            Fault(line, key.Name, $"this is a list, as [BTC/USD, PF_XBTUSD] or []; it takes {key.Allowed}");
            _parser.SkipThisAndNestedEvents();
            return;
        }

        List<string> items = [];
        bool sound = true;
        _parser.MoveNext();
        while (Current is not SequenceEnd)
        {
            bool plain = Current is Scalar { Value.Length: > 0 } item && Refuse(item, key.Name)
                && !item.Value.Contains('\n', StringComparison.Ordinal);
            if (plain) items.Add(((Scalar)Current).Value);
            else Fault(Current.Start.Line, key.Name, $"an item of this list must be one text; it takes {key.Allowed}");
            sound &= plain;
            _parser.SkipThisAndNestedEvents();
        }

        _parser.MoveNext();
        if (sound) _given.Add(new GivenSetting(key.Name, string.Join('\n', items), IsList: true, Source(line)));
    }

    /// <summary>True when the node is nothing but itself.</summary>
    private bool Refuse(ParsingEvent node, string name)
    {
        string what = node switch
        {
            AnchorAlias => "an alias (*)",
            NodeEvent { Anchor.IsEmpty: false } => "an anchor (&)",
            NodeEvent { Tag.IsEmpty: false } => "a tag (!)",
            _ => "",
        };
        if (what.Length > 0) Fault(node.Start.Line, name, what + " is not read: write the value itself");
        return what.Length == 0;
    }

    private SettingSource Source(long line) => new(
        SettingOrigin.File, string.Create(CultureInfo.InvariantCulture, $"{_name}:{line}"), line);

    private void Fault(long line, string key, string message) =>
        _faults.Add(new SettingFault(Source(line), key, message));
}
