using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using TradingBot.Tests.House.Fixtures;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>
/// The hot-path law over the assemblies as compiled: exactness, I5 (repeatable), I8 (no allocation), I9 (no clock).
/// </summary>
public sealed class HotPathLawTests
{
    private static readonly Type[] HotTypes =
    [
        .. CompiledCode.Types("TradingBot.Market"),
        .. CompiledCode.Types("TradingBot.Signals"),
        .. CompiledCode.Types("TradingBot.Trading"),
    ];

    /// <summary>
    /// Methods of hot rooms that may allocate (<c>Type.*</c>: all of a type), and why no event pays for it.
    /// </summary>
    private static readonly Dictionary<string, string> Cold = new()
    {
        ["TradingBot.Market.Ring.EventRing.AddConsumer"] = "wires the graph before the ring starts",
        ["TradingBot.Market.Ring.WaitStrategy.Of"] = "picks a strategy from settings before the ring starts",
        ["TradingBot.Market.Ring.WaitStrategy.EnsureRunnable"] = "refuses impossible settings before the ring starts",
        ["TradingBot.Market.Values.DecimalText.Of"] = "text for reports; the engine never asks for it",
        ["TradingBot.Market.Wire.FrameParser.GrowJoined"] = "once per longest split frame so far",
        ["TradingBot.Market.Wire.GeneralFrame.GrowScratch"] = "once per longest escaped text so far",
        ["TradingBot.Market.Book.BookStage.BookAt"] = "makes an instrument's state once, when it first appears",
        ["TradingBot.Market.Book.BookStage.BeginSnapshot"] = "makes an instrument's book once, at its first snapshot",
        ["TradingBot.Market.Book.OrderBook.AtDepth"] = "makes a deeper book when an acknowledgement changes the depth",
        ["TradingBot.Market.Bars.BarStage.Admit"] = "builds an instrument's bars once, when it first appears",
        ["TradingBot.Signals.SignalStage.Admit"] = "builds an instrument's strategy once, when it first appears",
        ["TradingBot.Trading.ProtectionStage.Admit"] = "makes an instrument's orders once, with the first",
        ["TradingBot.Trading.StateHash.*"] = "runs on demand between events, never as one",
    };

    /// <summary>Floating point that touches no venue quantity, and why it is there.</summary>
    private static readonly Dictionary<string, string> Exact = [];

    [Fact]
    public void Venue_quantities_are_never_floating_point()
    {
        // Indicators may be floating point, one way; everything before and after them may not.
        IEnumerable<Type> types = HotTypes.Where(type => type.Assembly.GetName().Name != "TradingBot.Signals");
        Verdict.Kept(HotPathLaw.Floats(types, Exact.Keys.ToHashSet()));
    }

    [Fact]
    public void Hot_rooms_allocate_only_while_being_built_I8() =>
        Verdict.Kept(HotPathLaw.Allocations(HotTypes, Cold.Keys.ToHashSet()));

    [Fact]
    public void Hot_rooms_await_nothing_I9() =>
        Verdict.Kept(HotPathLaw.Awaits(HotTypes));

    [Fact]
    public void Hot_rooms_read_no_clock_take_no_lock_and_roll_no_dice_I5_I9()
    {
        // Waiting belongs to the ring; everything behind it is arithmetic.
        Verdict.Kept(HotPathLaw.Outsiders(HotTypes.Where(type => type.Namespace != "TradingBot.Market.Ring")));
    }

    [Fact]
    public void The_exceptions_name_methods_that_exist_and_need_them()
    {
        IEnumerable<string> allocating = HotPathLaw.Allocations(HotTypes, new HashSet<string>());
        Assert.All(Cold.Keys, name => Verdict.Reports(allocating, name.TrimEnd('*')));
        IEnumerable<string> inexact = HotPathLaw.Floats(HotTypes, new HashSet<string>());
        Assert.All(Exact.Keys, name => Verdict.Reports(inexact, name));
        Assert.All(Cold.Concat(Exact), entry => Assert.True(entry.Value.Length > 20, $"{entry.Key} needs a reason"));
    }

    [Theory]
    [InlineData("HotViolations.Field is a Double field")]
    [InlineData("get_Exact has floating point in its signature")]
    [InlineData("LoadsConstant uses ldc.r8")]
    [InlineData("Converts uses conv.r4")]
    [InlineData("UsesDecimal calls Decimal.op_Implicit with floating point")]
    [InlineData("RoundsRoot calls Math.Sqrt with floating point")]
    [InlineData("LocalOnly has a floating point local")]
    public void Floating_point_is_reported(string words) =>
        Verdict.Reports(
            HotPathLaw.Floats([typeof(HotViolations), typeof(InexactSample)], new HashSet<string>()), words);

