using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>The field's words, once each; no type that is named for having no purpose.</summary>
public sealed partial class NameTests
{
    private static readonly HashSet<string> Suffixes =
    [
        "Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Misc", "Base", "Impl", "Wrapper", "Data", "Info",
        "Service", "Legacy",
    ];

    /// <summary>Words with a better one: a bar, an instrument.</summary>
    private static readonly HashSet<string> Words =
    [
        "Candle", "Candles", "Candlestick", "Kline", "Klines", "Coin", "Coins", "Pair", "Pairs", "Thesis", "Orderbook",
    ];

    /// <summary>
    /// Where the venue's own words are read off the wire or written to it: its <c>pairs</c> and <c>pair</c>.
    /// </summary>
    private static readonly Dictionary<string, string[]> VenueWords = new()
    {
        ["TradingBot.Market.Wire"] = ["Pair", "Pairs"],
        ["TradingBot.Simulation.Synthetic"] = ["Pair", "Pairs"],
        // The store behind the verbs, tables and files that people call candles; what it holds are bars.
        ["TradingBot.Storage.Candles"] = ["Candle"],
    };

    [Fact]
    public void Types_and_members_carry_the_words_of_the_field() =>
        Verdict.Kept(CompiledCode.Source.SelectMany(name => CompiledCode.Types(name)).SelectMany(Violations));

    [Theory]
    [InlineData(typeof(TradeManager), "TradeManager ends in Manager")]
    [InlineData(typeof(EngineV2), "EngineV2 carries a generation")]
    [InlineData(typeof(CandleStore), "CandleStore says Candle")]
    [InlineData(typeof(Innocent), "_lastKline says Kline")]
    [InlineData(typeof(Innocent), "CoinOf says Coin")]
    public void A_banned_name_is_reported(Type type, string words) => Verdict.Reports(Violations(type), words);

    [Theory]
    [InlineData(typeof(SpotV2Parser))]
    [InlineData(typeof(FuturesV1))]
    [InlineData(typeof(Database))]
    public void Protocol_names_and_longer_words_are_left_alone(Type type) => Verdict.Kept(Violations(type));

    private static IEnumerable<string> Violations(Type type)
    {
        if (IsGenerated(type.Name)) yield break;
        string name = type.Name.Split('`')[0];
        string last = WordsOf(name).Last();
        if (Suffixes.Contains(last)) yield return $"{type.FullName} ends in {last}";
        bool generation = Generation().IsMatch(Protocol().Replace(name, string.Empty));
        if (generation) yield return $"{type.FullName} carries a generation";

        string[] allowed = VenueWords.GetValueOrDefault(type.Namespace ?? string.Empty, []);
        const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Instance | BindingFlags.Static;
        IEnumerable<string> members = type.GetMembers(Declared)
            .Where(member => member is not Type && !IsGenerated(member.Name)).Select(member => member.Name);
        foreach (string identifier in members.Append(name))
        {
            foreach (string word in WordsOf(identifier).Where(w => Words.Contains(w) && !allowed.Contains(w)))
            {
                yield return $"{type.FullName}: {identifier} says {word}";
            }
        }
    }

    /// <summary>Names with characters no person can type come from the compiler.</summary>
    private static bool IsGenerated(string name) => name.AsSpan().IndexOfAny('<', '$') >= 0;

    private static IEnumerable<string> WordsOf(string identifier) =>
        Word().Matches(identifier).Select(match => char.ToUpperInvariant(match.Value[0]) + match.Value[1..])
            .DefaultIfEmpty(identifier);

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();

    [GeneratedRegex(@"V\d+$")]
    private static partial Regex Generation();

    [GeneratedRegex("Spot(V1|V2)|FuturesV1")]
    private static partial Regex Protocol();

    private sealed class TradeManager;

    private sealed class EngineV2;

    private sealed class CandleStore;

    private sealed class SpotV2Parser;

    private sealed class FuturesV1;

    private sealed class Database;

    private sealed class Innocent
    {
        private readonly int _lastKline = 1;

        public int CoinOf(int x) => x + _lastKline;
    }
}
