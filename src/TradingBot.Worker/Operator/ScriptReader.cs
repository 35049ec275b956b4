// In:     the keys of one act after the other.   Out: acts, or faults.
// Thread: the starting one.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Operator;

/// <summary>What the keys of an act mean.</summary>
/// <param name="symbols">Instruments the run trades.</param>
/// <param name="fault">Told line, key and message of what is wrong.</param>
internal sealed partial class ScriptReader(IReadOnlyList<string> symbols, Action<long, string, string> fault)
{
    /// <summary>As many as the engine plans for one position.</summary>
    private const int TargetsMax = 8;
    private const int ReasonCharsMax = 200;
    private const string TimeAllowed = "a time from Ready as 500ms, 5s, 1.5m or 2h";
    private const string TimeKey = "at";
    private const string ActKey = "do";
    private const string SymbolKey = "symbol";
    private const string SideKey = "side";
    private const string TypeKey = "type";
    private const string QuantityKey = "quantity";
    private const string LimitKey = "limit_price";
    private const string StopKey = "stop_price";
    private const string TargetKey = "take_profit";
    private const string ReasonKey = "reason";

    /// <summary>The acts, and the keys that each takes.</summary>
    private static readonly Dictionary<string, ActForm> Known = new()
    {
        ["enter"] = new(
            AccountEventKind.Enter,
            [TimeKey, ActKey, SymbolKey, SideKey, TypeKey, QuantityKey, LimitKey, StopKey, TargetKey]),
        ["move_stop"] = new(AccountEventKind.MoveStop, [TimeKey, ActKey, SymbolKey, StopKey]),
        ["exit"] = new(AccountEventKind.Exit, [TimeKey, ActKey, SymbolKey]),
        ["halt"] = new(AccountEventKind.Halt, [TimeKey, ActKey, ReasonKey]),
        ["resume"] = new(AccountEventKind.Resume, [TimeKey, ActKey, ReasonKey]),
    };

    private readonly List<ScriptAct> _acts = [];
    private Dictionary<string, ScriptField> _fields = [];
    private string _word = "";
    private bool _sound;
    private long _line;
    private long _lastNs;
    private string _lastText = "";

    /// <summary>The acts without fault so far.</summary>
    public IReadOnlyList<ScriptAct> Acts => _acts;

    /// <summary>Takes the next act.</summary>
    /// <param name="line">Where it begins.</param>
    /// <param name="fields">Its keys.</param>
    /// <param name="sound">Nothing was wrong with it so far.</param>
    public void Take(long line, Dictionary<string, ScriptField> fields, bool sound)
    {
        (_line, _fields, _sound) = (line, fields, sound);
        string names = string.Join(", ", Known.Keys);
        _word = Text(ActKey, $"one of {names}");
        if (_word.Length == 0) return;
        if (!Known.TryGetValue(_word, out ActForm? known))
        {
            string nearest = NearestName.Of(_word, Known.Keys);
            Wrong(ActKey, $"{SettingFault.Printable(_word)} is no act; the nearest is {nearest} (there are {names})");
            return;
        }

        foreach (ScriptField field in fields.Values.Where(field => !known.Keys.Contains(field.Name)))
        {
            string remedy = Known.Values.Any(one => one.Keys.Contains(field.Name))
                ? $"{_word} does not take it: remove it"
                : $"unknown key; the nearest that {_word} takes is {NearestName.Of(field.Name, known.Keys)}";
            Wrong(field.Name, remedy);
        }

        ScriptAct act = new()
        {
            AtNs = Time(),
            AtText = _fields.GetValueOrDefault(TimeKey)?.Text ?? "",
            Do = known.Kind,
            Line = line,
        };
        act = known.Kind switch
        {
            AccountEventKind.Enter => Entry(act with { Symbol = Symbol() }),
            AccountEventKind.MoveStop => act with { Symbol = Symbol(), Stop = Price(StopKey) ?? default },
            AccountEventKind.Exit => act with { Symbol = Symbol() },
            _ => act with { Reason = Reason() },
        };
        if (_sound) _acts.Add(act);
    }

    private ScriptAct Entry(ScriptAct act)
    {
        string side = OneOf(SideKey, "buy", "sell");
        string type = OneOf(TypeKey, "limit", "market");
        ScriptNumber? quantity = Number(QuantityKey, ScriptNumber.Quantity, ScriptNumber.QuantityAllowed);
        ScriptNumber? limit = null;
        if (type == "limit") limit = Price(LimitKey);
        else if (type == "market" && _fields.ContainsKey(LimitKey))
        {
            Wrong(LimitKey, "an entry at market has no limit: remove it, or make type limit");
        }

        ScriptNumber? stop = Price(StopKey);
        ImmutableArray<ScriptNumber> targets = Targets();
        if (stop is { } at && side.Length > 0) CheckSides(side == "buy", limit, at, targets);
        return act with
        {
            Side = side == "buy" ? Side.Buy : Side.Sell,
            Quantity = quantity ?? default,
            Limit = limit,
            Stop = stop ?? default,
            Targets = targets,
        };
    }