    [Theory]
    [InlineData("HotViolations.Boxes boxes")]
    [InlineData("HotViolations.NewsObject makes a List`1")]
    [InlineData("HotViolations.NewsArray makes an array")]
    [InlineData("HotViolations.Captures makes a Func`1")]
    [InlineData("HotViolations.BuildsText builds text")]
    [InlineData("HotViolations.CopiesRecord copies a record")]
    [InlineData("HotViolations.UsesLinq uses LINQ (Count)")]
    [InlineData("HotViolations.EnumeratesInterface enumerates an interface")]
    public void Allocation_is_reported(string words) =>
        Verdict.Reports(HotPathLaw.Allocations([typeof(HotViolations)], new HashSet<string>()), words);

    [Fact]
    public void A_method_on_the_cold_list_is_not_reported()
    {
        string name = $"{typeof(HotViolations).FullName}.{nameof(HotViolations.NewsArray)}";
        IEnumerable<string> said = HotPathLaw.Allocations([typeof(HotViolations)], new HashSet<string> { name });
        Assert.DoesNotContain(said, s => s.Contains("NewsArray", StringComparison.Ordinal));
        Verdict.Reports(said, "NewsObject");
    }

    [Theory]
    [InlineData("Pending holds a task")]
    [InlineData("Awaits has a task in its signature")]
    [InlineData("Awaits is a state machine")]
    [InlineData("Iterates is a state machine")]
    public void Awaiting_is_reported(string words) =>
        Verdict.Reports(HotPathLaw.Awaits([typeof(HotViolations)]), words);

    [Theory]
    [InlineData("ReadsClock calls Stopwatch.GetTimestamp")]
    [InlineData("ReadsClock calls Environment.get_TickCount64")]
    [InlineData("RaisesToPower calls Math.Pow")]
    public void Clocks_and_unrepeatable_arithmetic_are_reported(string words) =>
        Verdict.Reports(HotPathLaw.Outsiders([typeof(HotViolations)]), words);

    [Fact]
    public void Only_the_gate_makes_an_approved_order_I4()
    {
        IEnumerable<Type> all = CompiledCode.Source.SelectMany(name => CompiledCode.Types(name));
        Verdict.Kept(HotPathLaw.Constructions(all, typeof(ApprovedOrder), typeof(RiskGate)));
        Verdict.Reports(HotPathLaw.Constructions(all, typeof(ApprovedOrder), typeof(HotCitizen)), "RiskGate");
        Assert.DoesNotContain(typeof(ApprovedOrder).GetConstructors(), constructor => constructor.IsPublic);
    }

    [Fact]
    public void A_second_maker_is_reported_I4()
    {
        Type[] types = [typeof(HotCitizen), typeof(HotViolations)];
        Type list = typeof(List<int>);
        Verdict.Reports(HotPathLaw.Constructions(types, list, typeof(HotCitizen)),
            "NewsObject makes a List`1, which only HotCitizen may");
        Verdict.Kept(HotPathLaw.Constructions(types, list, typeof(HotViolations)));
    }

    [Fact]
    public void A_law_abiding_type_is_left_alone()
    {
        Type[] citizen = [typeof(HotCitizen), .. typeof(HotCitizen).GetNestedTypes(BindingFlags.NonPublic)];
        Verdict.Kept(HotPathLaw.Floats(citizen, new HashSet<string>()));
        Verdict.Kept(HotPathLaw.Allocations(citizen, new HashSet<string>()));
        Verdict.Kept(HotPathLaw.Awaits(citizen));
        Verdict.Kept(HotPathLaw.Outsiders(citizen));
    }

    [Fact]
    public void Every_body_of_our_assemblies_decodes_to_its_last_byte()
    {
        int instructions = 0;
        foreach (string name in CompiledCode.Source)
        {
            instructions += CompiledCode.Methods(CompiledCode.Types(name)).Sum(method => method.Instructions.Count);
        }

        Assert.True(instructions > 1_000, $"only {instructions} instructions were read");
    }

    private sealed class InexactSample(List<float> values)
    {
        public List<float> Exact => values;

        public static long LocalOnly(long bits)
        {
            double value = BitConverter.Int64BitsToDouble(bits);
            long again = BitConverter.DoubleToInt64Bits(value);
            return again + BitConverter.DoubleToInt64Bits(-value);
        }
    }
}
