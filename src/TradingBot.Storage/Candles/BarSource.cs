namespace TradingBot.Storage.Candles;

/// <summary>Where rows of a series come from. Rows of different sources never share a series.</summary>
public enum BarSource : byte
{
    None = 0,

    /// <summary>
    /// <c>spot-rest</c>: Kraken's spot REST, <c>/0/public/OHLC</c> and <c>/0/public/Trades</c>
    /// (docs.kraken.com/api/docs/rest-api/get-ohlc-data).
    /// </summary>
    SpotRest = 1,

    /// <summary>
    /// <c>perp-rest</c>: charts of the derivatives API; also rows that stand in for a spot symbol that has none.
    /// </summary>
    PerpRest = 2,

    /// <summary><c>import</c>: Kraken's downloadable OHLCVT and time-and-sales files.</summary>
    Import = 3,

    /// <summary><c>own</c>: built here, from trades by the engine's own bars, or from finer bars.</summary>
    Own = 4,
}

/// <summary>Sources as the words of tables, files and options.</summary>
public static class BarSourceText
{
    /// <summary>Every source, in the order in which one is preferred where several have rows.</summary>
    public static readonly string[] All = ["import", "spot-rest", "own", "perp-rest"];

    public static string Of(BarSource source) => source switch
    {
        BarSource.SpotRest => "spot-rest",
        BarSource.PerpRest => "perp-rest",
        BarSource.Import => "import",
        BarSource.Own => "own",
        _ => "none",
    };

    public static bool TryParse(string text, out BarSource source)
    {
        source = text switch
        {
            "spot-rest" => BarSource.SpotRest,
            "perp-rest" => BarSource.PerpRest,
            "import" => BarSource.Import,
            "own" => BarSource.Own,
            _ => BarSource.None,
        };
        return source != BarSource.None;
    }
}
