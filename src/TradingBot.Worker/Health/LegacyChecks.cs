// In:     the derivatives key, where there is one, and the day the interface ends.   Out: findings.
// Thread: the pool's.
// Keeps:  reads only.
using System;
using System.Globalization;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Health;

/// <summary>Kraken's old derivatives interface: how long it lives, and whether the key for it is taken.</summary>
/// <remarks>While another lane trades, an account can be looked at from this side as long as it lives.</remarks>
internal sealed class LegacyChecks(VenueSettings venue, DateTimeOffset end)
{
    private const int WarnDays = 30;

    public async Task RunAsync(Action<Finding> tell, CancellationToken stop)
    {
        tell(Countdown(TimeProvider.System.GetUtcNow(), end, hasKey: venue.DerivativesKey is not null,
            isActive: venue.Lane == DerivativesLane.Legacy));
        if (venue.DerivativesKey is not { } key || venue.DerivativesSecret is not { } secret) return;
        using RequestSigner signer = new(secret.Value);
        tell(await AccountsAsync(key.Value, signer, tell, stop).ConfigureAwait(false));
        tell(await FeedAsync(key.Value, signer, stop).ConfigureAwait(false));
    }

    /// <summary>How long the old interface lives.</summary>
    public static Finding Countdown(DateTimeOffset now, DateTimeOffset end, bool hasKey, bool isActive = false)
    {
        const string Check = "legacy derivatives";
        int days = (int)Math.Floor((end - now).TotalDays);
        string day = end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (days < 0)
        {
            if (isActive)
            {
                return Finding.Fail(Check, $"Kraken ended the interface of venue.derivatives.lane on {day}",
                    "set venue.derivatives.lane to unified: no run starts with it");
            }

            string over = $"Kraken ended the old interface on {day}; orders go by the Unified WebSocket";
            return hasKey ? Finding.Warn(Check, over, "take venue.derivatives.api_key_file out of the configuration")
                : Finding.Ok(Check, over);
        }

        string found = string.Create(
            CultureInfo.InvariantCulture,
            $"Kraken ends the old interface on {day}, in {days} days; "
            + $"orders go by {(isActive ? "it" : "the Unified WebSocket already")}");
        return (hasKey || isActive) && days < WarnDays
            ? Finding.Warn(Check, found, "nothing may depend on the derivatives key by then: set "
                + "venue.derivatives.lane to unified")
            : Finding.Ok(Check, found);
    }

    private async Task<Finding> AccountsAsync(
        Secret key, RequestSigner signer, Action<Finding> tell, CancellationToken stop)
    {
        const string Check = "derivatives key (REST)";
        Uri address = new((venue.DerivativesRest ?? VenueSettings.KrakenDerivativesRest) + "/accounts");
        using HttpMessageInvoker http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !address.IsLoopback,
        });
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        request.Headers.Add("APIKey", key.Reveal());
        request.Headers.Add("Authent", signer.Authenticate(address.AbsolutePath, "", []));
        request.Headers.UserAgent.ParseAdd("TradingBot/1");
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, late.Token).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(late.Token).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Finding.Fail(Check, "no object", "look at the address");
            bool taken = root.TryGetProperty("result"u8, out JsonElement result)
                && result.ValueKind == JsonValueKind.String && result.ValueEquals("success"u8);
            if (taken)
            {
                tell(EquityCheck.Of(root));
                return Finding.Ok(Check, "the account's balances can be read");
            }


            string error = root.TryGetProperty("error"u8, out JsonElement told)
                ? told.ToString() : $"HTTP {(int)response.StatusCode}";
            string advice = VenueErrors.Find(ErrorDialect.Derivatives, error)?.Advice ?? "check the key";
            return Finding.Fail(Check, error, advice);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || (fault is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return Finding.Fail(Check, fault.Message, "look at the address, and at status.kraken.com");
        }
    }

    /// <summary>A challenge signed, and a private feed subscribed with it.</summary>
    /// <remarks>https://docs.kraken.com/api/docs/guides/futures-websockets</remarks>
    private async Task<Finding> FeedAsync(Secret key, RequestSigner signer, CancellationToken stop)
    {
        const string Check = "derivatives key (feed)";
        Uri address = venue.DerivativesPublic ?? VenueSettings.KrakenDerivativesPublic;
        (SocketTalk? talk, string fault) = await SocketTalk.OpenAsync(address, stop).ConfigureAwait(false);
        if (talk is null) return Finding.Fail(Check, fault, "look at the address, and at status.kraken.com");
        await using (talk)
        {
            byte[] ask = JsonSerializer.SerializeToUtf8Bytes(new { @event = "challenge", api_key = key.Reveal() });
            (JsonDocument? challenge, fault) = await talk.AskAsync(ask, IsAnswer, stop).ConfigureAwait(false);
            if (challenge is null) return Finding.Fail(Check, fault, "look at status.kraken.com");
            using (challenge)
            {
                string? message = challenge.RootElement.TryGetProperty("message"u8, out JsonElement text)
                    ? text.ToString() : null;
                if (message is null || !IsEvent(challenge.RootElement, "challenge"u8))
                {
                    return Finding.Fail(Check, message ?? "no challenge", "check the derivatives key");
                }

                byte[] subscribe = JsonSerializer.SerializeToUtf8Bytes(new
                {
                    @event = "subscribe",
                    feed = "open_positions",
                    api_key = key.Reveal(),
                    original_challenge = message,
                    signed_challenge = signer.SignChallenge(message),
                });
                (JsonDocument? answer, fault) = await talk.AskAsync(subscribe, IsAnswer, stop).ConfigureAwait(false);
                if (answer is null) return Finding.Fail(Check, fault, "look at status.kraken.com");
                using (answer)
                {
                    return IsEvent(answer.RootElement, "subscribed"u8)
                        ? Finding.Ok(Check, "the private feed takes the key")
                        : Finding.Fail(Check, "the private feed does not take the key", "check key and private key");
                }
            }
        }
    }

    private static bool IsAnswer(JsonElement root) =>
        root.TryGetProperty("event"u8, out _) && !IsEvent(root, "info"u8);

    private static bool IsEvent(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty("event"u8, out JsonElement value) && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(name);
}
