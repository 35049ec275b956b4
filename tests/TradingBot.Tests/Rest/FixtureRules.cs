using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO.Enumeration;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Tests.Rest;

/// <summary>What reads each recorded answer or frame, and why some are read by nothing.</summary>
/// <param name="Pattern">Of folder and file.</param>
/// <param name="Reader">What reads it; "-" when nothing does.</param>
/// <param name="Read">Its values in words; begins with <c>FAULT</c> when it cannot be read.</param>
internal sealed record FixtureRule(string Pattern, string Reader, Func<JsonElement, string> Read)
{
    private const string NoVerb = "the program has no such call";
    private const string ByHand = "a request's form, which the tests of our requests compare";

    private static readonly Timeframe Minute = Timeframe.TryParse("1m", out Timeframe minute) ? minute : default;

    private static readonly FixtureRule[] Derivatives =
    [
        new("futures-rest/*pen*rders.json", "orders of REST v3", root => Futures(root, "openOrders")),
        new("futures-rest/*pen*ositions.json", "positions of REST v3", root => Futures(root, "openPositions")),
        new("futures-rest/*fills.json", "fills of REST v3", root => Futures(root, "fills")),
        new("futures-rest/kn_GetUserTrades.json", "fills of REST v3", root => Futures(root, "fills")),
        new("futures-rest/kn_GetSelfTradeStrategy.json", "-", _ => "holds fills under another call's name"),
        new("futures-rest/kn_PlaceOrder.json", "status of an order", root => Status(root, "sendStatus")),
        new("futures-rest/doc_sendorder_*.json", "status of an order", root => Status(root, "sendStatus")),
        new("futures-rest/nt_http_send_order*.json", "status of an order", root => Status(root, "sendStatus")),
        new("futures-rest/kn_EditOrder.json", "status of an order", root => Status(root, "editStatus")),
        new("futures-rest/*ancel*rder*utures.json", "status of an order", root => Status(root, "cancelStatus")),
        new("futures-rest/kn_CancelOrder.json", "status of an order", root => Status(root, "cancelStatus")),
        new("futures-rest/doc_batchorder_response.json", "statuses of orders", Batch),
        new("futures-rest/doc_batchorder_request.txt", "-", _ => ByHand),
        new("futures-rest/doc_error_*.json", "errors of REST v3", DerivativesError),
        new("futures-rest/kn_GetOrders.json", "orders/status", _ => "no order in it: no evidence"),
        new("futures-rest/*andles_*.json", "charts", root => Chart(root, Minute)),
        new("futures-rest/kn_GetKlines.json", "charts", root => Chart(root, Minute)),
        new("futures-rest/*unding*ates.json", "funding", Funding),
        new("futures-rest/*ickers.json", "tickers", root =>
            Count(DerivativesReader.ReadTickers(root, out string fault), fault, "tickers")),
        new("futures-rest/kn_GetSymbols.json", "contracts", Contracts),
        new("futures-rest/*nstrument*.json", "contracts", Contracts),
        new("futures-rest/*", "-", _ => NoVerb),
    ];

