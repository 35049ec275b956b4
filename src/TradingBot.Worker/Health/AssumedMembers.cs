using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;

namespace TradingBot.Worker.Health;

/// <summary>Members of the Unified WebSocket's frames that this program reads or expects, by channel.</summary>
/// <remarks>
/// docs.kraken.com/exchange/api-reference/unified-ws names the channels; many names within data are assumed. A member
/// is written as its path: <c>data[].price</c>.
/// </remarks>
internal static class AssumedMembers
{
    private static readonly Dictionary<string, string> Text = new(StringComparer.Ordinal)
    {
        ["balances"] =
            "data[].asset data[].asset_class data[].balance data[].wallets[].balance data[].wallets[].id "
            + "data[].wallets[].type sequence",
        ["book"] =
            "data[].asks[].price data[].asks[].qty data[].bids[].price data[].bids[].qty data[].checksum "
            + "data[].symbol data[].timestamp",
        ["executions"] =
            "data[].avg_price data[].cl_ord_id data[].cum_cost data[].cum_qty data[].exec_id data[].exec_type "
            + "data[].fees[].asset data[].fees[].qty data[].last_price data[].last_qty data[].limit_price "
            + "data[].liquidity_ind data[].order_id data[].order_qty data[].order_status data[].order_type "
            + "data[].post_only data[].reason data[].reduce_only data[].side data[].symbol data[].time_in_force "
            + "data[].timestamp data[].trade_id data[].triggers.price data[].triggers.reference "
            + "data[].triggers.status sequence",
        ["instrument"] =
            "data.assets[].id data.assets[].precision data.assets[].precision_display data.assets[].status "
            + "data.pairs[].base data.pairs[].cost_precision data.pairs[].price_increment "
            + "data.pairs[].price_precision data.pairs[].qty_increment data.pairs[].qty_min "
            + "data.pairs[].qty_precision data.pairs[].quote data.pairs[].status data.pairs[].symbol",
        ["ledgers"] =
            "data[].amount data[].asset data[].asset_class data[].balance data[].entry_price_new "
            + "data[].entry_price_old data[].fee data[].funding data[].ledger_id data[].mark_price "
            + "data[].position_change data[].realized_pnl data[].ref_id data[].symbol data[].timestamp "
            + "data[].trade_price data[].type sequence",
        ["margin"] =
            "data.available_margin data.balance_value data.collateral_value data.currencies[].asset "
            + "data.currencies[].haircut data.currencies[].quantity data.currencies[].value data.initial_margin "
            + "data.maintenance_margin data.margin_equity data.pnl data.portfolio_value data.time "
            + "data.total_unrealized data.unrealized_funding",
        ["ohlc"] =
            "data[].close data[].high data[].interval data[].interval_begin data[].low data[].open "
            + "data[].symbol data[].tick_type data[].timestamp data[].trades data[].volume data[].vwap timestamp",
        ["positions"] =
            "data.error data.futures[].entry_price data.futures[].initial_margin data.futures[].leverage "
            + "data.futures[].liquidation_price data.futures[].maintenance_margin data.futures[].mark_price "
            + "data.futures[].side data.futures[].size data.futures[].symbol data.futures[].unrealized_funding "
            + "data.futures[].unrealized_pnl data.time",
        ["status"] =
            "data[].api_version data[].connection_id data[].system data[].version",
        ["ticker"] =
            "data[].ask data[].ask_qty data[].bid data[].bid_qty data[].change data[].change_pct "
            + "data[].funding_rate data[].high data[].index_price data[].last data[].low data[].mark_price "
            + "data[].next_funding_time data[].open_interest data[].symbol data[].timestamp data[].volume "
            + "data[].vwap",
        ["trade"] =
            "data[].ord_type data[].price data[].qty data[].side data[].symbol data[].timestamp data[].trade_id",
    };

    /// <summary>Paths by channel.</summary>
    public static FrozenDictionary<string, ImmutableArray<string>> ByChannel { get; } = Text.ToFrozenDictionary(
        pair => pair.Key, pair => pair.Value.Split(' ').ToImmutableArray(), StringComparer.Ordinal);

    /// <summary>The path of every value in a frame, but for channel and type, which every frame has.</summary>
    public static IEnumerable<string> PathsOf(JsonElement frame) =>
        Walk(frame, "").Where(path => path is not ("channel" or "type"));

    private static IEnumerable<string> Walk(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(
            member => Walk(member.Value, path.Length > 0 ? $"{path}.{member.Name}" : member.Name)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(item => Walk(item, path + "[]")),
        _ => [path],
    };
}
