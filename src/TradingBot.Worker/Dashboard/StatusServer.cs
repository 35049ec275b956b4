// In:     the worker's published standing (bytes).   Out: one page and a few endpoints on a loopback address.
// Thread: Kestrel's; nothing here touches the worker's state.
// Keeps:  reads only; a page of another name that is made to point here (DNS rebinding) is not answered.
using System;
using System.IO;
using System.Net;
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
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(listen);
        });
        WebApplication app = builder.Build();
        app.Use(GuardAsync);
        app.MapGet("/livez", () => run.StatusAge < StaleAfter ? Results.Text("ok") : Results.StatusCode(503));
        app.MapGet("/readyz", (HttpContext context) => Ready(run, context.Request.Query.ContainsKey("verbose")));
        app.MapGet("/api/status", () => Results.Bytes(run.Status, "application/json"));
        app.MapGet("/api/history", () => Results.Bytes(run.History.Bytes, "application/json"));
        app.MapGet(
            "/metrics", () => Results.Text(StatusMetrics.Of(run.Status), "text/plain; version=0.0.4; charset=utf-8"));
        CancellationToken stopping = app.Lifetime.ApplicationStopping;
        app.MapGet("/events", (HttpContext context) => StreamAsync(run, context, stopping));
        MapFile(app, "/", "page.html", "text/html; charset=utf-8");
        MapFile(app, "/page.css", "page.css", "text/css; charset=utf-8");
        MapFile(app, "/page.js", "page.js", "text/javascript; charset=utf-8");
        MapFile(app, "/icon.svg", "icon.svg", "image/svg+xml");
        await app.StartAsync(stop).ConfigureAwait(false);
        foreach (string url in app.Urls) return new StatusServer(app, new Uri(url));
        throw new InvalidOperationException("The server listens nowhere.");
    }

    public async ValueTask DisposeAsync()
    {
        // Streams to open pages end first: else the end would wait for browsers.
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Whether a request names this machine. A tunnel may change the port, so only the name is looked at.
    /// </summary>
    internal static bool IsOfThisMachine(HostString host)
    {
        if (!host.HasValue) return false;
        if (host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host.Host, out IPAddress? address) && IPAddress.IsLoopback(address);
    }

    private static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        // Everything comes from here, nothing may frame it, and no text of the standing can become script.
        headers.ContentSecurityPolicy =
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (IsOfThisMachine(context.Request.Host)) return next(context);
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return context.Response.WriteAsync("This page answers to localhost, 127.0.0.1 and [::1] alone.\n");
    }

    /// <summary>200 when every check holds, else 503; with <c>?verbose</c> each check is told.</summary>
    private static IResult Ready(LiveRun run, bool verbose)
    {
        Readiness readiness = Readiness.Of(run.Status, run.StatusAge, StaleAfter);
        string text = verbose ? readiness.ToString() : readiness.IsReady ? "ready" : "not ready";
        return Results.Text(text, statusCode: readiness.IsReady ? 200 : 503);
    }

    /// <summary>Server-sent events: each new standing, four a second, until the client or the run ends.</summary>
    private static async Task StreamAsync(LiveRun run, HttpContext context, CancellationToken stopping)
    {
        context.Response.ContentType = "text/event-stream";
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        byte[] told = [];
        try
        {
            do
            {
                // A worker that hangs makes none: the page then says how old its news is.
                byte[] status = run.Status;
                if (ReferenceEquals(status, told) || status.Length == 0) continue;
                told = status;
                byte[] message = [.. "data: "u8, .. status, .. "\n\n"u8];
                await context.Response.Body.WriteAsync(message, either.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(either.Token).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The browser left, or the run ends.
        }
    }

    private static void MapFile(WebApplication app, string path, string name, string type)
    {
        byte[] bytes = Read(name);
        app.MapGet(path, () => Results.Bytes(bytes, type));
    }

    private static byte[] Read(string name)
    {
        using Stream file = typeof(StatusServer).Assembly
            .GetManifestResourceStream("TradingBot.Worker.Dashboard." + name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using MemoryStream bytes = new();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}
