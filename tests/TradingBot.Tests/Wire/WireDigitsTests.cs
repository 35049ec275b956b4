using System;
using System.Text;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>Numbers read out of a register beside numbers read digit by digit.</summary>
public sealed class WireDigitsTests
{
    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("7", 7, 0)]
    [InlineData("0.5", 5, 1)]
    [InlineData("105.25", 10525, 2)]
    [InlineData("0.00370000", 370000, 8)]
    [InlineData("9999999999999999", 9_999_999_999_999_999, 0)]
    [InlineData("1.00000000000000", 100_000_000_000_000, 14)]
    [InlineData("12345678.12345678", 1_234_567_812_345_678, 8)]
    [InlineData("1234567890.12345678", 123_456_789_012_345_678, 8)]
    public void Plain_numbers_are_read_exactly(string text, long mantissa, int decimals)
    {
        foreach (int front in new[] { 0, 3, 40 })
        {
            WireNumber number = Read(new string('x', front) + text + ",");
            Assert.Equal((mantissa, decimals), (number.Mantissa, (int)number.Decimals));
        }

        WireNumber Read(string frame) =>
            WireDigits.Read(Encoding.ASCII.GetBytes(frame), frame.Length - 1 - text.Length, frame.Length - 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("00")]
    [InlineData("01.5")]
    [InlineData("1.2.3")]
    [InlineData("-1")]
    [InlineData("1e5")]
    [InlineData("1 ")]
    [InlineData("1234567890123456789")]
    public void Everything_else_is_refused(string text)
    {
        string frame = "{\"channel\":\"book\",\"qty\":" + text + "}";
        int start = frame.Length - 1 - text.Length;
        Assert.True(WireDigits.Read(Encoding.ASCII.GetBytes(frame), start, frame.Length - 1).IsRefused);
    }

    [Fact]
    public void Two_numbers_in_one_register_are_read_as_each_by_itself()
    {
        const string Letters = "0012345678901234567890123456789012345678901234567890.. -e";
        const string Front = "{\"channel\":\"book\",";
        Random random = Seed.Random(20261201, "two numbers");
        int rounds = WireDigits.ReadsTwo ? Seed.Count(200_000, 20_000_000) : 0;
        int taken = 0;
        for (int round = 0; round < rounds; round++)
        {
            string first = Text(random, Letters);
            string second = Text(random, Letters);
            byte[] frame = Encoding.ASCII.GetBytes(Front + first + ",\"qty\":" + second + "}");
            int end = Front.Length + first.Length;
            int secondEnd = frame.Length - 1;
            Assert.True(WireDigits.CanReadTwo(first.Length, second.Length));
            WireDigits.ReadTwo(
                frame, end, first.Length, secondEnd, second.Length, out WireNumber one, out WireNumber other);
            WireNumber alone = WireDigits.Read(frame, end - first.Length, end);
            WireNumber otherAlone = WireDigits.Read(frame, secondEnd - second.Length, secondEnd);
            if (alone.IsRefused || otherAlone.IsRefused) alone = otherAlone = WireNumber.Refused;
            else taken++;
            Assert.Equal((alone.Mantissa, alone.Decimals), (one.Mantissa, one.Decimals));
            Assert.Equal((otherAlone.Mantissa, otherAlone.Decimals), (other.Mantissa, other.Decimals));
        }

        Assert.True(taken > rounds / 20 || rounds == 0, $"{taken} of {rounds} were numbers");
        Assert.False(WireDigits.CanReadTwo(0, 5) || WireDigits.CanReadTwo(5, 17));

        static string Text(Random random, string letters) =>
            string.Create(random.Next(1, 17), (random, letters), static (text, given) =>
            {
                for (int i = 0; i < text.Length; i++) text[i] = given.letters[given.random.Next(given.letters.Length)];
            });
    }

    [Fact]
    public void Random_texts_are_read_alike_in_a_register_and_digit_by_digit()
    {
        const string Letters = "00123456789012345678901234567890.. -/:e";
        Random random = Seed.Random(20261130, "digits");
        int rounds = Seed.Count(200_000, 20_000_000);
        byte[] frame = new byte[60];
        for (int round = 0; round < rounds; round++)
        {
            foreach (ref byte b in frame.AsSpan()) b = (byte)Letters[random.Next(Letters.Length)];
            int end = random.Next(frame.Length);
            int start = Math.Max(0, end - random.Next(22));
            if (random.Next(2) == 0)
            {
                for (int i = start; i < end; i++) frame[i] = (byte)('0' + random.Next(10));
                if (end - start > 2 && random.Next(4) > 0) frame[random.Next(start, end)] = (byte)'.';
            }

            WireNumber fast = WireDigits.Read(frame, start, end);
            WireNumber slow = WireDigits.ReadEach(frame, start, end);
            bool isSame = (fast.Mantissa, fast.Decimals) == (slow.Mantissa, slow.Decimals);
            Assert.True(isSame, $"round {round}: {Encoding.ASCII.GetString(frame, start, end - start)}");
        }
    }

    [Fact]
    public void Fallbacks_are_counted_by_dialect_and_channel()
    {
        WireCounters counters = new();
        FrameParser parser = new(Dialect.Unified, new SymbolTable(), counters);
        EventBatch batch = new(16);
        Assert.Equal(ParseResult.Ok, parser.Parse("""{"channel":"heartbeat" }"""u8, batch));
        Assert.Equal(ParseResult.Ok, parser.Parse("""{"channel":"heartbeat"}"""u8, batch));
        Assert.Equal(1, counters.FallbacksOf(Dialect.Unified, Channel.Heartbeat));
        Assert.Equal(0, counters.FallbacksOf(Dialect.Unified, Channel.Book));
        Assert.Equal(0, counters.FallbacksOf(Dialect.SpotV2, Channel.Heartbeat));
        Assert.Equal(1, counters.Fallbacks);
    }
}
