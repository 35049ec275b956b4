using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>
/// What the parsers of one feed thread have seen. Plain longs; other threads read them only when it is idle.
/// </summary>
public sealed class WireCounters
{
    private readonly long[] _results = new long[(int)ParseResult.Malformed + 1];
    private readonly long[] _channels = new long[ChannelCount];
    private readonly long[] _fallbacks = new long[((int)Dialect.FuturesV1 + 1) * ChannelCount];

    private const int ChannelCount = (int)Channel.Other + 1;

    public long Frames { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>
    /// Frames of a channel that has a fast path, which needed the general one: drift at the venue shows here.
    /// </summary>
    public long Fallbacks { get; private set; }

    public NameCounter UnknownChannels { get; } = new();

    public NameCounter UnknownEvents { get; } = new();

    public NameCounter UnknownKeys { get; } = new();

    public NameCounter UnknownEnums { get; } = new();

    /// <summary>Texts of refused subscriptions, alerts and errors.</summary>
    public NameCounter Notices { get; } = new();

    /// <summary>Frames that gave no events because of a fault: every result but Ok and Ignored.</summary>
    public long Errors => Frames - ResultOf(ParseResult.Ok) - ResultOf(ParseResult.Ignored);

    public long ResultOf(ParseResult result) => _results[(int)result];

    public long ChannelOf(Channel channel) => _channels[(int)channel];

    /// <summary>The <see cref="Fallbacks"/> of one kind of frame: which template the venue has left.</summary>
    public long FallbacksOf(Dialect dialect, Channel channel) =>
        _fallbacks[((int)dialect * ChannelCount) + (int)channel];

    internal void CountFallback(Dialect dialect, Channel channel)
    {
        Fallbacks++;
        _fallbacks[((int)dialect * ChannelCount) + (int)channel]++;
    }

    internal void Count(ParseResult result, Channel channel, int bytes)
    {
        Frames++;
        Bytes += bytes;
        _results[(int)result]++;
        _channels[(int)channel]++;
    }
}
