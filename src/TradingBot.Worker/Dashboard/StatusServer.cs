// In:     the worker's published standing (bytes).   Out: one page and a few endpoints on a loopback address.
// Thread: Kestrel's; nothing here touches the worker's state.
using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Dashboard;

/// <summary>What a person or a monitor asks the worker: alive, ready, metrics, status, page.</summary>
internal sealed class StatusServer : IAsyncDisposable
{
    /// <summary>A standing older than this means that the worker's thread hangs.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(3);

    private readonly WebApplication _app;

    private StatusServer(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Listens on an address of this machine; port 0 takes a free one.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<StatusServer> StartAsync(LiveRun run, IPEndPoint listen, CancellationToken stop)
    {
        // Nothing here asks who is there.
        if (!IPAddress.IsLoopback(listen.Address)) throw new ArgumentException($"{listen} is not loopback.");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listen));
        WebApplication app = builder.Build();
        app.MapGet("/livez", () => run.StatusAge < StaleAfter ? Results.Text("ok") : Results.StatusCode(503));
        app.MapGet("/readyz", (HttpContext context) => Ready(run, context.Request.Query.ContainsKey("verbose")));
        app.MapGet("/api/status", () => Results.Bytes(run.Status, "application/json"));
        app.MapGet("/metrics", () => Results.Text(Metrics(run.Status), "text/plain; version=0.0.4"));
        app.MapGet("/events", (HttpContext context) => StreamAsync(run, context));
        app.MapGet("/", () => Results.Bytes(Page(), "text/html; charset=utf-8"));
        await app.StartAsync(stop).ConfigureAwait(false);
        foreach (string url in app.Urls) return new StatusServer(app, new Uri(url));
        throw new InvalidOperationException("The server listens nowhere.");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>200 when every check holds, else 503; with <c>?verbose</c> each check is told.</summary>
    private static IResult Ready(LiveRun run, bool verbose)
    {
        Readiness readiness = Readiness.Of(run.Status, run.StatusAge, StaleAfter);
        string text = verbose ? readiness.ToString() : readiness.IsReady ? "ready" : "not ready";
        return Results.Text(text, statusCode: readiness.IsReady ? 200 : 503);
    }

    /// <summary>Server-sent events: the standing four times a second until the client leaves.</summary>
    private static async Task StreamAsync(LiveRun run, HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(250));
        try
        {
            do
            {
                byte[] message = [.. "data: "u8, .. run.Status, .. "\n\n"u8];
                await context.Response.Body.WriteAsync(message, context.RequestAborted).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(context.RequestAborted).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The browser left.
        }
    }

    /// <summary>Prometheus text, from the same standing that the page shows.</summary>
    private static string Metrics(byte[] status)
    {
        StringBuilder text = new();
        if (status.Length == 0) return "";
        using JsonDocument json = JsonDocument.Parse(status);
        JsonElement root = json.RootElement;
        Metric(text, root, "frames", "tradingbot_feed_messages_total", "counter", "Frames taken from the venue.");
        Metric(text, root, "parse_errors", "tradingbot_feed_errors_total", "counter", "Frames that were refused.");
        Metric(text, root, "checksums_verified", "tradingbot_book_checksums_verified_total", "counter", "Matched.");
        Metric(text, root, "checksum_mismatches", "tradingbot_book_checksum_mismatches_total", "counter", "Failed.");
        Metric(text, root, "signals", "tradingbot_signals_total", "counter", "Signals of the strategies.");
        Metric(text, root, "approved", "tradingbot_orders_approved_total", "counter", "Signals the gate let through.");
        Metric(text, root, "orders", "tradingbot_orders_total", "counter", "Orders placed, of any role.");
        Metric(text, root, "unsent", "tradingbot_orders_unsent_total", "counter", "Commands a dry run did not send.");
        Metric(text, root, "fills", "tradingbot_fills_total", "counter", "Our fills.");
        Metric(text, root, "unknown_outcomes", "tradingbot_orders_unknown_total", "counter", "Outcomes nobody knew.");
        Metric(text, root, "positions_open", "tradingbot_positions", "gauge", "Positions open now.");
        Metric(text, root, "journal_bytes", "tradingbot_journal_bytes", "gauge", "Bytes of this run's input journal.");
        Metric(
            text, root, "journal_records_lost", "tradingbot_journal_records_lost_total", "counter",
            "Inputs and outputs after the journal broke.");
        Metric(
            text, root, "capture_records", "tradingbot_capture_records_total", "counter",
            "Records of this run's recording.");
        Metric(
            text, root, "capture_records_lost", "tradingbot_capture_records_lost_total", "counter",
            "Records that found no room, because the disk is too slow or full.");
        Metric(
            text, root, "capture_gap_rows", "tradingbot_capture_gap_rows_total", "counter",
            "Rows of the gap ledger.");
        Metric(
            text, root, "unprotected_seconds_max", "tradingbot_position_unprotected_seconds", "gauge",
            "Longest time a position had no proven stop.");
        FeedMetrics.Write(text, root.GetProperty("feeds"));
        if (root.GetProperty("store") is { ValueKind: JsonValueKind.Object } store)
        {
            Metric(
                text, store, "lag_records", "tradingbot_store_lag_records", "gauge",
                "Durable records of the intent log that are not rows yet.");
            Metric(text, store, "errors", "tradingbot_store_errors_total", "counter", "Failed turns of the store.");
        }

        return text.ToString();
    }

    private static void Metric(
        StringBuilder text, JsonElement root, string member, string name, string type, string help)
    {
        double value = root.GetProperty(member).GetDouble();
        text.AppendLine(CultureInfo.InvariantCulture, $"# HELP {name} {help}");
        text.AppendLine(CultureInfo.InvariantCulture, $"# TYPE {name} {type}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{name} {value}");
    }

    private static byte[] Page()
    {
        const string Name = "TradingBot.Worker.Dashboard.page.html";
        using Stream page = typeof(StatusServer).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException("The page is not in the assembly.");
        using MemoryStream bytes = new();
        page.CopyTo(bytes);
        return bytes.ToArray();
    }
}