    private static readonly FixtureRule[] SpotRest =
    [
        new("spot-rest/*pen*rders.json", "open orders", root =>
            Orders(SpotAccountReader.ReadOpen(root, out string fault), fault)),
        new("spot-rest/*losed*rders.json", "closed orders", root =>
            Orders(SpotAccountReader.ReadClosed(root, out string fault), fault)),
        new("spot-rest/kn_GetOrders*.json", "orders by id", root =>
            Orders(SpotAccountReader.ReadQueried(root, out string fault), fault)),
        new("spot-rest/nt_http_trades_history.json", "own fills", root =>
            Count(SpotAccountReader.ReadFills(root, out string fault), fault, "fills")),
        new("spot-rest/kn_GetUserTrades.json", "own fills", root =>
            Count(SpotAccountReader.ReadFills(root, out string fault), fault, "fills")),
        new("spot-rest/kn_GetAvailableBalances.json", "balances", root =>
            Count(SpotAccountReader.ReadBalances(root, out string fault), fault, "assets")),
        new("spot-rest/kn_GetLedgerInfo.json", "ledger", root =>
            Count(SpotAccountReader.ReadLedger(root, out string fault), fault, "entries")),
        new("spot-rest/kn_PlaceOrder.json", "order placed", Done),
        new("spot-rest/*add_order_spot.json", "order placed", Done),
        new("spot-rest/doc_AddOrder_validate.json", "order looked at", Done),
        new("spot-rest/doc_AmendOrder_response.json", "order amended", Done),
        new("spot-rest/*ancel*rder*pot.json", "order cancelled", Done),
        new("spot-rest/kn_CancelOrder.json", "order cancelled", Done),
        new("spot-rest/doc_GetWebSocketsToken.json", "token", Token),
        new("spot-rest/kn_GetApiKeyInfo.json", "key", root => KeyReport.Read(root, out string fault) is { } key
            ? $"{key.Rights.Length} rights" : "FAULT " + fault),
        new("spot-rest/doc_error_sample.json", "errors", SpotError),
        new("spot-rest/*sset*airs*.json", "instruments", Pairs),
        new("spot-rest/kn_GetSymbols.json", "instruments", Pairs),
        new("spot-rest/*icker.json", "tickers", root =>
            Count(SpotReader.ReadTickers(root, out string fault), fault, "tickers")),
        new("spot-rest/*ystem*tatus.json", "mode", root => SpotReader.ReadStatus(root, out string fault)
            ?? "FAULT " + fault),
        new("spot-rest/nt_http_server_time.json", "time", root =>
            SpotReader.ReadTime(root, out string fault) is { } time
            ? time.UnixNs.ToString(CultureInfo.InvariantCulture) : "FAULT " + fault),
        new("spot-rest/kn_GetKlines.json", "bars", root =>
            SpotReader.Ohlc(Minute, [])(root, out string fault) is { } page
                ? $"{page.Rows.Length} rows" : "rejected: " + fault),
        new("spot-rest/doc_*request*", "-", _ => ByHand),
        new("spot-rest/*", "-", _ => NoVerb),
    ];

    private static readonly FixtureRule[] Sockets =
    [
        new("uws/assumed/add_order.ndjson", "answers of the lane", Answer),
        new("uws/assumed/amend_cancel.ndjson", "answers of the lane", Answer),
        new("uws/assumed/executions.ndjson", "executions", root => Executions(root, Dialect.Unified)),
        new("uws/assumed/positions.ndjson", "positions", Positions),
        new("uws/assumed/balances.ndjson", "-", _ => "listened to by the verb probe alone"),
        new("uws/assumed/margin.ndjson", "-", _ => "listened to by the verb probe alone"),
        new("uws/assumed/ledgers.ndjson", "-", _ => "listened to by the verb probe alone"),
        new("uws/assumed/*.ndjson", "market of Unified", root => Market(root, Dialect.Unified)),
        new("futures-ws/*", "feeds of the first futures socket", FuturesFrame),
        new("spot-ws/doc_executions_lifecycle.ndjson", "executions", root => Executions(root, Dialect.SpotV2)),
        new("spot-ws/doc_balances_*.json", "balances", root =>
            $"{root.GetProperty("data").GetArrayLength()} balances"),
        new("spot-ws/*request*.json", "-", _ => ByHand),
        new("spot-ws/*order_response*.json", "answers of the lane", Answer),
        new("spot-ws/*_response_*.json", "-", _ => NoVerb),
        new("spot-ws/kn_ws_*", "-", _ => "a client's matchers beside answers of calls the lane does not make"),
        new("spot-ws/*l3*", "-", _ => "single orders of the book are not subscribed"),
        new("spot-ws/*", "market of spot", root => Market(root, Dialect.SpotV2)),
    ];

    /// <summary>The first that fits decides.</summary>
    private static readonly FixtureRule[] All = [.. Derivatives, .. SpotRest, .. Sockets];

    public static FixtureRule? Find(string path) =>
        All.FirstOrDefault(rule => FileSystemName.MatchesSimpleExpression(rule.Pattern, path, ignoreCase: false));

    private static string Count<T>(IReadOnlyCollection<T>? rows, string fault, string what) =>
        rows is null ? "FAULT " + fault : $"{rows.Count} {what}";

