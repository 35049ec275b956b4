using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Operator;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Operator;

/// <summary>A script is read whole or not at all; what is wrong is told with file, line, key and remedy.</summary>
public sealed class ScriptFileTests
{
    private const string Exit = "- {at: 1s, do: exit, symbol: PF_XBTUSD}\n";
    private const string Buy = "at: 1s, do: enter, symbol: PF_XBTUSD, side: buy, type: limit";
    private const string Whole = Buy + ", quantity: '1', limit_price: '100', stop_price: '99'";

    private static readonly IReadOnlyList<string> Symbols = new CircleOptions().Perpetuals;

    [Fact]
    public void Every_act_and_key_is_read_exactly()
    {
        const string Text = """
            - {at: 500ms, do: enter, symbol: PF_XBTUSD, side: buy, type: limit, quantity: "0.0500",
               limit_price: "59900.10", stop_price: "58800", take_profit: ["62000", 63000.5]}
            - at: 1.5m
              do: enter
              symbol: PF_ETHUSD
              side: sell
              type: market
              quantity: 2
              stop_price: 3100
              take_profit: []
            - {at: 1.5m, do: move_stop, symbol: PF_XBTUSD, stop_price: '59000.0'}
            - {at: 2h, do: exit, symbol: PF_XBTUSD}
            - {at: 2h, do: halt, reason: "lunch: an hour"}
            - {at: 3h, do: resume, reason: back}
            """;
        IReadOnlyList<ScriptAct> acts = Read(Text, out string[] faults);
        Assert.Empty(faults);
        Assert.Equal(
            [
                AccountEventKind.Enter, AccountEventKind.Enter, AccountEventKind.MoveStop, AccountEventKind.Exit,
                AccountEventKind.Halt, AccountEventKind.Resume,
            ],
            acts.Select(act => act.Do));
        Assert.Equal(
            [500_000_000, 90_000_000_000, 90_000_000_000, 7_200_000_000_000, 7_200_000_000_000, 10_800_000_000_000],
            acts.Select(act => act.AtNs));
        ScriptAct enter = acts[0];
        Assert.Equal(("PF_XBTUSD", Side.Buy, 1L), (enter.Symbol, enter.Side, enter.Line));
        Assert.Equal(new ScriptNumber(5, 2), enter.Quantity);
        Assert.Equal((new ScriptNumber(599_001, 1), new ScriptNumber(58_800, 0)), (enter.Limit!.Value, enter.Stop));
        Assert.Equal([new ScriptNumber(62_000, 0), new ScriptNumber(630_005, 1)], enter.Targets);
        Assert.Equal((Side.Sell, null, true, false), (
            acts[1].Side, acts[1].Limit, acts[1].Targets.IsEmpty, acts[1].Targets.IsDefault));
        Assert.Equal((new ScriptNumber(59_000, 0), true), (acts[2].Stop, acts[2].Targets.IsDefault));
        Assert.Equal("lunch: an hour", acts[4].Reason);
    }

