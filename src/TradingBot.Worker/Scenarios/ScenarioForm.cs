using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using TradingBot.Simulation.Venue;
using TradingBot.Trading.Positions;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Operator;

namespace TradingBot.Worker.Scenarios;

/// <summary>What a scenario may say: its verbs with their keys, and what each key takes.</summary>
internal static partial class ScenarioForm
{
    private const string Time = "a time as 500ms, 5s, 1.5m or 2h";
    private const string Percent = "a percentage as 2%, -0.5% or 30%";
    private const string Count = "a whole number from 0 on";
    private const string YesNo = "yes or no";
    private const string Words = "some words in one line";

    /// <summary>A verb with the keys it needs and those it may have; <c>at</c> and <c>do</c> are everybody's.</summary>
    internal sealed record Verb(string[] Needs, string[] May);

    /// <summary>What the operator does, what the market and the venue do, what breaks, what others do, what must be
    /// true.</summary>
    public static readonly IReadOnlyDictionary<string, Verb> Verbs = new Dictionary<string, Verb>
    {
        ["enter"] = new(["symbol", "side", "quantity", "stop"], ["limit", "target", "refused"]),
        ["move_stop"] = new(["symbol", "stop"], ["refused"]),
        ["exit"] = new(["symbol"], ["refused"]),
        ["halt"] = new(["reason"], []),
        ["resume"] = new(["reason"], []),
        ["market"] = new(["symbol", "by"], ["over"]),
        ["index"] = new(["symbol", "index"], []),
        ["suspend"] = new(["symbol"], []),
        ["lift"] = new(["symbol"], []),
        ["delist"] = new(["symbol"], []),
        ["maintenance"] = new(["begins", "length"], ["post_only", "rest_lag", "closes_sockets", "in_frames"]),
        ["fault"] = new(["fault"], ["times", "text"]),
        ["rate"] = new(["fault", "ppm"], []),
        ["hang_up"] = new(["socket"], []),
        ["mute"] = new(["socket"], []),
        ["crash"] = new([], ["torn"]),
        ["disk"] = new(["disk"], []),
        ["other"] = new(["act"], ["symbol", "quantity", "stop", "target", "part", "dollars", "refused"]),
        ["expect"] = new(
            [],
            [
                "symbol", "within", "position", "protected", "stops", "orders", "state", "quarantined", "naked_max",
                "naked_min", "entries", "fills", "exits", "adopted", "unknowns", "halted", "ready", "venue", "struck",
                "liquidations", "cash_max", "cash_min",
            ]),
    };

    /// <summary>Keys before the steps.</summary>
    public static readonly string[] Head =
        ["title", "story", "incidents", "seed", "length", "naked_max", "signals", "venue", "steps"];

    public static readonly string[] Venue =
        ["activity", "level_dollars", "deposit", "others_per_hour", "habits", "maintenance_percent"];

