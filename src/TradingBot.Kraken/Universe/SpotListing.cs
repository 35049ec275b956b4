using System;
using System.Collections.Immutable;
using System.Text.Json;
using TradingBot.Kraken.Rest;

namespace TradingBot.Kraken.Universe;

/// <summary>Reads what spot lists: AssetPairs of REST, or the <c>instrument</c> snapshot of WebSocket v2.</summary>
/// <remarks>
/// https://docs.kraken.com/api/docs/rest-api/get-tradable-asset-pairs and
/// https://docs.kraken.com/api/docs/websocket-v2/instrument. <c>wsname</c> is the v1 name: v2 renames XBT and XDG.
/// </remarks>
public static class SpotListing
{
    /// <summary>A reader of AssetPairs.</summary>
    public static RestReader<Listing> Reader(long nowNs) => (JsonElement root, out string fault) =>
    {
        fault = "the result lists nothing";
        JsonElement result = root.GetProperty("result"u8);
        if (result.ValueKind != JsonValueKind.Object) return null;
        ListingBuilder listing = new(nowNs);
        foreach (JsonProperty entry in result.EnumerateObject()) Add(listing, entry.Name, entry.Value);
        return listing.Build(out fault);
    };

    /// <summary>Reads the pairs of an <c>instrument</c> snapshot or update, spot or derivatives.</summary>
    public static Listing? ReadFrame(JsonElement root, long nowNs, out string fault)
    {
        fault = "the frame is no instrument snapshot";
        bool isFrame = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("data"u8, out JsonElement data)
            && data.ValueKind == JsonValueKind.Object && data.TryGetProperty("pairs"u8, out JsonElement list)
            && list.ValueKind == JsonValueKind.Array;
        if (!isFrame) return null;
        ListingBuilder listing = new(nowNs);
        foreach (JsonElement entry in root.GetProperty("data"u8).GetProperty("pairs"u8).EnumerateArray())
        {
            AddFrame(listing, entry);
        }

        return listing.Build(out fault);
    }

    private static void Add(ListingBuilder listing, string key, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            listing.Refuse(key, "is no object");
            return;
        }

        string wsname = ListingBuilder.Text(entry, "wsname");
        string altname = ListingBuilder.Text(entry, "altname");
        // Dark pools have no name on the socket.
        if (key.EndsWith(".d", StringComparison.Ordinal))
        {
            listing.LeaveOut();
            return;
        }

        string[] assets = wsname.Split('/');
        if (assets.Length != 2 || assets[0].Length == 0 || assets[1].Length == 0 || altname.Length == 0)
        {
            listing.Refuse(key, $"wsname '{wsname}' and altname '{altname}' do not name two assets");
            return;
        }

        string baseAsset = AssetClasses.Renamed(assets[0]);
        string quote = AssetClasses.Renamed(assets[1]);
        string id = $"{baseAsset}/{quote}";
        string venue = ListingBuilder.Text(entry, "execution_venue");
        bool isForeign = key.Contains(':', StringComparison.Ordinal);
        string status = ListingBuilder.Text(entry, "status");
        listing.Add(new InstrumentSpec
        {
            Id = id,
            Kind = InstrumentKind.Spot,
            Class = isForeign
                ? InstrumentClass.OtherVenue
                : AssetClasses.Of(baseAsset, ListingBuilder.Text(entry, "aclass_base"), venue),
            Status = InstrumentSpec.StatusOf(status),
            StatusText = status,
            Base = baseAsset,
            Quote = quote,
            Names =
            [
                listing.Name(NameDialect.SpotV2, id), listing.Name(NameDialect.SpotV1, wsname),
                listing.Name(NameDialect.Altname, altname), listing.Name(NameDialect.RestKey, key),
            ],
            PriceStep = ListingBuilder.Positive(entry, "tick_size"),
            QuantityStep = ListingBuilder.StepOf(entry, "lot_decimals"),
            QuantityMin = ListingBuilder.Positive(entry, "ordermin"),
            CostMin = ListingBuilder.Positive(entry, "costmin"),
        });
    }

    private static void AddFrame(ListingBuilder listing, JsonElement entry)
    {
        string symbol = entry.ValueKind == JsonValueKind.Object ? ListingBuilder.Text(entry, "symbol") : "";
        if (symbol.Length == 0)
        {
            listing.Refuse("an entry", "has no symbol");
            return;
        }

        bool isSpot = symbol.Contains('/', StringComparison.Ordinal);
        InstrumentKind kind = isSpot ? InstrumentKind.Spot : DerivativeListing.KindOf(symbol);
        if (kind == InstrumentKind.Other)
        {
            listing.LeaveOut();
            return;
        }

        string baseAsset = AssetClasses.Renamed(ListingBuilder.Text(entry, "base"));
        string quote = AssetClasses.Renamed(ListingBuilder.Text(entry, "quote"));
        if (baseAsset.Length == 0 || quote.Length == 0)
        {
            listing.Refuse(symbol, "lacks base or quote");
            return;
        }

        string status = ListingBuilder.Text(entry, "status");
        string venue = isSpot ? ListingBuilder.Text(entry, "execution_venue") : "";
        listing.Add(new InstrumentSpec
        {
            Id = symbol,
            Kind = kind,
            Class = AssetClasses.Of(baseAsset, ListingBuilder.Text(entry, "aclass_base"), venue),
            Status = InstrumentSpec.StatusOf(status),
            StatusText = status,
            Base = baseAsset,
            Quote = quote,
            Names = ImmutableArray.Create(listing.Name(isSpot ? NameDialect.SpotV2 : NameDialect.Derivatives, symbol)),
            PriceStep = ListingBuilder.Positive(entry, "price_increment"),
            QuantityStep = ListingBuilder.Positive(entry, "qty_increment"),
            QuantityMin = ListingBuilder.Positive(entry, "qty_min"),
            CostMin = ListingBuilder.Positive(entry, "cost_min"),
            SettlesNs = DerivativeListing.SettlementOf(symbol),
        });
    }
}