    private static string Orders(IReadOnlyList<SpotOrderRow>? rows, string fault) => rows is null ? "FAULT " + fault
        : rows.Count == 0 ? "0 orders"
        : $"{rows.Count} orders; {rows[0].Status} {rows[0].Type} {rows[0].Side} {rows[0].Quantity} at {rows[0].Price}, "
            + $"{rows[0].Filled} filled";

    private static string Done(JsonElement root) => SpotAccountReader.ReadDone(root, out string fault) is not { } done
        ? "FAULT " + fault : done.VenueId.Length > 0 ? "order " + done.VenueId : done.Count > 0 ? $"{done.Count} orders"
        : "done";

    private static string Token(JsonElement root) =>
        WebSocketToken.Parse(200, Encoding.UTF8.GetBytes(root.GetRawText()), 0).Token is null
            ? "FAULT no token" : "a token";

    private static string SpotError(JsonElement root) => RestVerdict.Of(RestEnvelope.Spot, 200, root) is { } verdict
        ? $"{verdict.Class}: {verdict.Reason}" : "FAULT no error in it";

    private static string DerivativesError(JsonElement root) =>
        RestVerdict.Of(RestEnvelope.Derivatives, 200, root) is { } verdict
            ? $"{verdict.Class}: {verdict.Reason}" : "FAULT no error in it";

    private static string Pairs(JsonElement root)
    {
        // Some stored files are the result without its envelope.
        JsonElement whole = root.TryGetProperty("result", out _) ? root
            : JsonSerializer.SerializeToElement(new { error = Array.Empty<string>(), result = root });
        return SpotListing.Reader(0)(whole, out string fault) is { } listing
            ? $"{listing.Specs.Length} instruments, {listing.Unread.Length} rejected" : "FAULT " + fault;
    }

    private static string Contracts(JsonElement root) => DerivativeListing.Reader(0)(root, out string fault) is { } list
        ? $"{list.Specs.Length} contracts, {list.Unread.Length} rejected" : "rejected: " + fault;

    private static string Chart(JsonElement root, Timeframe timeframe) =>
        DerivativesReader.Charts(timeframe, hasVolume: false, mayBeEmpty: true)(root, out string fault) is { } page
            ? $"{page.Rows.Length} rows" : "rejected: " + fault;

    private static string Funding(JsonElement root) =>
        Count(DerivativesReader.ReadFunding(root, out string fault), fault, "rates");

    private static string Status(JsonElement root, string name)
    {
        string status = root.GetProperty(name).GetProperty("status").GetString()!;
        return VenueErrors.Find(ErrorDialect.SendStatus, status) is { } row
            ? $"{status}: {row.Outcome}" : "FAULT status " + status;
    }

    private static string Batch(JsonElement root) => string.Join("; ", root.GetProperty("batchStatus").EnumerateArray()
        .Select(part => part.GetProperty("status").GetString()!)
        .Select(status => VenueErrors.Find(ErrorDialect.SendStatus, status) is { } row
            ? $"{status}: {row.Outcome}" : "FAULT status " + status));

    private static string Answer(JsonElement root)
    {
        if (!root.TryGetProperty("success", out JsonElement success)) return "a request";
        if (success.GetBoolean()) return "accepted";
        KrakenError error = KrakenError.Of(root.GetProperty("error").GetString()!);
        return $"{(error.IsDefinite ? "refused" : "unknown")}: {error.Reason}";
    }

    private static string Futures(JsonElement root, string list)
    {
        FuturesBench bench = new();
        return bench.Of(root.GetProperty(list), list);
    }

    private static string FuturesFrame(JsonElement root)
    {
        JsonElement frame = root.ValueKind == JsonValueKind.Array ? root[root.GetArrayLength() - 1].GetProperty("msg")
            : root;
        FuturesBench bench = new();
        string feed = frame.TryGetProperty("feed", out JsonElement told) ? told.GetString()! : "";
        switch (feed)
        {
            case "open_orders": return bench.Change(frame);
            case "open_orders_snapshot" or "open_orders_verbose_snapshot":
                return bench.Of(frame.GetProperty("orders"), "openOrders");
            case "fills" or "fills_snapshot": return bench.Of(frame.GetProperty("fills"), "fills");
            case "open_positions": return bench.Of(frame.GetProperty("positions"), "openPositions");
            default: return Market(frame, Dialect.FuturesV1);
        }
    }

