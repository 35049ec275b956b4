using System;
using System.Collections.Generic;
using TradingBot.Market.Events;
using TradingBot.Market.Wire;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>After the first frames a parser allocates nothing, whichever path a good frame takes.</summary>
public sealed class FrameAllocationTests
{
    [Theory]
    [InlineData("spot-v2", true)]
    [InlineData("spot-v2", false)]
    [InlineData("unified", false)]
    [InlineData("spot-v1", true)]
    [InlineData("spot-v1", false)]
    [InlineData("futures-v1", true)]
    [InlineData("futures-v1", false)]
    public void Good_frames_of_every_shape_allocate_nothing(string folder, bool fastPath)
    {
        List<FrameCase> cases = FrameCase.Read(folder);
        FrameParser parser = new(cases[0].Dialect, new SymbolTable(), new WireCounters(), fastPath);
        EventBatch batch = new();
        int good = Run(cases, parser, batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) good += Run(cases, parser, batch);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(101 * cases.Count, good);
    }

    private static int Run(List<FrameCase> cases, FrameParser parser, EventBatch batch)
    {
        int good = 0;
        foreach (FrameCase frame in cases)
        {
            if (parser.Parse(frame.Frame, batch) <= ParseResult.Ignored) good++;
        }

        return good;
    }
}
