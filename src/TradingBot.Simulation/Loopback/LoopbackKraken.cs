// In:     WebSocket and HTTP clients on 127.0.0.1, in Kraken's own wire format.
// Out:    what a SimulatedKraken sends and answers, when it is due in real time.
// Thread: Kestrel's for the sockets; the venue runs on the pump's thread, "simulated-kraken".
// Keeps:  nothing listens beyond 127.0.0.1; every queue is bounded; a fault of the venue ends in Completion.
// Budget: for tests and dry runs: some dozens of sockets.
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
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Loopback;

/// <summary>A simulated Kraken that real sockets on this machine can reach.</summary>
public sealed class LoopbackKraken : IAsyncDisposable
{
    /// <summary>A worker holds three sockets; twenty of them fit.</summary>
    internal const int SocketsMax = 64;

    private const string SpotPublicPath = "/v2";
    private const string SpotPrivatePath = "/auth/v2";
    private const string FirstPublicPath = "/v1";
    private const string FirstPrivatePath = "/auth/v1";
    private const string FuturesPath = "/ws/v1";
    private const string UnifiedPublicPath = "/uws/v2/public";
    private const string UnifiedPrivatePath = "/uws/v2/private";
    private const int BodyBytesMax = 1 << 20;

    private static readonly TimeSpan ShutdownMax = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly VenueClock _clock;
    private readonly VenuePump _pump;
    private readonly WebApplication _host;
    private bool _isListening;
    private int _isDisposed;

    private LoopbackKraken(VenueOptions options, LoopbackOptions loopback)
    {
        _time = TimeProvider.System;
        _clock = new VenueClock(_time, loopback.StartNs, loopback.Speed);
        _host = Build(loopback);
        _pump = VenuePump.Start(options, _clock, loopback.Arrived);
        _host.UseWebSockets();
        _host.Run(AnswerAsync);
    }

    /// <summary>Scheme, host and port; paths begin with <c>/0/</c>.</summary>
    public Uri RestUrl { get; private set; } = new("http://127.0.0.1");

    public Uri SpotPublicUrl => SocketUrl(SpotPublicPath);

    public Uri SpotPrivateUrl => SocketUrl(SpotPrivatePath);

    /// <summary>The first WebSocket's address; its private half's is the next.</summary>
    public Uri FirstPublicUrl => SocketUrl(FirstPublicPath);

    public Uri FirstPrivateUrl => SocketUrl(FirstPrivatePath);

    /// <summary>The derivatives' first WebSocket.</summary>
    public Uri FuturesUrl => SocketUrl(FuturesPath);

    public Uri UnifiedPublicUrl => SocketUrl(UnifiedPublicPath);

    public Uri UnifiedPrivateUrl => SocketUrl(UnifiedPrivatePath);

    /// <summary>Ends when the venue does; faulted when the venue failed, and then every client is closed.</summary>
    public Task Completion => _pump.Completion;

    /// <summary>Sockets open now.</summary>
    public int Clients => _pump.Clients;

    /// <summary>Clients closed because they did not read what they were sent.</summary>
    public int SlowClients => _pump.SlowClients;

