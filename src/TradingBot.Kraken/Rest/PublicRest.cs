// In:     queries for market data.   Out: values, or failures with all that is known of them; nothing else.
// Thread: any; requests run side by side, their pace is shared.
// Keeps:  only GET, only Kraken's hosts or this machine, no redirect, no body beyond its cap; a failed answer is never
//         an empty one; every failed attempt is told before the next begins. No token of the order budget is touched.
// Budget: one connection to each host, a request a second: time goes to waiting.
using System;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace TradingBot.Kraken.Rest;

/// <summary>Reads what an endpoint gives; null and a fault when it is not that.</summary>
/// <param name="root">The whole answer, its envelope already looked at.</param>
/// <param name="fault">What is wrong, in our words.</param>
public delegate T? RestReader<T>(JsonElement root, out string fault)
    where T : class;

/// <summary>Kraken's public REST interface, spot and derivatives.</summary>
public sealed class PublicRest : IDisposable
{
    private const long NanosPerTick = 100;
    private const int BreakerSamples = 20;

    /// <summary>Rests of the breaker that one request waits for.</summary>
    private const int BreakerRestsMax = 2;

    private static readonly TimeSpan BreakerWindow = TimeSpan.FromSeconds(30);
    private static readonly string[] IdHeaders = ["x-request-id", "x-trace-id", "cf-ray"];

    private readonly PublicRestOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<RestFailure>? _failed;
    private readonly PublicPace _pace;
    private readonly HttpMessageInvoker _http;
    private readonly ResiliencePipeline<Attempt>[] _pipelines;
    private long _requests;
    private long _failures;