    /// <summary>What can be known before the market is: a stop lies where a loss would be, a target opposite.</summary>
    private void CheckSides(bool buys, ScriptNumber? limit, ScriptNumber stop, ImmutableArray<ScriptNumber> targets)
    {
        string below = buys ? "below" : "above";
        string above = buys ? "above" : "below";
        bool behind = limit is not { } entry || (buys ? stop.IsBelow(entry) : entry.IsBelow(stop));
        if (!behind) Wrong(StopKey, $"the stop of a {(buys ? "buy" : "sell")} lies {below} its {LimitKey}");
        if (targets.IsDefault) return;
        ScriptNumber from = limit ?? stop;
        string name = limit is null ? StopKey : LimitKey;
        foreach (ScriptNumber target in targets)
        {
            bool beyond = buys ? from.IsBelow(target) : target.IsBelow(from);
            if (beyond) continue;
            Wrong(TargetKey, $"a take-profit of a {(buys ? "buy" : "sell")} lies {above} its {name}");
            return;
        }
    }

    private ImmutableArray<ScriptNumber> Targets()
    {
        if (!_fields.TryGetValue(TargetKey, out ScriptField? field) || field.IsBroken) return default;
        if (field.Items is null)
        {
            Wrong(TargetKey, "this is a list, as [\"62000\"], or [] for none");
            return default;
        }

        ImmutableArray<ScriptNumber>.Builder targets = ImmutableArray.CreateBuilder<ScriptNumber>();
        foreach (string item in field.Items)
        {
            if (ScriptNumber.Price(item) is { } price) targets.Add(price);
            else Wrong(TargetKey, $"{SettingFault.Printable(item)} is not {ScriptNumber.PriceAllowed}");
        }

        if (targets.Count > TargetsMax) Wrong(TargetKey, $"{targets.Count} prices: at most {TargetsMax}");
        return targets.ToImmutable();
    }

    private string Symbol()
    {
        string symbol = Text(SymbolKey, "an instrument as PF_XBTUSD");
        if (symbol.Length == 0 || symbols.Contains(symbol)) return symbol;
        string remedy = symbols.Count == 0
            ? "this run trades none (universe.allow)"
            : $"the nearest is {NearestName.Of(symbol, symbols)} (universe.allow says which there are)";
        Wrong(SymbolKey, $"{SettingFault.Printable(symbol)} is no perpetual that this run trades; {remedy}");
        return "";
    }

    private long Time()
    {
        string text = Text(TimeKey, TimeAllowed);
        if (text.Length == 0) return 0;
        if (!TryTime(text, out long ns))
        {
            Wrong(TimeKey, $"{SettingFault.Printable(text)} is not {TimeAllowed}");
            return 0;
        }

        if (ns < _lastNs)
        {
            Wrong(TimeKey, $"{text} is before the act above it, at {_lastText}: order the acts by time");
            return 0;
        }

        (_lastNs, _lastText) = (ns, text);
        return ns;
    }

    /// <summary>A number and a unit, exact to the nanosecond; at most a year.</summary>
    internal static bool TryTime(string text, out long ns)
    {
        ns = 0;
        Match match = TimeForm().Match(text);
        if (!match.Success) return false;
        long unitNs = match.Groups[3].Value switch
        {
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            _ => 3_600_000_000_000,
        };
        long whole = long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        string fraction = match.Groups[2].Value;
        Int128 exact = (Int128)whole * unitNs;
        if (fraction.Length > 0)
        {
            exact += (Int128)long.Parse(fraction, CultureInfo.InvariantCulture) * unitNs / Pow10.Of(fraction.Length);
        }

        if (exact > (Int128)366 * 24 * 3_600_000_000_000) return false;
        ns = (long)exact;
        return true;
    }

    private string Reason()
    {
        string reason = Text(ReasonKey, "some words that say why").Trim();
        bool plain = reason.Length <= ReasonCharsMax && !reason.Any(char.IsControl);
        if (!plain) Wrong(ReasonKey, $"a reason is one line of at most {ReasonCharsMax} characters");
        return reason;
    }

    private string OneOf(string key, params string[] values)
    {
        string allowed = string.Join(" or ", values);
        string text = Text(key, allowed);
        if (text.Length == 0 || values.Contains(text)) return text;
        Wrong(key, $"{SettingFault.Printable(text)} is not allowed; it takes {allowed}");
        return "";
    }

    private ScriptNumber? Price(string key) => Number(key, ScriptNumber.Price, ScriptNumber.PriceAllowed);

    private ScriptNumber? Number(string key, Func<string, ScriptNumber?> read, string allowed)
    {
        string text = Text(key, allowed);
        if (text.Length == 0) return null;
        ScriptNumber? number = read(text);
        if (number is null) Wrong(key, $"{SettingFault.Printable(text)} is not {allowed}");
        return number;
    }

    /// <summary>The key's one value; empty, with a fault, when it has none.</summary>
    private string Text(string key, string allowed)
    {
        if (!_fields.TryGetValue(key, out ScriptField? field))
        {
            Wrong(key, $"the key is missing; it takes {allowed}");
            return "";
        }

        if (field.IsBroken) return "";
        if (field.Items is null && field.Text.Trim().Length > 0) return field.Text;
        Wrong(key, field.Items is null ? $"the key has no value; it takes {allowed}"
            : $"this is one value, not a list; it takes {allowed}");
        return "";
    }

    private void Wrong(string key, string message)
    {
        _sound = false;
        string act = _word.Length == 0 || !Known.ContainsKey(_word) ? "" : _word + ".";
        fault(_fields.GetValueOrDefault(key)?.Line ?? _line, act + key, message);
    }

    private sealed record ActForm(AccountEventKind Kind, string[] Keys);

    [GeneratedRegex(@"^([0-9]{1,9})(?:\.([0-9]{1,9}))?(ms|s|m|h)\z")]
    private static partial Regex TimeForm();
}