    [Theory]
    [InlineData("", "script.yaml:1", "is empty")]
    [InlineData("[]", "script.yaml:1", "the list is empty")]
    [InlineData("at: 1s", "script.yaml:1", "a list of acts")]
    [InlineData("- exit", "script.yaml:1", "an act is a set of keys")]
    [InlineData("- {at: 1s, do: exit", "script.yaml:2", "not YAML")]
    [InlineData(Exit + "\t- x", "script.yaml:2", "a tab")]
    [InlineData(Exit + "---\n" + Exit, "script.yaml:2", "second document")]
    [InlineData("- &a {at: 1s, do: exit, symbol: PF_XBTUSD}", "script.yaml:1", "an anchor")]
    [InlineData("- {at: !!str 1s, do: exit, symbol: PF_XBTUSD}", "script.yaml:1", "a tag")]
    [InlineData("- {at: 1s, do: exit, symbol: PF_XBTUSD, symbol: PF_XBTUSD}", "symbol", "stands twice")]
    [InlineData("- {at: 1s, symbol: PF_XBTUSD}", "script.yaml:1: do", "missing; it takes one of enter")]
    [InlineData("- {at: 1s, do: exti, symbol: PF_XBTUSD}", "do: 'exti'", "the nearest is exit")]
    [InlineData("- {at: 1s, do: [exit], symbol: PF_XBTUSD}", "do", "not a list")]
    [InlineData("- {at: 1s, do: exit, symbol: {a: b}}", "symbol", "not a set of keys")]
    [InlineData("- {at: 1s, do: exit, simbol: PF_XBTUSD, symbol: PF_XBTUSD}", "exit.simbol", "takes is symbol")]
    [InlineData("- {at: 1s, do: exit, symbol: PF_XBTUSD, side: buy}", "exit.side", "remove it")]
    [InlineData("- {at: 1s, do: exit}", "exit.symbol", "the key is missing")]
    [InlineData("- {at: 1s, do: exit, symbol: }", "exit.symbol", "no value")]
    [InlineData("- {at: 1s, do: exit, symbol: PF_XBTUSDT}", "'PF_XBTUSDT'", "the nearest is PF_XBTUSD")]
    [InlineData("- {at: 1s, do: exit, symbol: BTC/USD}", "'BTC/USD'", "no perpetual")]
    [InlineData("- {do: exit, symbol: PF_XBTUSD}", "exit.at", "missing; it takes a time")]
    [InlineData("- {at: 5, do: exit, symbol: PF_XBTUSD}", "exit.at: '5'", "1.5m or 2h")]
    [InlineData("- {at: -5s, do: exit, symbol: PF_XBTUSD}", "exit.at: '-5s'", "a time from Ready")]
    [InlineData("- {at: 9000h, do: exit, symbol: PF_XBTUSD}", "exit.at: '9000h'", "a time from Ready")]
    [InlineData("- {at: 1s, do: halt}", "halt.reason", "the key is missing")]
    [InlineData("- {at: 1s, do: resume, reason: ''}", "resume.reason", "no value")]
    [InlineData("- {at: 1s, do: halt, reason: \"a\\nb\"}", "halt.reason", "one line")]
    [InlineData("- {at: 1s, do: move_stop, symbol: PF_XBTUSD}", "move_stop.stop_price", "missing; it takes a price")]
    [InlineData("- {" + Buy + ", limit_price: '100', stop_price: '99'}", "enter.quantity", "the key is missing")]
    [InlineData("- {" + Buy + ", quantity: '1', stop_price: '99'}", "enter.limit_price", "the key is missing")]
    [InlineData("- {" + Buy + ", quantity: '1', limit_price: '100'}", "enter.stop_price", "the key is missing")]
    [InlineData("- {" + Buy + ", quantity: 1e2, limit_price: 100, stop_price: 99}", "quantity: '1e2'", "\"0.05\"")]
    [InlineData("- {" + Buy + ", quantity: -1, limit_price: 100, stop_price: 99}", "quantity: '-1'", "above 0")]
    [InlineData("- {" + Buy + ", quantity: 0.0, limit_price: 100, stop_price: 99}", "quantity: '0.0'", "above 0")]
    [InlineData("- {" + Buy + ", quantity: '1', limit_price: '1,5', stop_price: 1}", "limit_price: '1,5'", "a price")]
    [InlineData("- {" + Buy + ", quantity: '1', limit_price: '100', stop_price: '101'}", "stop_price", "lies below")]
    [InlineData("- {" + Whole + ", take_profit: '110'}", "enter.take_profit", "this is a list")]
    [InlineData("- {" + Whole + ", take_profit: ['x']}", "enter.take_profit: 'x'", "a price above 0")]
    [InlineData("- {" + Whole + ", take_profit: ['99.5']}", "enter.take_profit", "lies above its limit_price")]
    [InlineData("- {" + Whole + ", take_profit: [101, 102, 103, 104, 105, 106, 107, 108, 109]}", "9 prices", "most 8")]
    [InlineData("- {" + Whole + ", take_profit: [[1]]}", "take_profit", "one plain value")]
    public void A_fault_names_its_place_and_what_to_do(string text, string place, string remedy)
    {
        IReadOnlyList<ScriptAct> acts = Read(text, out string[] faults);
        string fault = Assert.Single(faults);
        Assert.StartsWith("script.yaml:", fault, StringComparison.Ordinal);
        Assert.Contains(place, fault, StringComparison.Ordinal);
        Assert.Contains(remedy, fault, StringComparison.Ordinal);
        Assert.True(acts.Count <= 1, $"{acts.Count} acts");
    }