    /// <param name="options">Addresses and patience.</param>
    /// <param name="time">Every wait and every deadline goes by it.</param>
    /// <param name="failed">Told of every failed attempt, on the thread that made it; null: nobody.</param>
    /// <exception cref="ArgumentException">An address is neither Kraken's nor this machine's.</exception>
    public PublicRest(PublicRestOptions options, TimeProvider time, Action<RestFailure>? failed = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        string? refused = PublicRestOptions.WhyRefused(options.Spot)
            ?? PublicRestOptions.WhyRefused(options.Derivatives);
        if (refused is not null) throw new ArgumentException(refused, nameof(options));
        _options = options;
        _time = time;
        _failed = failed;
        _pace = new PublicPace(options.Pace);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // The variables of the environment decide nothing about whom we talk to on this machine.
            UseProxy = !options.Spot.IsLoopback,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = options.Timeout,
        });
        _pipelines = [Pipeline(), Pipeline()];
    }

    /// <summary>Attempts made so far, and how many of them failed.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Unix ns by the lane's clock.</summary>
    public long NowNs => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick;

    /// <summary>Asks, as often as it makes sense.</summary>
    /// <exception cref="OperationCanceledException">The caller wants no answer any more.</exception>
    public async Task<RestResult<T>> GetAsync<T>(
        PublicQuery query, RestReader<T> read, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(read);
        int attempt = 0;
        for (int rest = 0; ; rest++)
        {
            try
            {
                Attempt last = await _pipelines[(int)query.Host].ExecuteAsync(
                    async token =>
                    {
                        Attempt made = await AttemptAsync(query, Boxed(read), ++attempt, token).ConfigureAwait(false);
                        if (made.Failure is { } failure) Tell(failure);
                        return made;
                    },
                    cancellationToken).ConfigureAwait(false);
                return new RestResult<T>((T?)last.Value, last.Failure);
            }
            catch (BrokenCircuitException broken)
            {
                // Somebody else's failures: waited for, because this request is as good as any.
                TimeSpan pause = broken.RetryAfter ?? _options.BreakerPause;
                if (rest < BreakerRestsMax)
                {
                    await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                RestFailure failure = Failure(query, attempt + 1, RestFailureClass.TransientNetwork,
                    "not asked: half of the last requests failed, so the host is left alone for a while") with
                {
                    RetryAtNs = NowNs + (pause.Ticks * NanosPerTick),
                };
                Tell(failure);
                return new RestResult<T>(null, failure);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static RestReader<object> Boxed<T>(RestReader<T> read)
        where T : class => (JsonElement root, out string fault) => read(root, out fault);

    private ResiliencePipeline<Attempt> Pipeline() => new ResiliencePipelineBuilder<Attempt> { TimeProvider = _time }
        .AddRetry(new RetryStrategyOptions<Attempt>
        {
            MaxRetryAttempts = Math.Max(1, _options.RetriesMax),
            ShouldHandle = arguments => ValueTask.FromResult(IsWorthRepeating(arguments.Outcome.Result?.Failure)),
            DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(
                PauseBefore(arguments.AttemptNumber, arguments.Outcome.Result!.Failure!)),
        })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Attempt>
        {
            FailureRatio = 0.5,
            MinimumThroughput = BreakerSamples,
            SamplingDuration = BreakerWindow,
            BreakDuration = _options.BreakerPause,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result?.Failure?.Class
                is RestFailureClass.TransientNetwork or RestFailureClass.Maintenance),
        })
        .Build();

    private bool IsWorthRepeating(RestFailure? failure)
    {
        if (failure is null || !failure.IsPassing || _options.RetriesMax == 0) return false;
        return failure.RetryAtNs - NowNs <= _options.PauseMax.Ticks * NanosPerTick;
    }

    private TimeSpan PauseBefore(int retry, RestFailure failure)
    {
        TimeSpan pause = failure.Class == RestFailureClass.RateLimited
            ? _options.RateLimitPause
            : _options.RetryPause * (1 << retry);
        TimeSpan asked = TimeSpan.FromTicks(Math.Max(0, (failure.RetryAtNs - NowNs) / NanosPerTick));
        return asked > pause ? asked : pause;
    }

    private void Tell(RestFailure failure)
    {
        Interlocked.Increment(ref _failures);
        _failed?.Invoke(failure);
    }

    private async Task<Attempt> AttemptAsync(
        PublicQuery query, RestReader<object> read, int attempt, CancellationToken cancellationToken)
    {
        long waitNs = _pace.Reserve(query, NowNs) - NowNs;
        if (waitNs > 0)
        {
            await Task.Delay(TimeSpan.FromTicks((waitNs / NanosPerTick) + 1), _time, cancellationToken)
                .ConfigureAwait(false);
        }

        Interlocked.Increment(ref _requests);
        using CancellationTokenSource deadline = new(_options.Timeout, _time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await AskAsync(query, read, attempt, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            string words = $"no whole answer within {_options.Timeout.TotalSeconds:0.###} s";
            return new Attempt(null, Failure(query, attempt, RestFailureClass.TransientNetwork, words));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return new Attempt(null, Failure(query, attempt, RestFailureClass.TransientNetwork, Words(fault)));
        }
    }

    private async Task<Attempt> AskAsync(
        PublicQuery query, RestReader<object> read, int attempt, CancellationToken cancellationToken)
    {
        Uri host = query.Host == RestHost.Spot ? _options.Spot : _options.Derivatives;
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(host, query.Path));
        request.Headers.TryAddWithoutValidation("User-Agent", "tradingbot");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        RestBody body = await RestBody.ReadAsync(response.Content, _options.BodyBytesMax, cancellationToken)
            .ConfigureAwait(false);
        int status = (int)response.StatusCode;
        (object? value, RestVerdict? verdict) = Judge(query, status, TypeOf(response), body, read);
        if (verdict is not { } judged)
        {
            Debug.Assert(value is not null, "An answer without fault has a value.");
            return new Attempt(value, null);
        }

        long retryAtNs = Math.Max(judged.RetryAtNs, RetryAfter(response));
        if (judged.Class == RestFailureClass.RateLimited)
        {
            _pace.Close(query.Host, Math.Max(retryAtNs, NowNs + (_options.RateLimitPause.Ticks * NanosPerTick)));
        }

        return new Attempt(null, Failure(query, attempt, judged.Class, judged.Reason) with
        {
            Status = status,
            Body = body.Text(),
            RequestId = RequestIdOf(response),
            RetryAtNs = retryAtNs,
        });
    }

    private static (object? Value, RestVerdict? Verdict) Judge(
        PublicQuery query, int status, string contentType, RestBody body, RestReader<object> read)
    {
        if (body.Fault is { } fault)
        {
            RestFailureClass failure = body.IsCut ? RestFailureClass.TransientNetwork : RestFailureClass.BadBody;
            return (null, new RestVerdict(failure, "the body is " + fault));
        }

        bool isJson = contentType.EndsWith("json", StringComparison.OrdinalIgnoreCase);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body.Plain);
            if (RestVerdict.Of(query.Envelope, status, document.RootElement) is { } verdict) return (null, verdict);
            if (!isJson)
            {
                string words = $"JSON that calls itself {(contentType.Length == 0 ? "nothing" : contentType)}";
                return (null, new RestVerdict(RestFailureClass.BadBody, words));
            }

            object? value = read(document.RootElement, out string why);
            return value is null ? (null, new RestVerdict(RestFailureClass.BadBody, why)) : (value, null);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // Not JSON, or text within it that is no UTF-8.
            return (null, RestVerdict.OfUnreadable(status, contentType));
        }
    }

    private RestFailure Failure(PublicQuery query, int attempt, RestFailureClass failure, string reason) => new()
    {
        Class = failure,
        Endpoint = (query.Host == RestHost.Spot ? _options.Spot : _options.Derivatives).Authority + query.Path,
        Reason = reason,
        TimeNs = NowNs,
        Attempt = attempt,
        Symbol = query.Symbol,
        Timeframe = query.Timeframe,
    };

    private long RetryAfter(HttpResponseMessage response)
    {
        RetryConditionHeaderValue? asked = response.Headers.RetryAfter;
        if (asked?.Delta is { } delta) return NowNs + (delta.Ticks * NanosPerTick);
        return asked?.Date is { } date ? (date - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick : 0;
    }

    private static string TypeOf(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType ?? "";

    private static string RequestIdOf(HttpResponseMessage response)
    {
        foreach (string name in IdHeaders)
        {
            if (response.Headers.TryGetValues(name, out var values)) return $"{name}={string.Join(',', values)}";
        }

        return "";
    }

    private static string Words(Exception fault) =>
        fault.InnerException is { } inner ? $"{fault.Message} ({inner.Message})" : fault.Message;

    /// <summary>One attempt's end.</summary>
    private sealed record Attempt(object? Value, RestFailure? Failure);
}
