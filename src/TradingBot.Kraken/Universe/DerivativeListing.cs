using System;
using System.Globalization;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;

namespace TradingBot.Kraken.Universe;

/// <summary>Reads what derivatives list: <c>/derivatives/api/v3/instruments</c>, which ends on 2027-03-01.</summary>
/// <remarks>https://docs.kraken.com/api/docs/futures-api/trading/get-instruments.</remarks>
public static class DerivativeListing
{
    private const int PrefixLength = 3;
    private const long NanosPerTick = 100;

    /// <summary>Dated contracts end at 16:00 UTC of their date where no time is told.</summary>
    private const int SettlementHour = 16;

    public static RestReader<Listing> Reader(long nowNs) => (JsonElement root, out string fault) =>
    {
        fault = "the answer lists nothing";
        bool isList = root.TryGetProperty("instruments"u8, out JsonElement list)
            && list.ValueKind == JsonValueKind.Array;
        if (!isList) return null;
        ListingBuilder listing = new(nowNs);
        foreach (JsonElement entry in list.EnumerateArray()) Add(listing, entry, nowNs);
        return listing.Build(out fault);
    };

    /// <summary>The kind a symbol's first letters stand for; old answers write them small.</summary>
    internal static InstrumentKind KindOf(string symbol)
    {
        if (symbol.Length <= PrefixLength) return InstrumentKind.Other;
        return symbol[..PrefixLength].ToUpperInvariant() switch
        {
            "PF_" => InstrumentKind.LinearPerpetual,
            "FF_" => InstrumentKind.LinearDated,
            "PI_" => InstrumentKind.InversePerpetual,
            "FI_" => InstrumentKind.InverseDated,
            _ => InstrumentKind.Other,
        };
    }

    /// <summary>The end of a dated contract by its name (<c>FI_XBTUSD_260925</c>), Unix ns; 0: none.</summary>
    internal static long SettlementOf(string symbol)
    {
        if (KindOf(symbol) is not (InstrumentKind.LinearDated or InstrumentKind.InverseDated)) return 0;
        string date = symbol[(symbol.LastIndexOf('_') + 1)..];
        bool isDate = DateTimeOffset.TryParseExact(
            date, "yyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset day);
        return isDate ? (day.AddHours(SettlementHour) - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick : 0;
    }

    private static void Add(ListingBuilder listing, JsonElement entry, long nowNs)
    {
        string symbol = entry.ValueKind == JsonValueKind.Object ? ListingBuilder.Text(entry, "symbol") : "";
        if (symbol.Length == 0)
        {
            listing.Refuse("an entry", "has no symbol");
            return;
        }

        InstrumentKind kind = KindOf(symbol);
        if (kind == InstrumentKind.Other)
        {
            listing.LeaveOut();
            return;
        }

        if (Assets(entry, symbol) is not var (baseAsset, quote))
        {
            listing.Refuse(symbol, "its base and quote are neither told nor in its name");
            return;
        }

        bool isTradfi = IsTrue(entry, "tradfi");
        InstrumentClass byAsset = AssetClasses.Of(baseAsset, "", "");
        long opensNs = JsonFields.TimeOf(entry, "openingDate"u8);
        long told = JsonFields.TimeOf(entry, "lastTradingTime"u8);
        long settlesNs = told > 0 ? told : SettlementOf(symbol);
        (InstrumentStatus status, string word) = StatusOf(entry, nowNs, opensNs, settlesNs);
        listing.Add(new InstrumentSpec
        {
            Id = symbol,
            Kind = kind,
            Class = isTradfi && byAsset == InstrumentClass.Crypto ? InstrumentClass.TokenizedEquity : byAsset,
            Status = status,
            StatusText = word,
            Base = baseAsset,
            Quote = quote,
            Names = [listing.Name(NameDialect.Derivatives, symbol)],
            PriceStep = ListingBuilder.Positive(entry, "tickSize"),
            QuantityStep = ListingBuilder.StepOf(entry, "contractValueTradePrecision"),
            // The least is one step: said so by the venue's page, not by the listing.
            QuantityMin = ListingBuilder.StepOf(entry, "contractValueTradePrecision"),
            OpensNs = opensNs,
            SettlesNs = settlesNs,
        });
    }

    private static bool IsTrue(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    private static (InstrumentStatus Status, string Word) StatusOf(
        JsonElement entry, long nowNs, long opensNs, long settlesNs)
    {
        if (!entry.TryGetProperty("tradeable"u8, out JsonElement tradeable)) return (InstrumentStatus.Unknown, "");
        if (settlesNs > 0 && settlesNs <= nowNs) return (InstrumentStatus.Delisted, "settled");
        if (opensNs > nowNs) return (InstrumentStatus.New, "opens later");
        if (tradeable.ValueKind != JsonValueKind.True) return (InstrumentStatus.Suspended, "not tradeable");
        return IsTrue(entry, "postOnly")
            ? (InstrumentStatus.PostOnly, "postOnly")
            : (InstrumentStatus.Online, "tradeable");
    }

    /// <summary>Base and quote as told, else out of a name that ends in USD.</summary>
    private static (string Base, string Quote)? Assets(JsonElement entry, string symbol)
    {
        string told = ListingBuilder.Text(entry, "base");
        string quote = ListingBuilder.Text(entry, "quote");
        if (told.Length > 0 && quote.Length > 0) return (AssetClasses.Renamed(told), AssetClasses.Renamed(quote));
        string name = symbol.Split('_')[1];
        bool isDollar = name.Length > 3 && name.EndsWith("USD", StringComparison.OrdinalIgnoreCase);
        return isDollar ? (AssetClasses.Renamed(Upper(name[..^3])), "USD") : null;
    }

    /// <summary>Capitals, but for the small x that ends a token's name.</summary>
    private static string Upper(string asset) => AssetClasses.IsToken(asset) ? asset : asset.ToUpperInvariant();
}
