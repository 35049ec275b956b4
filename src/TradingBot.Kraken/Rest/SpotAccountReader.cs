using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Rest;

/// <summary>An order as spot REST shows it; amounts as they stood.</summary>
/// <param name="VenueId">The venue's.</param>
/// <param name="Id">Ours; none for orders we did not place.</param>
/// <param name="Status">pending, open, closed, canceled or expired.</param>
/// <param name="Side">Buy or sell.</param>
/// <param name="Type">None for types we never send.</param>
/// <param name="Quantity">The whole.</param>
/// <param name="Filled">Of it.</param>
/// <param name="Price">Limit or trigger as the order was placed.</param>
public sealed record SpotOrderRow(
    string VenueId, ClientOrderId Id, string Status, Side Side, OrderType Type, Amount Quantity, Amount Filled,
    Amount Price);

/// <summary>A fill as spot REST shows it.</summary>
public sealed record SpotFillRow(
    string TradeId, string VenueOrderId, Side Side, Amount Price, Amount Quantity, Amount Fee);

/// <summary>What the account holds of an asset, by its REST name; what open orders hold is part of it.</summary>
public sealed record SpotBalanceRow(string Asset, Amount Balance, Amount Held);

/// <summary>One line of the ledger.</summary>
public sealed record SpotLedgerRow(string Id, string Type, string Asset, string Reference);

/// <summary>What placing, changing or cancelling came to.</summary>
/// <param name="VenueId">Of a placed order; empty where it was only looked at.</param>
/// <param name="Count">Of a cancel: how many.</param>
public sealed record SpotDone(string VenueId, int Count);

/// <summary>Reads the answers of spot's private calls. A row that cannot be read spoils the whole answer.</summary>
/// <remarks>https://docs.kraken.com/api/docs/rest-api/get-open-orders and its siblings.</remarks>
public static class SpotAccountReader
{
    public static IReadOnlyList<SpotOrderRow>? ReadOpen(JsonElement root, out string fault) =>
        ReadOrders(Inside(root, "open"u8), out fault);

    public static IReadOnlyList<SpotOrderRow>? ReadClosed(JsonElement root, out string fault) =>
        ReadOrders(Inside(root, "closed"u8), out fault);

    public static IReadOnlyList<SpotOrderRow>? ReadQueried(JsonElement root, out string fault) =>
        ReadOrders(Result(root), out fault);

    public static IReadOnlyList<SpotFillRow>? ReadFills(JsonElement root, out string fault) =>
        ReadRows(Inside(root, "trades"u8), "trade", Fill, out fault);

    public static IReadOnlyList<SpotBalanceRow>? ReadBalances(JsonElement root, out string fault) =>
        ReadRows(Result(root), "balance", Balance, out fault);

    public static IReadOnlyList<SpotLedgerRow>? ReadLedger(JsonElement root, out string fault) =>
        ReadRows(Inside(root, "ledger"u8), "ledger entry", Entry, out fault);

    /// <summary>AddOrder, AmendOrder or CancelOrder.</summary>
    public static SpotDone? ReadDone(JsonElement root, out string fault)
    {
        fault = "without a word of what was done";
        JsonElement result = Result(root);
        if (result.ValueKind != JsonValueKind.Object) return null;
        bool isCounted = JsonFields.TryInteger(result, "count"u8, out long count);
        bool isAmended = !JsonFields.TextOf(result, "amend_id"u8).IsEmpty;
        bool isDescribed = result.TryGetProperty("descr"u8, out JsonElement told)
            && told.ValueKind == JsonValueKind.Object;
        if (!isCounted && !isAmended && !isDescribed) return null;
        bool isPlaced = result.TryGetProperty("txid"u8, out JsonElement ids) && ids.ValueKind == JsonValueKind.Array
            && ids.GetArrayLength() > 0 && ids[0].ValueKind == JsonValueKind.String;
        return new SpotDone(isPlaced ? ids[0].GetString()! : "", (int)count);
    }