    [Theory]
    [InlineData("side: bye", "enter.side: 'bye'")]
    [InlineData("type: stop", "enter.type: 'stop'")]
    public void Words_that_are_not_known_are_told_with_those_that_are(string key, string place)
    {
        string text = "- {at: 1s, do: enter, symbol: PF_XBTUSD, side: buy, type: market, quantity: 1, stop_price: 9}";
        string[] parts = key.Split(": ");
        text = text.Replace(parts[0] == "side" ? "side: buy" : "type: market", key, StringComparison.Ordinal);
        Read(text, out string[] faults);
        Assert.Contains(place, Assert.Single(faults), StringComparison.Ordinal);
        Assert.Contains(parts[0] == "side" ? "buy or sell" : "limit or market", faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_market_entry_has_no_limit_and_a_sells_stop_lies_above()
    {
        const string Market = "- {at: 1s, do: enter, symbol: PF_XBTUSD, side: sell, type: market, quantity: 1, ";
        Read(Market + "stop_price: 9, limit_price: 8}", out string[] faults);
        Assert.Contains("enter.limit_price: an entry at market has no limit", Assert.Single(faults),
            StringComparison.Ordinal);
        Read(Market + "stop_price: 9, take_profit: [10]}", out faults);
        Assert.Contains("of a sell lies below its stop_price", Assert.Single(faults), StringComparison.Ordinal);
        Read(Market + "stop_price: 9, take_profit: [8]}", out faults);
        Assert.Empty(faults);
    }

    [Fact]
    public void Times_out_of_order_are_a_fault_and_all_faults_are_told_at_once()
    {
        const string Text = "- {at: 5s, do: exit, symbol: PF_XBTUSD}\n- {at: 4999ms, do: exit, symbol: PF_XBTUSD}\n"
            + "- {at: 6s, do: exit, symbl: PF_XBTUSD}\n- {at: 6s, do: exit, symbol: PF_ETHUSD}\n";
        IReadOnlyList<ScriptAct> acts = Read(Text, out string[] faults);
        Assert.Equal(3, faults.Length);
        Assert.Equal(
            "script.yaml:2: exit.at: 4999ms is before the act above it, at 5s: order the acts by time", faults[0]);
        Assert.StartsWith("script.yaml:3: exit.symbl: unknown key", faults[1], StringComparison.Ordinal);
        Assert.StartsWith("script.yaml:3: exit.symbol: the key is missing", faults[2], StringComparison.Ordinal);
        Assert.Equal(2, acts.Count);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_fault_that_names_it()
    {
        string folder = Directory.CreateTempSubdirectory("script").FullName;
        try
        {
            string path = Path.Combine(folder, "none.yaml");
            List<SettingFault> faults = [];
            Assert.Empty(ScriptFile.Load(path, Symbols, faults));
            Assert.Contains(path + ": there is no such file", Assert.Single(faults).Text, StringComparison.Ordinal);
            File.WriteAllBytes(path, [0xFF, 0xFE, 0xC3]);
            faults.Clear();
            Assert.Empty(ScriptFile.Load(path, Symbols, faults));
            Assert.Contains("not UTF-8", Assert.Single(faults).Text, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_shipped_example_is_a_script_with_every_act()
    {
        List<SettingFault> faults = [];
        string path = Path.Combine(Repository.Root, "config", "examples", "script.yaml");
        IReadOnlyList<ScriptAct> acts = ScriptFile.Load(path, Symbols, faults);
        Assert.Empty(faults.Select(fault => fault.Text));
        Assert.Equal(5, acts.Select(act => act.Do).Distinct().Count());
    }

    [Fact]
    public void Mangled_scripts_are_faults_and_never_an_exception()
    {
        Random random = Seed.Random(20_261_128, "mangled scripts");
        string whole = File.ReadAllText(Path.Combine(Repository.Root, "config", "examples", "script.yaml"));
        const string Pieces = "{}[]:,-&*!|>'\"#%@`?\n\t .0aé";
        int refused = 0;
        for (int run = 0; run < Seed.Count(ci: 300, full: 20_000); run++)
        {
            List<char> text = [.. whole];
            for (int edits = random.Next(1, 6); edits > 0; edits--)
            {
                int at = random.Next(text.Count);
                if (random.Next(2) == 0) text.RemoveAt(at);
                else text.Insert(at, Pieces[random.Next(Pieces.Length)]);
            }

            Read(string.Concat(text), out string[] faults);
            if (faults.Length > 0) refused++;
        }

        Assert.True(refused > 10, $"only {refused} were refused");
    }

    private static IReadOnlyList<ScriptAct> Read(string text, out string[] faults)
    {
        List<SettingFault> found = [];
        IReadOnlyList<ScriptAct> acts = ScriptFile.Read("script.yaml", text, Symbols, found);
        faults = [.. found.Select(fault => fault.Text)];
        return acts;
    }
}