    private static string Positions(JsonElement root)
    {
        bool hasList = root.TryGetProperty("data", out JsonElement data) && data.TryGetProperty("futures", out _);
        if (!hasList) return "no list";
        return data.TryGetProperty("error", out JsonElement error) ? "failed: " + error.GetString()
            : new FuturesBench().Of(data.GetProperty("futures"), "openPositions");
    }

    private static string Executions(JsonElement root, Dialect dialect)
    {
        if (!root.TryGetProperty("data", out JsonElement data)) return "no data";
        LaneCounters counters = new();
        ExecutionReader reader = new(new SymbolTable(64), new ReportedOrders(), counters, dialect);
        bool isSnapshot = root.GetProperty("type").GetString() == "snapshot";
        return string.Join("; ", data.EnumerateArray().Select(item =>
            reader.Read(item, isSnapshot, out AccountRecord record) switch
            {
                ItemVerdict.Record => FuturesBench.Words(record),
                ItemVerdict.Quiet => "quiet",
                // Sparse: alone it lacks what the first report of its order said.
                _ => "incomplete alone",
            }));
    }

    private static string Market(JsonElement root, Dialect dialect)
    {
        FrameParser parser = new(dialect, new SymbolTable(), new WireCounters());
        IEnumerable<JsonElement> frames = root.ValueKind != JsonValueKind.Array ? [root]
            : root.EnumerateArray().Select(one => one.TryGetProperty("msg", out JsonElement inner) ? inner : one);
        EventBatch batch = new();
        return string.Join("; ", frames.Select(frame =>
        {
            ParseResult result = parser.Parse(Encoding.UTF8.GetBytes(frame.GetRawText()), batch);
            return result == ParseResult.Ok ? $"{batch.Count} events" : $"rejected: {result}";
        }).Distinct());
    }

    /// <summary>Readers of the older interface's account, with tables of their own.</summary>
    private sealed class FuturesBench
    {
        private readonly LaneCounters _counters = new();
        private readonly FuturesReader _reader;
        private readonly PositionReader _positions;

        public FuturesBench()
        {
            SymbolTable symbols = new(64);
            ReportedOrders orders = new();
            _reader = new FuturesReader(symbols, orders, new ExecutionReader(symbols, orders, _counters), _counters);
            _positions = new PositionReader(symbols, _counters);
        }

        public string Of(JsonElement list, string kind)
        {
            string[] read =
            [
                .. list.EnumerateArray().Select(item =>
                {
                    ItemVerdict verdict = kind switch
                    {
                        "fills" => _reader.ReadFill(item, isSnapshot: true, out AccountRecord _),
                        "openPositions" => _positions.Read(item, true, 0, out AccountRecord _),
                        _ => _reader.ReadOpen(item, isSnapshot: true, out AccountRecord _),
                    };
                    AccountRecord record = default;
                    if (kind == "fills") _reader.ReadFill(item, isSnapshot: true, out record);
                    else if (kind == "openPositions") _positions.Read(item, true, 0, out record);
                    else _reader.ReadOpen(item, isSnapshot: true, out record);
                    return verdict == ItemVerdict.Fault ? "FAULT " + item.GetRawText() : Words(record);
                }),
            ];
            return read.Length == 0 ? "none" : string.Join("; ", read);
        }

        public string Change(JsonElement frame) => _reader.ReadChange(frame, out AccountRecord record, out bool looks)
            switch
        {
            ItemVerdict.Record => Words(record),
            ItemVerdict.Quiet => looks ? "causes a look" : "quiet",
            _ => "incomplete alone",
        };

        public static string Words(AccountRecord record) =>
            $"{record.Kind} {record.Type} {record.Side} {DecimalText.Of(record.Quantity, record.QuantityDecimals)} at "
            + DecimalText.Of(record.Price, record.PriceDecimals)
            + (record.TriggerPrice != 0 ? $" trigger {DecimalText.Of(record.TriggerPrice, record.PriceDecimals)}" : "")
            + (record.ReduceOnly ? " reduce-only" : "")
            + (record.Reason != VenueReason.None ? $" ({record.Reason})" : "");
    }
}
