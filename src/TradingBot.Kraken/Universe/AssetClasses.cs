using System;
using System.Collections.Frozen;

namespace TradingBot.Kraken.Universe;

/// <summary>Which class an instrument is of, by what the venue says and, where it says nothing, by its base.</summary>
/// <remarks>
/// Kraken marks tokenized equities (<c>aclass_base</c>, <c>tradfi</c>) and other venues (<c>execution_venue</c>). It
/// marks neither currencies of states nor stablecoins: those are listed here by asset, and a new one is crypto until it
/// is added. The list is short because it may be: who wants one of them allows its class.
/// </remarks>
internal static class AssetClasses
{
    /// <summary>ISO 4217 currencies that Kraken holds or has contracts on.</summary>
    private static readonly FrozenSet<string> Currencies = FrozenSet.ToFrozenSet(
        [
            "USD", "EUR", "GBP", "CAD", "JPY", "CHF", "AUD", "AED", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
            "SGD", "HKD", "CNH", "CNY", "KRW", "INR", "MXN", "BRL", "ARS", "COP", "CLP", "ZAR", "TRY", "ILS", "THB",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> Stablecoins = FrozenSet.ToFrozenSet(
        [
            "USDT", "USDC", "DAI", "PYUSD", "TUSD", "USDG", "RLUSD", "USDS", "USDD", "USDE", "USDQ", "USDR", "USD1",
            "FDUSD", "GUSD", "BUSD", "USDP", "UST", "FRAX", "LUSD", "AUSD", "EURT", "EURC", "EURQ", "EUROP", "EURR",
            "GHO", "CRVUSD", "USDUC", "TGBP", "AUDX", "MXNB",
        ],
        StringComparer.Ordinal);

    /// <summary>Names of execution venues that are Kraken's own order books.</summary>
    private static readonly FrozenSet<string> OwnVenues =
        FrozenSet.ToFrozenSet(["", "international", "kraken"], StringComparer.OrdinalIgnoreCase);

    /// <param name="asset">The base by its v2 name.</param>
    /// <param name="venueClass"><c>aclass_base</c>, or a word of the same meaning; empty when nothing is said.</param>
    /// <param name="executionVenue"><c>execution_venue</c>; empty when nothing is said.</param>
    public static InstrumentClass Of(string asset, string venueClass, string executionVenue)
    {
        if (!OwnVenues.Contains(executionVenue)) return InstrumentClass.OtherVenue;
        return venueClass switch
        {
            "tokenized_asset" => InstrumentClass.TokenizedEquity,
            "forex" => InstrumentClass.Forex,
            "" or "currency" => OfAsset(asset),
            _ => InstrumentClass.Unknown,
        };
    }

    private static InstrumentClass OfAsset(string asset)
    {
        if (Currencies.Contains(asset)) return InstrumentClass.Forex;
        if (Stablecoins.Contains(asset)) return InstrumentClass.Stablecoin;
        return IsToken(asset) ? InstrumentClass.TokenizedEquity : InstrumentClass.Crypto;
    }

    /// <summary>A ticker in capitals and a small x: AAPLx, SPYx. No crypto asset of Kraken is written so.</summary>
    public static bool IsToken(string asset) =>
        asset.Length > 1 && asset[^1] == 'x' && !asset.AsSpan(0, asset.Length - 1).ContainsAnyInRange('a', 'z');

    /// <summary>The two assets whose v2 name is not the old one.</summary>
    public static string Renamed(string asset) => asset switch
    {
        "XBT" => "BTC",
        "XDG" => "DOGE",
        _ => asset,
    };
}
