namespace TradingBot.Market.Bars;

/// <summary>
/// Bars for intervals without trades, by Kraken's rule: the previous close, no volume, count 0 (cold).
/// </summary>
/// <remarks>
/// The bar stage never makes them; exporters and charts that need every interval do. They are marked incomplete,
/// because two neighbours cannot prove that the silence between them was watched.
/// </remarks>
public static class EmptyBars
{
    /// <summary>
    /// The empty bars between two closed bars of one series, for <c>foreach</c>; none when they adjoin.
    /// </summary>
    public static Sequence Fill(in Bar previous, in Bar next, Timeframe timeframe)
    {
        Bar empty = new()
        {
            OpenTimeNs = previous.OpenTimeNs,
            CloseTimeNs = previous.CloseTimeNs,
            Open = previous.Close,
            High = previous.Close,
            Low = previous.Close,
            Close = previous.Close,
            InstrumentId = previous.InstrumentId,
            SeriesIndex = previous.SeriesIndex,
            PriceDecimals = previous.PriceDecimals,
            QuantityDecimals = previous.QuantityDecimals,
            Closed = true,
        };
        return new Sequence(empty, next.OpenTimeNs, timeframe);
    }

    /// <summary>The bars, made one by one.</summary>
    public struct Sequence
    {
        private readonly long _endNs;
        private readonly Timeframe _timeframe;
        private Bar _current;

        internal Sequence(Bar empty, long endNs, Timeframe timeframe)
        {
            _current = empty;
            _endNs = endNs;
            _timeframe = timeframe;
        }

        public readonly Bar Current => _current;

        public readonly Sequence GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_current.CloseTimeNs >= _endNs) return false;
            _current.OpenTimeNs = _current.CloseTimeNs;
            _current.CloseTimeNs = _timeframe.CloseTimeOf(_current.OpenTimeNs);
            return true;
        }
    }
}
