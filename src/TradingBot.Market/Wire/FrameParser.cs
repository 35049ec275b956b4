// In:     one frame's bytes, whole or in segments.   Out: a result, and the frame's events in the batch when Ok.
// Thread: the feed thread that owns it, its symbol table and its counters.
// Keeps:  docs/wire.md; complete events or none; every frame counted once; no exception for any bytes; 0 bytes when Ok.
// Budget: ≤ 90 ns per book update or trade on the fast path of spot v2 (benchmark ParseBench.Parse).
using System;
using System.Buffers;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>Turns frames of one dialect into events.</summary>
public sealed class FrameParser
{
    private readonly Dialect _dialect;
    private readonly WireCounters _counters;
    private readonly GeneralFrame _general;

    // At most one is there: that of the dialect, unless the fast path is off.
    private readonly SpotV2Fast? _spotV2;
    private readonly SpotV1Fast? _spotV1;
    private readonly FuturesV1Fast? _futuresV1;

    // Frames that arrive in several segments are joined here; grows to the longest such frame.
    private byte[] _joined = new byte[16 * 1024];

    /// <param name="dialect">Of the frames.</param>
    /// <param name="symbols">Ids of what they name.</param>
    /// <param name="counters">Of all that is parsed.</param>
    /// <param name="names">
    /// The dialect under whose symbols they are, derivatives v1 alone: in a worker a contract is one instrument,
    /// whichever of its two feeds tells of it. Null: its own.
    /// </param>
    public FrameParser(Dialect dialect, SymbolTable symbols, WireCounters counters, Dialect? names = null)
        : this(dialect, symbols, counters, fastPath: true, names)
    {
    }

    /// <summary>A parser that may be kept off its fast path, so that tests can compare both.</summary>
    internal FrameParser(
        Dialect dialect, SymbolTable symbols, WireCounters counters, bool fastPath, Dialect? names = null)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        ArgumentNullException.ThrowIfNull(counters);
        _dialect = dialect;
        _counters = counters;
        _general = dialect switch
        {
            Dialect.SpotV2 or Dialect.Unified => new SpotV2General(dialect, symbols, counters),
            Dialect.SpotV1 => new SpotV1General(symbols, counters),
            Dialect.FuturesV1 => new FuturesV1General(symbols, counters, names ?? dialect),
            _ => throw new ArgumentOutOfRangeException(nameof(dialect)),
        };
        if (!fastPath) return;
        if (dialect == Dialect.SpotV1) _spotV1 = new SpotV1Fast(symbols);
        else if (dialect == Dialect.FuturesV1) _futuresV1 = new FuturesV1Fast(symbols, names ?? dialect);
        else _spotV2 = new SpotV2Fast(dialect, symbols);
    }

    /// <summary>Parses one frame. The batch is cleared first, and left empty unless the result is Ok.</summary>
    public ParseResult Parse(ReadOnlySpan<byte> frame, EventBatch batch)
    {
        batch.Clear();
        if (TryParseFast(frame, batch, out Channel channel))
        {
            _counters.Count(ParseResult.Ok, channel, frame.Length);
            return ParseResult.Ok;
        }

        batch.Clear();
        ParseResult result = _general.Parse(frame, batch);
        if (_general.HasFastPath) _counters.CountFallback(_dialect, _general.Channel);
        _counters.Count(result, _general.Channel, frame.Length);
        return result;
    }

    /// <summary>Parses one frame that may be split over segments.</summary>
    public ParseResult Parse(in ReadOnlySequence<byte> frame, EventBatch batch)
    {
        if (frame.IsSingleSegment) return Parse(frame.FirstSpan, batch);
        int length = checked((int)frame.Length);
        if (length > _joined.Length) GrowJoined(length);
        frame.CopyTo(_joined);
        return Parse(_joined.AsSpan(0, length), batch);
    }

    /// <summary>Once per longest split frame so far.</summary>
    private void GrowJoined(int bytes) => _joined = new byte[bytes];

    private bool TryParseFast(ReadOnlySpan<byte> frame, EventBatch batch, out Channel channel)
    {
        if (_spotV2 is not null) return _spotV2.TryParse(frame, batch, out channel);
        if (_spotV1 is not null) return _spotV1.TryParse(frame, batch, out channel);
        if (_futuresV1 is not null) return _futuresV1.TryParse(frame, batch, out channel);
        channel = Channel.None;
        return false;
    }
}
