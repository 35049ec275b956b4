// In:     private calls of one key.   Out: values, or failures with all that is known of them.
// Thread: any; requests of the key stand in line, so that nonces arrive in the order they were given out.
// Keeps:  a request leaves once: nothing is repeated here or by the handler below; no request leaves that the budget
//         has no room for; only Kraken's host or this machine, no redirect.
// Budget: thin: a request waits for the one before it.
using System;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Budgets;

namespace TradingBot.Kraken.Rest;

/// <summary>Kraken's private spot REST interface, for one key.</summary>
public sealed class PrivateRest : IDisposable
{
    private const long NanosPerTick = 100;
    private const int BodyBytesMax = 4 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Uri _host;
    private readonly Secret _key;
    private readonly RequestSigner _signer;
    private readonly NonceSource _nonces;
    private readonly FallingCounter _budget;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _line = new(1, 1);
    private readonly HttpMessageInvoker _http;

    /// <param name="host">Kraken's, or of this machine.</param>
    /// <param name="key">The API key; stays the caller's, as the signer.</param>
    /// <param name="signer">Of its private key.</param>
    /// <param name="nonces">Of the key: the only source of them in any process.</param>
    /// <param name="budget">Twin of the key's counter.</param>
    /// <param name="time">Every wait and every nonce goes by it.</param>
    /// <exception cref="ArgumentException">The address is neither Kraken's nor this machine's.</exception>
    public PrivateRest(
        Uri host, Secret key, RequestSigner signer, NonceSource nonces, FallingCounter budget, TimeProvider time)
    {
        if (PublicRestOptions.WhyRefused(host) is { } refused) throw new ArgumentException(refused, nameof(host));
        _host = host;
        _key = key;
        _signer = signer;
        _nonces = nonces;
        _budget = budget;
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !host.IsLoopback,
            MaxConnectionsPerServer = 1,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = Patience,
        });
    }

    private long NowNs => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick;

    /// <summary>Asks once.</summary>
    /// <param name="path">As <c>/0/private/Balance</c>.</param>
    /// <param name="fields">Further fields of the body, encoded, each with <c>&amp;</c> before it.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="urgency">How soon it may have its part of the budget.</param>
    /// <param name="cancellationToken">The caller wants no answer any more.</param>
    /// <param name="points">What the call costs of the counter: 2 for ledgers and histories.</param>
    /// <exception cref="OperationCanceledException">The caller wants no answer any more.</exception>
    public async Task<RestResult<T>> PostAsync<T>(
        string path, string fields, RestReader<T> read, Urgency urgency, CancellationToken cancellationToken,
        int points = 1)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(read);
        await _line.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long nowNs = NowNs;
            while (!_budget.TryTake(urgency, points, nowNs))
            {
                // By one reading of the clock: time that passes between two would make the wait negative.
                long waitNs = Math.Max(0, _budget.FreeAtNs(urgency, points, nowNs) - nowNs);
                TimeSpan pause = TimeSpan.FromTicks((waitNs / NanosPerTick) + 1);
                await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
                nowNs = NowNs;
            }

            return await SendAsync(path, fields, read, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _line.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _line.Dispose();
    }

    private async Task<RestResult<T>> SendAsync<T>(
        string path, string fields, RestReader<T> read, CancellationToken cancellationToken)
        where T : class
    {
        string nonce = _nonces.NextText(NowNs);
        byte[] body = Encoding.ASCII.GetBytes($"nonce={nonce}{fields}");
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(_host, path));
        request.Headers.Add("API-Key", _key.Reveal());
        request.Headers.Add("API-Sign", _signer.Sign(path, nonce, body));
        request.Headers.UserAgent.ParseAdd("TradingBot/1");
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, late.Token).ConfigureAwait(false);
            RestBody answer = await RestBody.ReadAsync(response.Content, BodyBytesMax, late.Token)
                .ConfigureAwait(false);
            return Judge(path, (int)response.StatusCode, answer, read);
        }
        catch (HttpRequestException fault)
        {
            string words = fault.InnerException?.Message ?? fault.Message;
            return Failed<T>(path, 0, RestFailureClass.TransientNetwork, words);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed<T>(path, 0, RestFailureClass.TransientNetwork, $"no answer within {Patience.TotalSeconds} s");
        }
    }

    private RestResult<T> Judge<T>(string path, int status, in RestBody answer, RestReader<T> read)
        where T : class
    {
        if (answer.Fault is { } broken)
        {
            return Failed<T>(path, status, RestFailureClass.BadBody, "the body is " + broken);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(answer.Plain);
            if (RestVerdict.Of(RestEnvelope.Spot, status, document.RootElement) is { } verdict)
            {
                if (verdict.Class == RestFailureClass.RateLimited) _budget.OnVenueRefused(NowNs);
                return Failed<T>(path, status, verdict.Class, verdict.Reason, verdict.RetryAtNs);
            }

            T? value = read(document.RootElement, out string fault);
            return value is null
                ? Failed<T>(path, status, RestFailureClass.BadBody, "the answer is " + fault)
                : new RestResult<T>(value, null);
        }
        catch (JsonException)
        {
            RestVerdict verdict = RestVerdict.OfUnreadable(status, "");
            return Failed<T>(path, status, verdict.Class, verdict.Reason);
        }
    }

    private RestResult<T> Failed<T>(
        string path, int status, RestFailureClass failure, string reason, long retryAtNs = 0)
        where T : class => new(null, new RestFailure
        {
            Class = failure,
            Endpoint = _host.Host + path,
            Reason = reason,
            Status = status,
            TimeNs = NowNs,
            RetryAtNs = retryAtNs,
        });
}
