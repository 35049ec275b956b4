using System;
using System.Globalization;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>A spot instrument as matching meets it, with its names in each of the venue's spellings.</summary>
internal sealed class SpotMarket : IVenueMarket
{
    private const string Quote = "USD";

    /// <summary>Least cost of an order, in dollars at <see cref="SpotLedger.QuoteDecimals"/>: 0.5.</summary>
    private const long CostLeastUnits = 5_000;

    /// <summary>The venue's own names: of the market, of its base asset, and both in the old spelling.</summary>
    private static readonly (string Base, string Key, string Altname, string OldName, string AssetKey)[] Names =
    [
        ("BTC", "XXBTZUSD", "XBTUSD", "XBT/USD", "XXBT"), ("ETH", "XETHZUSD", "ETHUSD", "ETH/USD", "XETH"),
        ("SOL", "SOLUSD", "SOLUSD", "SOL/USD", "SOL"), ("DOGE", "XDGUSD", "XDGUSD", "XDG/USD", "XXDG"),
        ("ADA", "ADAUSD", "ADAUSD", "ADA/USD", "ADA"),
    ];

    private readonly (string Base, string Key, string Altname, string OldName, string AssetKey) _names;

    private readonly bool _indexIsLast;

    /// <param name="market">Its background.</param>
    /// <param name="indexIsLast">The index is the last price, not the middle of the book.</param>
    public SpotMarket(SyntheticMarket market, bool indexIsLast = false)
    {
        _indexIsLast = indexIsLast;
        Background = market;
        string asset = market.Instrument.Base;
        _names = Array.Find(Names, names => names.Base == asset);
        // Those made up have one name, whoever asks.
        if (_names.Base is null) _names = (asset, asset + Quote, asset + Quote, market.Instrument.Symbol, asset);
        decimal least = decimal.Parse(market.Instrument.QuantityMin, NumberStyles.Float, CultureInfo.InvariantCulture);
        LotsLeast = (long)(least * Money.Pow10(QuantityDecimals));
    }

    public SyntheticMarket Background { get; }

    public string Symbol => Background.Instrument.Symbol;

    /// <summary>The base asset in the new spelling: BTC.</summary>
    public string Asset => _names.Base;

    /// <summary>The base asset as REST keys it: XXBT.</summary>
    public string AssetKey => _names.AssetKey;

    /// <summary>As REST keys it: XXBTZUSD.</summary>
    public string Key => _names.Key;

    /// <summary>As REST shows it in an order's description: XBTUSD.</summary>
    public string Altname => _names.Altname;

    /// <summary>As the first WebSocket spells it: XBT/USD.</summary>
    public string OldName => _names.OldName;

    /// <summary>The quote asset as REST keys it.</summary>
    public static string QuoteKey => "Z" + Quote;

    public static string QuoteAsset => Quote;

    public int PriceDecimals => Background.Instrument.PriceDecimals;

    public int QuantityDecimals => Background.Instrument.QuantityDecimals;

    public long PriceStep => 1;

    public long LotsStep => 1;

    public long LotsLeast { get; }

    public static long CostLeast => CostLeastUnits;

    public bool IsMatching => true;

    public IVenueSide Bids => Background.Bids;

    public IVenueSide Asks => Background.Asks;

    public long LastPrice => Background.LastPrice;

    /// <summary>The middle of the book, or the last price: the venue's index is made of several, and this is
    /// one.</summary>
    public long IndexPrice => _indexIsLast ? LastPrice : Background.MidPrice;

    public long MarkPrice => IndexPrice;

    public long PrintTrade(long price, long lots) => Background.PrintTrade(price, lots);

    /// <summary>Whether a name in any of the spellings means this market.</summary>
    public bool IsNamed(string name) => name == Key || name == Altname || name == OldName || name == Symbol;

    /// <summary>The background trades of the last step, best price first.</summary>
    public FlowTrade[] Flow()
    {
        FlowTrade[] flow = new FlowTrade[Background.TradeCount];
        for (int i = 0; i < flow.Length; i++)
        {
            flow[i] = new FlowTrade(
                Background.TakerBuys, Background.TradePriceAt(i), Background.TradeLotsAt(i));
        }

        return flow;
    }
}