    private delegate T? RowReader<out T>(string name, JsonElement row);

    private static JsonElement Result(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("result"u8, out JsonElement result)
            ? result : default;

    private static JsonElement Inside(JsonElement root, System.ReadOnlySpan<byte> name)
    {
        JsonElement result = Result(root);
        return result.ValueKind == JsonValueKind.Object && result.TryGetProperty(name, out JsonElement inside)
            ? inside : default;
    }

    private static List<SpotOrderRow>? ReadOrders(JsonElement rows, out string fault) =>
        ReadRows(rows, "order", Order, out fault);

    private static List<T>? ReadRows<T>(JsonElement rows, string what, RowReader<T> read, out string fault)
        where T : class
    {
        fault = $"without a list of rows ({what})";
        if (rows.ValueKind != JsonValueKind.Object) return null;
        List<T> list = [];
        foreach (JsonProperty row in rows.EnumerateObject())
        {
            T? one = row.Value.ValueKind == JsonValueKind.Object ? read(row.Name, row.Value) : null;
            if (one is null)
            {
                fault = $"with a row ({what}) that cannot be read: {row.Name}";
                return null;
            }

            list.Add(one);
        }

        fault = "";
        return list;
    }

    private static SpotOrderRow? Order(string name, JsonElement row)
    {
        bool hasTerms = row.TryGetProperty("descr"u8, out JsonElement terms) && terms.ValueKind == JsonValueKind.Object;
        if (!hasTerms || !TryAmount(row, "vol"u8, out Amount quantity)) return null;
        if (!TryAmount(row, "vol_exec"u8, out Amount filled)) return null;
        string status = Text(row, "status"u8);
        Side side = WireWords.SideOf(JsonFields.TextOf(terms, "type"u8));
        if (status.Length == 0 || side == Side.None) return null;
        _ = ClientOrderId.TryParse(JsonFields.TextOf(row, "cl_ord_id"u8), out ClientOrderId id);
        OrderType type = WireWords.OrderTypeOf(JsonFields.TextOf(terms, "ordertype"u8));
        // Of types we never send it may be a distance or a share: "+1.0000%".
        if (!TryAmount(terms, "price"u8, out Amount price) && type != OrderType.None) return null;
        return new SpotOrderRow(name, id, status, side, type, quantity, filled, price);
    }

    private static SpotFillRow? Fill(string name, JsonElement row)
    {
        Side side = WireWords.SideOf(JsonFields.TextOf(row, "type"u8));
        string order = Text(row, "ordertxid"u8);
        bool isWhole = TryAmount(row, "price"u8, out Amount price) & TryAmount(row, "vol"u8, out Amount quantity)
            & TryAmount(row, "fee"u8, out Amount fee);
        return isWhole && side != Side.None && order.Length > 0
            ? new SpotFillRow(name, order, side, price, quantity, fee) : null;
    }

    private static SpotBalanceRow? Balance(string name, JsonElement row) =>
        TryAmount(row, "balance"u8, out Amount balance) & TryAmount(row, "hold_trade"u8, out Amount held)
            ? new SpotBalanceRow(name, balance, held) : null;

    private static SpotLedgerRow? Entry(string name, JsonElement row)
    {
        string type = Text(row, "type"u8);
        string asset = Text(row, "asset"u8);
        bool isWhole = TryAmount(row, "amount"u8, out _) & TryAmount(row, "balance"u8, out _);
        return isWhole && type.Length > 0 && asset.Length > 0
            ? new SpotLedgerRow(name, type, asset, Text(row, "refid"u8)) : null;
    }

    private static bool TryAmount(JsonElement owner, System.ReadOnlySpan<byte> name, out Amount amount)
    {
        amount = default;
        return owner.TryGetProperty(name, out JsonElement value) && JsonFields.TryAmount(value, out amount);
    }

    private static string Text(JsonElement owner, System.ReadOnlySpan<byte> name) =>
        Encoding.UTF8.GetString(JsonFields.TextOf(owner, name));
}
