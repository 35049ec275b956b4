using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using TradingBot.Tests.Twins;
using Xunit;

namespace TradingBot.Tests.Fuzz;

public sealed class FrameMutatorTests
{
    [Fact]
    public void Spans_cover_keys_values_and_elements()
    {
        byte[] frame = """ {"a" : [1, "x"], "bc":{"d":null}} """u8.ToArray();
        JsonSpans spans = JsonSpans.TryOf(frame)!;
        string Text(int start, int end) => Encoding.UTF8.GetString(frame[start..end]);
        Assert.Equal(
            ["""{"a" : [1, "x"], "bc":{"d":null}}""", """[1, "x"]""", "1", "\"x\"", """{"d":null}""", "null"],
            spans.Values.Select(value => Text(value.Start, value.End)));
        Assert.Equal(
            ["\"a\" : [1, \"x\"]", "\"d\":null", "\"bc\":{\"d\":null}"],
            spans.Members.Select(member => Text(member.Start, member.End)));
        Assert.Equal(["\"a\"", "\"d\"", "\"bc\""], spans.Members.Select(member => Text(member.Start, member.KeyEnd)));
        Assert.Equal(["1", "\"x\""], spans.Elements.Select(element => Text(element.Start, element.End)));
        Assert.Null(JsonSpans.TryOf("{\"a\":1"u8));
        Assert.Null(JsonSpans.TryOf("1 2"u8));
    }

    [Fact]
    public void The_same_seed_makes_the_same_mutants()
    {
        byte[][] corpus = Corpus.FramesOf(Dialect.SpotV2);
        FrameMutator one = new(corpus, new Random(7));
        FrameMutator two = new(corpus, new Random(7));
        for (int i = 0; i < 200; i++) Assert.Equal(one.Next(), two.Next());
    }

    [Theory]
    [InlineData(Dialect.SpotV2)]
    [InlineData(Dialect.Unified)]
    [InlineData(Dialect.SpotV1)]
    [InlineData(Dialect.FuturesV1)]
    public void Mutants_reach_every_result_and_a_fifth_of_them_still_parse(Dialect dialect)
    {
        const int Mutants = 5_000;
        byte[][] corpus = Corpus.FramesOf(dialect);
        FrameMutator mutator = new(corpus, Seed.Random(5, $"mutants of {dialect}"));
        Dictionary<ParseResult, int> results = [];
        int unchanged = 0;
        for (int i = 0; i < Mutants; i++)
        {
            byte[] mutant = mutator.Next();
            ParseResult result = NaiveParser.Parse(dialect, mutant).Result;
            results[result] = results.GetValueOrDefault(result) + 1;
            if (corpus.Any(frame => frame.AsSpan().SequenceEqual(mutant))) unchanged++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(JsonSerializer.Serialize(results));
        Assert.InRange(results[ParseResult.Ok], Mutants / 5, Mutants * 9 / 10);
        ParseResult[] faults =
            [ParseResult.Ignored, ParseResult.Invalid, ParseResult.Malformed, ParseResult.OutOfRange];
        Assert.All(faults, fault => Assert.True(results.GetValueOrDefault(fault) > Mutants / 200, $"{fault} is rare"));
        Assert.InRange(unchanged, 0, Mutants / 4);
    }

    [Fact]
    public void No_mutant_of_nothing_and_of_broken_frames_throws()
    {
        FrameMutator mutator = new([[], "{"u8.ToArray(), "5"u8.ToArray(), [0xFF]], Seed.Random(6, "broken corpus"));
        int total = 0;
        for (int i = 0; i < 5_000; i++) total += mutator.Next().Length;
        Assert.True(total > 0);
    }
}