    /// <summary>Starts a venue whose time is the present; port 0 takes a free one.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static Task<LoopbackKraken> StartAsync(
        VenueOptions options, int port, CancellationToken cancellationToken) =>
        StartAsync(options, new LoopbackOptions { Port = port }, cancellationToken);

    /// <summary>Starts a venue at the time that is given, and tells of arrivals where that is asked for.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LoopbackKraken> StartAsync(
        VenueOptions options, LoopbackOptions loopback, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loopback);
        LoopbackKraken kraken = new(options, loopback);
        try
        {
            await kraken._host.StartAsync(cancellationToken).ConfigureAwait(false);
            kraken._isListening = true;
            kraken.RestUrl = new Uri(kraken._host.Urls.Single());
            return kraken;
        }
        finally
        {
            if (!kraken._isListening) await kraken.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Asks the venue, its oracle or its fault plan, while it stands still; must not move its time.</summary>
    public T Ask<T>(Func<SimulatedKraken, T> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return _pump.Ask(question);
    }

    /// <summary>Closes every client (1001) and the port; throws no fault of the venue, which Completion has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _pump.Stop();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_isListening) await _host.StopAsync().ConfigureAwait(false);
        await _host.DisposeAsync().ConfigureAwait(false);
        _pump.Dispose();
    }

    private static WebApplication Build(LoopbackOptions loopback)
    {
        // Empty: no settings from files or environment may open another port, and nothing is logged.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownMax);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentUpgradedConnections = SocketsMax;
            options.Limits.MaxRequestBodySize = BodyBytesMax;
            options.Listen(IPAddress.Loopback, loopback.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (loopback.Tls is TestAuthority authority) listen.UseHttps(authority.ServerCertificate);
            });
        });
        return builder.Build();
    }

    private Uri SocketUrl(string path) =>
        new UriBuilder(RestUrl) { Scheme = RestUrl.Scheme == "https" ? "wss" : "ws", Path = path }.Uri;

    private Task AnswerAsync(HttpContext context) => EndpointOf(context) is VenueEndpoint endpoint
        ? ServeAsync(context, endpoint)
        : CallAsync(context);

    /// <summary>Which socket is meant: by our own paths, or by Kraken's paths and host.</summary>
    private static VenueEndpoint? EndpointOf(HttpContext context)
    {
        bool isPrivate = context.Request.Host.Host.StartsWith("ws-auth.", StringComparison.OrdinalIgnoreCase);
        return context.Request.Path.Value switch
        {
            SpotPublicPath => isPrivate ? VenueEndpoint.SpotPrivate : VenueEndpoint.SpotPublic,
            SpotPrivatePath => VenueEndpoint.SpotPrivate,
            UnifiedPublicPath => VenueEndpoint.UnifiedPublic,
            UnifiedPrivatePath => VenueEndpoint.UnifiedPrivate,
            FirstPublicPath => VenueEndpoint.SpotV1Public,
            FirstPrivatePath => VenueEndpoint.SpotV1Private,
            FuturesPath => VenueEndpoint.FuturesV1,
            "/" when context.WebSockets.IsWebSocketRequest =>
                isPrivate ? VenueEndpoint.SpotV1Private : VenueEndpoint.SpotV1Public,
            _ => null,
        };
    }

    private async Task ServeAsync(HttpContext context, VenueEndpoint endpoint)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        await new LoopbackSocket(socket, endpoint, _time).ServeAsync(_pump).ConfigureAwait(false);
    }

    private async Task CallAsync(HttpContext context)
    {
        using CancellationTokenSource gone =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _pump.Ended);
        try
        {
            RestRequest request = await ReadAsync(context.Request, gone.Token).ConfigureAwait(false);
            TaskCompletionSource<RestAnswer> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await _pump.PostAsync(new CallMade(request, asked)).ConfigureAwait(false);
            RestAnswer answer = await asked.Task.WaitAsync(gone.Token).ConfigureAwait(false);
            await Task.Delay(_clock.Until(answer.DueNs), _time, gone.Token).ConfigureAwait(false);
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.ContentType;
            context.Response.ContentLength = answer.Body.Length;
            await context.Response.Body.WriteAsync(answer.Body, gone.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Client or venue is gone; without an answer the outcome is unknown to the client, as it is in life.
            context.Abort();
        }
    }

    private static async Task<RestRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        string key = request.Headers["API-Key"].ToString();
        return new RestRequest(request.Method, request.Path.Value + request.QueryString.Value)
        {
            ApiKey = key.Length > 0 ? key : request.Headers["APIKey"].ToString(),
            Authent = request.Headers["Authent"].ToString(),
            Nonce = request.Headers["Nonce"].ToString(),
            ApiSign = request.Headers["API-Sign"].ToString(),
            Body = body.ToArray(),
        };
    }

    /// <summary>The owner decides when the server ends: signals of the process are not the server's to take.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
