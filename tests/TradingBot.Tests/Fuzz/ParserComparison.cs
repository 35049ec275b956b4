using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Twins;
using Xunit;

namespace TradingBot.Tests.Fuzz;

/// <summary>One parser beside its twin: every frame goes through both, and differences are kept as text.</summary>
internal sealed class ParserComparison
{
    /// <summary>More differences than a person reads at once; the count goes on.</summary>
    private const int DifferencesKept = 20;

    private readonly Dialect _dialect;
    private readonly Dialect _twinDialect;
    private readonly long[] _results = new long[(int)ParseResult.Malformed + 1];
    private readonly List<string> _differences = [];
    private readonly int _symbolCapacity;
    private readonly EventBatch _batch;
    private readonly WireCounters _counters = new();
    private SymbolTable _symbols;
    private FrameParser _parser;
    private long _bytes;
    private long _differing;

    /// <param name="dialect">What the parser speaks.</param>
    /// <param name="batchCapacity">Events the parser's batch holds.</param>
    /// <param name="symbolCapacity">Symbols its table holds.</param>
    /// <param name="twin">What the twin speaks; another dialect makes every event a difference.</param>
    public ParserComparison(
        Dialect dialect,
        int batchCapacity = EventBatch.CapacityDefault,
        int symbolCapacity = SymbolTable.CapacityDefault,
        Dialect? twin = null)
    {
        _dialect = dialect;
        _twinDialect = twin ?? dialect;
        _symbolCapacity = symbolCapacity;
        _batch = new EventBatch(batchCapacity);
        _symbols = new SymbolTable(symbolCapacity);
        _parser = new FrameParser(dialect, _symbols, _counters);
    }

    public long Frames => _results.Sum();

    public long ResultOf(ParseResult result) => _results[(int)result];

    /// <summary>Gives a frame to both; a difference is remembered.</summary>
    public void Check(byte[] frame)
    {
        // Mutated symbols would fill any table; the twin knows nothing of earlier frames.
        if (_symbols.Count > 0 && _symbols.Count >= _symbolCapacity / 2)
        {
            _symbols = new SymbolTable(_symbolCapacity);
            _parser = new FrameParser(_dialect, _symbols, _counters);
        }

        long[] before = Counts();
        NaiveOutcome expected = NaiveParser.Parse(_twinDialect, frame, _batch.Capacity, _symbolCapacity);
        ParseResult result = _parser.Parse(frame, _batch);
        NaiveOutcome actual = OutcomeOf(result);
        _results[(int)result]++;
        _bytes += frame.Length;
        string counted = CountsDifference(before, expected);
        bool same = actual.Result == expected.Result && actual.Events.AsSpan().SequenceEqual(expected.Events);
        if (same && counted.Length == 0) return;
        _differing++;
        if (_differences.Count == DifferencesKept) return;
        _differences.Add($"frame: {Encoding.Latin1.GetString(frame)}\ntwin: {expected}\nparser: {actual}\n{counted}");
    }

    /// <summary>A frame in pieces must give what the whole gives.</summary>
    public void CheckPieces(byte[] frame, ReadOnlySequence<byte> pieces)
    {
        NaiveOutcome whole = OutcomeOf(_parser.Parse(frame, _batch));
        NaiveOutcome inPieces = OutcomeOf(_parser.Parse(pieces, _batch));
        _results[(int)whole.Result]++;
        _results[(int)inPieces.Result]++;
        _bytes += 2 * frame.Length;
        if (whole.Result == inPieces.Result && whole.Events.AsSpan().SequenceEqual(inPieces.Events)) return;
        Assert.Fail($"frame: {Encoding.Latin1.GetString(frame)}\nwhole: {whole}\nin pieces: {inPieces}");
    }

    public void AssertNoDifference(string seed) => Assert.True(
        _differing == 0,
        $"{seed}: {_differing} of {Frames} frames differ\n{string.Join("\n\n", _differences)}");

    public void AssertCountersAddUp()
    {
        Assert.Equal(Frames, _counters.Frames);
        Assert.Equal(_bytes, _counters.Bytes);
        Assert.All(Enum.GetValues<ParseResult>(), result => Assert.Equal(ResultOf(result), _counters.ResultOf(result)));
        Assert.Equal(Frames, Enum.GetValues<Channel>().Sum(_counters.ChannelOf));
        Assert.Equal(Frames - ResultOf(ParseResult.Ok) - ResultOf(ParseResult.Ignored), _counters.Errors);
    }

    private NameCounter[] Names =>
    [
        _counters.UnknownChannels, _counters.UnknownEvents, _counters.UnknownKeys, _counters.UnknownEnums,
        _counters.Notices,
    ];

    /// <summary>Totals by name in the order of <see cref="NaiveCounter"/>, then those by channel.</summary>
    private long[] Counts() =>
        [.. Names.Select(names => names.Total), .. Enum.GetValues<Channel>().Select(_counters.ChannelOf)];

    private string CountsDifference(long[] before, NaiveOutcome expected)
    {
        long[] added = [.. Counts().Zip(before, (now, then) => now - then)];
        string difference = "";
        // A frame with a fault may have counted some of its names.
        if (expected.Result is ParseResult.Ok or ParseResult.Ignored)
        {
            foreach (NaiveCounter counter in Enum.GetValues<NaiveCounter>())
            {
                string[] names = [.. expected.Counted.Where(c => c.Counter == counter).Select(c => c.Name)];
                if (names.Length == added[(int)counter]) continue;
                difference += $"{counter}: twin {names.Length} ({string.Join(", ", names)}), ";
                difference += $"parser {added[(int)counter]}\n";
            }
        }

        int namesKinds = Enum.GetValues<NaiveCounter>().Length;
        if (added[namesKinds + (int)expected.Channel] == 1) return difference;
        int counted = Array.IndexOf(added, 1, namesKinds) - namesKinds;
        return $"{difference}channel: twin {expected.Channel}, parser {(Channel)counted}";
    }

    private NaiveOutcome OutcomeOf(ParseResult result)
    {
        List<NaiveEvent> events = [];
        foreach (ref readonly MarketEvent e in _batch.Events)
        {
            // Both belong to later hands.
            if (e.Stamp != 0 || e.ReceiveTimeNs != 0) Assert.Fail($"stamped by a parser: {e.Stamp}, {e.ReceiveTimeNs}");
            events.Add(NaiveEvent.Of(e, _symbols));
        }

        return new NaiveOutcome(result, [.. events]);
    }
}
