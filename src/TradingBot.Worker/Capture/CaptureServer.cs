// In:     captures, and clients on 127.0.0.1.   Out: the recorded feed in the venue's own words, at its pace.
// Thread: "capture-server" owns market and subscriptions; Kestrel's tasks read and write sockets.
// Keeps:  loopback only. A subscriber gets an answer per symbol, a snapshot of the book as it stands at that frame, and
//         then the recorded frames as they are, in order.
using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TradingBot.Market.Values;

namespace TradingBot.Worker.Capture;

/// <summary>A stand-in for Kraken's public sockets that plays captures.</summary>
internal sealed class CaptureServer : IAsyncDisposable
{
    public const string SpotPath = "/v2";
    public const string UnifiedPath = "/v2/public";
    public const string LegacyPath = "/ws/v1";

    private readonly ServeOptions _options;
    private readonly WebApplication _app;
    private readonly ServedPlay _play;
    private readonly Thread _thread;
    private int _clients;

    private CaptureServer(ServeOptions options, WebApplication app, ServedPlay play)
    {
        _options = options;
        _app = app;
        _play = play;
        _thread = new Thread(play.Run) { Name = "capture-server", IsBackground = true };
    }

    public Uri SpotUrl { get; private set; } = new("ws://127.0.0.1");

    public Uri UnifiedUrl => new UriBuilder(SpotUrl) { Path = UnifiedPath }.Uri;

    /// <summary>Derivatives WebSocket v1.</summary>
    public Uri LegacyUrl => new UriBuilder(SpotUrl) { Path = LegacyPath }.Uri;

    public ServedPlay Play => _play;

    /// <summary>Reads through the captures, then listens; null, with the reason, when they cannot be served.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<(CaptureServer? Server, string Error)> StartAsync(
        ServeOptions options, CancellationToken stop)
    {
        ServedMarket whole = new();
        string error = ServedPlay.Survey(options, whole, stop);
        if (error.Length > 0) return (null, error);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        CaptureServer server = new(options, builder.Build(), new ServedPlay(options, whole));
        server._app.UseWebSockets();
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync(stop).ConfigureAwait(false);
        UriBuilder url = new(server._app.Urls.Single()) { Scheme = "ws", Path = SpotPath };
        server.SpotUrl = url.Uri;
        server._thread.Start();
        return (server, "");
    }

    public async ValueTask DisposeAsync()
    {
        _play.Stop();
        if (_thread.IsAlive) _thread.Join();
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        await _play.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Dialect dialect = context.Request.Path.Value switch
        {
            SpotPath or "/" => Dialect.SpotV2,
            UnifiedPath => Dialect.Unified,
            LegacyPath => Dialect.FuturesV1,
            _ => Dialect.None,
        };
        if (dialect == Dialect.None || !context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = dialect == Dialect.None ? StatusCodes.Status404NotFound
                : StatusCodes.Status426UpgradeRequired;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        ServedClient client = new(socket, Interlocked.Increment(ref _clients), dialect, _options);
        _play.Join(client);
        await client.ServeAsync(_play.Receive).ConfigureAwait(false);
        _play.Leave(client);
    }

    /// <summary>The owner decides when the server ends: signals of the process are not the server's to take.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
