using System.Collections;
using System.Collections.Generic;
using System.Linq;
using guard;
using TradingBot.Bench.Ratios;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>What the guard makes of its figures; the figures themselves belong to machines.</summary>
public sealed class GuardTests
{
    private static readonly RatioRow AtLeast = Row("P1", Bound.AtLeast, 7.5);
    private static readonly RatioRow AtMost = Row("X2", Bound.AtMost, 18);

    [Fact]
    public void Without_a_record_the_floor_is_the_limit()
    {
        Assert.Equal(new Limit(7.5, "floor"), RatioGate.LimitOf(AtLeast, null));
        Assert.Equal(new Limit(18, "floor"), RatioGate.LimitOf(AtMost, null));
    }

    [Fact]
    public void A_record_less_its_margin_is_the_limit_but_never_laxer_than_the_floor()
    {
        Assert.Equal(9, RatioGate.LimitOf(AtLeast, 12).Value, 6);
        Assert.Equal(7.5, RatioGate.LimitOf(AtLeast, 9).Value);
        Assert.Equal(10, RatioGate.LimitOf(AtMost, 8).Value, 6);
        Assert.Equal(18, RatioGate.LimitOf(AtMost, 17).Value);
        Assert.Equal(12, RatioGate.LimitOf(AtLeast with { ReferenceAllocates = true }, 20).Value, 6);
    }

    [Fact]
    public void Half_the_recorded_speed_is_a_breach_and_a_noisy_minute_is_none()
    {
        Limit limit = RatioGate.LimitOf(AtLeast, 12);
        Assert.False(RatioGate.Holds(AtLeast, 6, limit));
        Assert.True(RatioGate.Holds(AtLeast, 10, limit));
    }

    [Fact]
    public void A_row_that_must_be_zero_is_breached_by_the_least_byte()
    {
        RatioRow zero = Row("P5", Bound.AtMost, 0);
        Limit limit = RatioGate.LimitOf(zero, 0);
        Assert.True(RatioGate.Holds(zero, 0, limit));
        Assert.False(RatioGate.Holds(zero, 0.001, limit));
    }

    [Fact]
    public void A_breach_says_which_by_how_much_and_against_what()
    {
        RatioReading first = new(AtLeast, new RatioResult(5, ""));
        RatioReading second = new(AtLeast, new RatioResult(6, "600.0 / 100.0 ns"));
        string line = RatioGate.Describe(first, second, RatioGate.LimitOf(AtLeast, 12));
        Assert.Equal(
            "P1 sample: 5.000, then 6.000; must be >= 9.000 (recorded 12 - 25 %), off by 33 %; 600.0 / 100.0 ns", line);
    }

    [Fact]
    public void One_boxed_number_is_a_breach_and_so_is_a_benchmark_nobody_listed()
    {
        Dictionary<string, long> expected = new() { ["A.B"] = 0, ["A.Gone"] = 0 };
        Dictionary<string, long> measured = new() { ["A.B"] = 24, ["A.New"] = 0 };
        Assert.Equal(
            [
                "A.B allocates 24 B, not 0 B", "A.New is not listed; it allocates 0 B",
                "A.Gone is listed and does not exist",
            ],
            ByteGate.Breaches(expected, measured));
        Assert.Empty(ByteGate.Breaches(expected, expected));
    }

    [Fact]
    public void The_last_record_of_the_same_processor_counts()
    {
        RecordedRuns history = new();
        Assert.Empty(history.LastOf("X"));
        history.Add("""{"processor":"X","ratios":{"P1":8,"R1":null}}""");
        history.Add("""{"processor":"X","ratios":{"P1":9}}""");
        history.Add("""{"processor":"Y","ratios":{"P1":5}}""");
        Assert.Equal(9, history.LastOf("X")["P1"]);
        Assert.Empty(history.LastOf("Z"));
    }

    [Fact]
    public void A_written_line_can_be_read_back()
    {
        RecordedRuns history = new();
        RatioReading[] readings = [new(AtLeast, new RatioResult(8.25, "")), new(AtMost, new RatioResult(null, ""))];
        history.Add(RecordedRuns.Line("abc", readings));
        IReadOnlyDictionary<string, double> last = history.LastOf(RatioTable.Processor);
        Assert.Equal(8.25, last["P1"]);
        Assert.False(last.ContainsKey("X2"));
    }

    [Fact]
    public void Ratios_are_gated_in_the_default_instruction_set_only()
    {
        Assert.Empty(InstructionSets.Switched(new Hashtable { ["PATH"] = "", ["DOTNET_EnableDiagnostics"] = "0" }));
        Assert.Equal(["DOTNET_EnableAVX2"], InstructionSets.Switched(new Hashtable { ["DOTNET_EnableAVX2"] = "0" }));
    }

    [Fact]
    public void Every_row_has_an_id_of_its_own_and_an_aim_beyond_its_floor()
    {
        Assert.Equal(RatioTable.Rows.Count, RatioTable.Rows.Select(row => row.Id).Distinct().Count());
        Assert.All(RatioTable.Rows, row => Assert.True(
            row.Bound == Bound.AtLeast ? row.Aim >= row.Floor : row.Aim <= row.Floor, row.Id));
    }

    private static RatioRow Row(string id, Bound bound, double floor) =>
        new(id, "sample", bound, floor, floor, () => default);
}