    /// <summary>What the keys take: whether a text is it, and in words.</summary>
    private static readonly Dictionary<string, (Func<string, bool> Is, string Allowed)> Values = new()
    {
        ["at"] = (IsTime, Time),
        ["over"] = (IsTime, Time),
        ["begins"] = (IsTime, Time),
        ["length"] = (IsTime, Time),
        ["post_only"] = (IsTime, Time),
        ["rest_lag"] = (IsTime, Time),
        ["within"] = (IsTime, Time),
        ["naked_max"] = (IsTime, Time),
        ["naked_min"] = (IsTime, Time),
        ["by"] = (IsPercent, Percent),
        ["stop"] = (IsPercent, Percent),
        ["limit"] = (IsPercent, Percent),
        ["target"] = (IsPercent, Percent),
        ["part"] = (IsPercent, Percent),
        ["symbol"] = (IsPerpetual, "a perpetual of the simulated Kraken, as PF_XBTUSD"),
        ["side"] = (text => text is "buy" or "sell", "buy or sell"),
        ["quantity"] = (text => ScriptNumber.Quantity(text) is not null, ScriptNumber.QuantityAllowed),
        ["position"] = (IsPosition, "0, or a quantity as 0.02, negative when short"),
        ["index"] = (text => Enum.TryParse<IndexState>(text, ignoreCase: true, out _), "live, down or closed"),
        ["fault"] = (IsFault, "one of " + string.Join(", ", FaultNames.All)),
        ["struck"] = (IsFault, "one of " + string.Join(", ", FaultNames.All)),
        ["socket"] = (text => text is "account" or "perpetuals" or "spot", "account, perpetuals or spot"),
        ["disk"] = (text => text is "broken" or "sound", "broken or sound"),
        ["act"] = (
            text => text is "buy" or "sell" or "bracket" or "move_stop" or "remove_stops" or "close" or "flip"
                or "transfer",
            "buy, sell, bracket, move_stop, remove_stops, close, flip or transfer"),
        ["state"] = (text => States.Contains(text), "one of " + string.Join(", ", States)),
        ["venue"] = (
            text => text is "online" or "post_only" or "cancel_only" or "maintenance" or "unknown",
            "online, post_only, cancel_only, maintenance or unknown"),
        ["dollars"] = (IsDollars, "whole dollars, negative to take them away"),
        ["cash_max"] = (IsDollars, "whole dollars"),
        ["cash_min"] = (IsDollars, "whole dollars"),
        ["protected"] = (IsYesNo, YesNo),
        ["quarantined"] = (IsYesNo, YesNo),
        ["halted"] = (IsYesNo, YesNo),
        ["ready"] = (IsYesNo, YesNo),
        ["closes_sockets"] = (IsYesNo, YesNo),
        ["in_frames"] = (IsYesNo, YesNo),
        ["signals"] = (IsYesNo, YesNo),
        ["reason"] = (IsWords, Words),
        ["text"] = (IsWords, Words),
        ["refused"] = (IsWords, Words),
        ["title"] = (IsWords, Words),
        ["story"] = (text => text.Trim().Length > 20, "a few sentences"),
        ["seed"] = (text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _), Count),
    };

    private static IEnumerable<string> States => Enum.GetValues<PositionState>().Select(WordOf);

    /// <summary>Null when a key takes the text, else what it takes.</summary>
    public static string? Allowed(string key, string text)
    {
        (Func<string, bool> isIt, string allowed) = Values.GetValueOrDefault(key, (IsCount, Count));
        return isIt(text) ? null : allowed;
    }

    /// <summary>What a key takes, for people.</summary>
    public static string Takes(string key) => Values.GetValueOrDefault(key, (IsCount, Count)).Item2;

    /// <summary>A checked percentage in parts per million.</summary>
    public static int PpmOf(string text) =>
        (int)(decimal.Parse(text.TrimEnd('%'), CultureInfo.InvariantCulture) * 10_000);

    public static string WordOf(PositionState state) => CircleFigures.WordOf(state.ToString());

    private static bool IsTime(string text) => ScriptReader.TryTime(text, out _);

    private static bool IsPercent(string text) => PercentForm().IsMatch(text);

    private static bool IsYesNo(string text) => text is "yes" or "no";

    private static bool IsWords(string text) => text.Trim().Length > 0 && !text.Any(char.IsControl);

    private static bool IsCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsDollars(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static bool IsPerpetual(string text) =>
        text.StartsWith("PF_", StringComparison.Ordinal) && SimulatedKraken.Lists(text);

    private static bool IsPosition(string text) =>
        text == "0" || ScriptNumber.Quantity(text.StartsWith('-') ? text[1..] : text) is not null;

    private static bool IsFault(string text) => FaultNames.TryRead(text, out _);

    [GeneratedRegex(@"^-?[0-9]{1,2}(\.[0-9]{1,4})?%\z")]
    private static partial Regex PercentForm();
}
