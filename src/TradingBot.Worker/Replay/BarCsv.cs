// In:     bar records and the bar log, per event.   Out: a CSV file, one line per closed bar; open bars at the end.
// Thread: that of the bar reader in the topology; Finish on the owner's once it is idle.
using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Worker.Replay;

/// <summary>Writes bars as <c>symbol,timeframe,open_time,open,high,low,close,volume,count,complete</c>.</summary>
internal sealed class BarCsv : IEventHandler, IDisposable
{
    public const string Header = "symbol,timeframe,open_time,open,high,low,close,volume,count,complete\n";

    private readonly BarStage _bars;
    private readonly SymbolTable _symbols;
    private readonly Stream _file;
    private readonly bool _fillEmpty;
    private readonly int _mask;
    private readonly Dictionary<(int Id, int Series), Bar> _previous = [];
    private readonly byte[] _line = new byte[1_024];
    private int _length;

    public BarCsv(BarStage bars, SymbolTable symbols, Stream file, bool fillEmpty)
    {
        _bars = bars;
        _symbols = symbols;
        _file = file;
        _fillEmpty = fillEmpty;
        _mask = bars.Records.Length - 1;
        _file.Write(Encoding.ASCII.GetBytes(Header));
    }

    public void OnEvent(ref readonly MarketEvent e, long sequence)
    {
        ref readonly BarRecord record = ref _bars.Records[(int)sequence & _mask];
        for (int i = 0; i < record.Count; i++) WriteClosed(in _bars.Log[record.First + i]);
    }

    /// <summary>Writes the bars still open, as not complete.</summary>
    public void Finish()
    {
        for (int id = 0; id < _symbols.Count; id++)
        {
            if (_bars.AggregatorOf(id) is not { } aggregator) continue;
            for (int series = 0; series < _bars.Plan.SeriesCount; series++)
            {
                Bar open = aggregator.OpenBar(series);
                if (open.Count == 0) continue;
                open.Complete = false;
                WriteClosed(in open);
            }
        }

        _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private void WriteClosed(in Bar bar)
    {
        bool isTime = bar.SeriesIndex < _bars.Plan.TimeframeCount;
        if (_fillEmpty && isTime)
        {
            (int, int) key = (bar.InstrumentId, bar.SeriesIndex);
            if (_previous.TryGetValue(key, out Bar previous))
            {
                foreach (Bar empty in EmptyBars.Fill(in previous, in bar, _bars.Plan.TimeframeOf(bar.SeriesIndex)))
                {
                    WriteLine(in empty);
                }
            }

            _previous[key] = bar;
        }

        WriteLine(in bar);
    }

    private void WriteLine(in Bar bar)
    {
        _length = 0;
        Symbol(_symbols.TextOf(bar.InstrumentId));
        Text(SeriesName(_bars.Plan, bar.SeriesIndex));
        Text(TimeText(bar.OpenTimeNs));
        Decimal(bar.Open, bar.PriceDecimals);
        Decimal(bar.High, bar.PriceDecimals);
        Decimal(bar.Low, bar.PriceDecimals);
        Decimal(bar.Close, bar.PriceDecimals);
        Decimal(bar.Volume, bar.QuantityDecimals);
        Utf8Formatter.TryFormat(bar.Count, _line.AsSpan(_length), out int written);
        _length += written;
        Text(bar.Complete ? ",true\n" : ",false\n");
        _file.Write(_line, 0, _length);
    }

    /// <summary>The timeframe or rule of a series as the command line spells it.</summary>
    public static string SeriesName(BarPlan plan, int series) =>
        series < plan.TimeframeCount ? plan.TimeframeOf(series).ToString() : plan.RuleOf(series).ToString();

    private static string TimeText(long unixNs)
    {
        long seconds = Math.DivRem(unixNs, 1_000_000_000, out long nanos);
        const string Format = "yyyy-MM-dd'T'HH:mm:ss";
        string text = DateTime.UnixEpoch.AddSeconds(seconds).ToString(Format, CultureInfo.InvariantCulture);
        return nanos == 0 ? text + "Z" : string.Create(CultureInfo.InvariantCulture, $"{text}.{nanos:D9}Z");
    }

    /// <summary>Symbols are printable ASCII; those with a comma or a quote are quoted.</summary>
    private void Symbol(ReadOnlySpan<byte> symbol)
    {
        bool quoted = symbol.IndexOfAny((byte)',', (byte)'"') >= 0;
        if (quoted) _line[_length++] = (byte)'"';
        foreach (byte b in symbol)
        {
            if (b == (byte)'"') _line[_length++] = b;
            _line[_length++] = b;
        }

        if (quoted) _line[_length++] = (byte)'"';
        _line[_length++] = (byte)',';
    }

    private void Text(string text)
    {
        _length += Encoding.ASCII.GetBytes(text, _line.AsSpan(_length));
        if (text[^1] != '\n') _line[_length++] = (byte)',';
    }

    private void Decimal(Int128 mantissa, int decimals)
    {
        _length += DecimalText.Write(mantissa, decimals, _line.AsSpan(_length), shortest: false);
        _line[_length++] = (byte)',';
    }
}
