using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>
/// The fast path is an optimisation and nothing else: what it accepts, the general path reads the same.
/// </summary>
public sealed class PathAgreementTests
{
    private static readonly byte[] Tricky = Encoding.ASCII.GetBytes("0019-.eE+ \t\"\\{}[],:/nulltrueabsc\u0001\u007f");

    [Theory]
    [InlineData(Dialect.SpotV2, "spot-v2")]
    [InlineData(Dialect.Unified, "spot-v2")]
    [InlineData(Dialect.SpotV1, "spot-v1")]
    [InlineData(Dialect.FuturesV1, "futures-v1")]
    public void Damaged_frames_get_the_same_result_from_both_paths(Dialect dialect, string folder)
    {
        Random random = Seed.Random(20260101, $"damaged {folder} frames");
        List<FrameCase> cases = FrameCase.Read(folder);
        WireCounters counters = new();
        EventBatch fastBatch = new(64);
        EventBatch generalBatch = new(64);
        int rounds = Seed.Count(20_000, 2_000_000);
        SymbolTable fastSymbols = new();
        SymbolTable generalSymbols = new();
        FrameParser fast = new(dialect, fastSymbols, counters);
        FrameParser general = new(dialect, generalSymbols, new WireCounters(), fastPath: false);
        for (int round = 0; round < rounds; round++)
        {
            if (fastSymbols.Count > 3_000)
            {
                // A frame that fails late has registered its symbols on one path only: neither table may become full.
                fastSymbols = new();
                generalSymbols = new();
                fast = new(dialect, fastSymbols, counters);
                general = new(dialect, generalSymbols, new WireCounters(), fastPath: false);
            }

            byte[] frame = Damage(random, cases[random.Next(cases.Count)].Frame);
            ParseResult expected = general.Parse(frame, generalBatch);
            ParseResult actual = fast.Parse(frame, fastBatch);
            bool isSame = expected == actual && AreSame(generalBatch, generalSymbols, fastBatch, fastSymbols);
            Assert.True(isSame, $"round {round}: {expected} or {actual}? {Encoding.Latin1.GetString(frame)}");
            Assert.True(actual == ParseResult.Ok || fastBatch.Count == 0);
        }

        // Damage must neither always nor never be noticed, or the test shows nothing.
        Assert.True(counters.ResultOf(ParseResult.Ok) > rounds / 100, "nothing survives");
        Assert.True(counters.Errors > rounds / 10, "nothing breaks");
        Assert.True(counters.Fallbacks < counters.Frames);
    }

    /// <summary>One to three bytes replaced, removed, doubled or put in, or the end cut off.</summary>
    private static byte[] Damage(Random random, byte[] frame)
    {
        List<byte> bytes = [.. frame];
        int times = random.Next(4);
        for (int i = 0; i < times && bytes.Count > 0; i++)
        {
            int at = random.Next(bytes.Count);
            byte tricky = Tricky[random.Next(Tricky.Length)];
            switch (random.Next(6))
            {
                case 0: bytes[at] = tricky; break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, bytes[at]); break;
                case 3: bytes.Insert(at, tricky); break;
                case 4: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                default:
                    if (random.Next(8) == 0) bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Ids may differ, because a frame that fails late has registered its symbols on one path only.</summary>
    private static bool AreSame(EventBatch one, SymbolTable oneSymbols, EventBatch two, SymbolTable twoSymbols)
    {
        if (one.Count != two.Count) return false;
        for (int i = 0; i < one.Count; i++)
        {
            MarketEvent a = one.Events[i];
            MarketEvent b = two.Events[i];
            if (a.InstrumentId < 0 != b.InstrumentId < 0) return false;
            if (a.InstrumentId >= 0
                && !oneSymbols.TextOf(a.InstrumentId).SequenceEqual(twoSymbols.TextOf(b.InstrumentId))) return false;
            b.InstrumentId = a.InstrumentId;
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref a, 1));
            if (!bytes.SequenceEqual(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref b, 1)))) return false;
        }

        return true;
    }
}
