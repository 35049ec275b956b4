using System;
using System.Buffers;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Fuzz;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Properties;

/// <summary>Where the socket's reads cut a frame makes no difference.</summary>
public sealed class SegmentedFramesTests
{
    [Theory]
    [MemberData(nameof(MutatedFramesTests.Dialects), MemberType = typeof(MutatedFramesTests))]
    public void A_frame_in_pieces_gives_what_the_whole_gives(Dialect dialect)
    {
        Random random = Seed.Random(70_000 + (int)dialect, "pieces");
        byte[][] corpus = Corpus.FramesOf(dialect);
        FrameMutator mutator = new(corpus, random);
        ParserComparison comparison = new(dialect, symbolCapacity: 65_536);
        foreach (byte[] frame in corpus)
        {
            comparison.CheckPieces(frame, Split(frame, _ => 1));
            for (int i = 0; i < 20; i++) comparison.CheckPieces(frame, Split(frame, random));
        }

        for (int i = 0; i < Seed.Count(5_000, 200_000); i++)
        {
            byte[] mutant = mutator.Next();
            comparison.CheckPieces(mutant, Split(mutant, random));
        }

        comparison.AssertCountersAddUp();
        Assert.True(comparison.ResultOf(ParseResult.Ok) > corpus.Length);
    }

    [Fact]
    public void Pieces_put_together_are_the_frame_again()
    {
        byte[] frame = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
        Random random = Seed.Random(71_000, "splits");
        for (int i = 0; i < 100; i++) Assert.Equal(frame, Split(frame, random).ToArray());
        Assert.False(Split(frame, _ => 1).IsSingleSegment);
        Assert.Empty(Split([], _ => 1).ToArray());
    }

    /// <summary>Pieces of up to 16 bytes, sometimes empty, or up to 400 in a third of the splits.</summary>
    private static ReadOnlySequence<byte> Split(byte[] frame, Random random)
    {
        int max = random.Next(3) == 0 ? 400 : 16;
        return Split(frame, _ => random.Next(max + 1));
    }

    private static ReadOnlySequence<byte> Split(byte[] frame, Func<int, int> lengthAt)
    {
        Piece first = new(ReadOnlyMemory<byte>.Empty, null);
        Piece last = first;
        for (int start = 0; start < frame.Length;)
        {
            int length = Math.Min(lengthAt(start), frame.Length - start);
            last = new Piece(frame.AsMemory(start, length), last);
            start += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
