// In:     the venue's addresses.   Out: findings: names, connections, certificates, the venue's state, the clock.
// Thread: the pool's.
// Keeps:  certificates are checked as the runtime does it; nothing here can switch that off.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Wire;

namespace TradingBot.Worker.Health;

/// <summary>Whether the venue can be reached, and what time it is there.</summary>
internal sealed class NetworkChecks(VenueAddresses addresses)
{
    private const double SkewWarnSeconds = 1;
    private const double SkewFailSeconds = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CertificateReserve = TimeSpan.FromDays(14);

    public async Task RunAsync(Action<Finding> tell, CancellationToken stop)
    {
        HashSet<string> seen = [];
        foreach (Uri address in (Uri[])
            [addresses.Rest, addresses.SpotPublic, addresses.UnifiedPublic, addresses.UnifiedPrivate])
        {
            if (seen.Add(address.Authority)) tell(await ReachAsync(address, stop).ConfigureAwait(false));
        }

        tell(await StatusAsync(stop).ConfigureAwait(false));
        tell(await ClockAsync(stop).ConfigureAwait(false));
    }

    private static async Task<Finding> ReachAsync(Uri address, CancellationToken stop)
    {
        string check = $"reach {address.Authority}";
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(Patience);
        long start = Stopwatch.GetTimestamp();
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(address.IdnHost, late.Token).ConfigureAwait(false);
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(found, address.Port, late.Token).ConfigureAwait(false);
            string took = Milliseconds(start);
            if (address.Scheme is "http" or "ws")
            {
                return Finding.Ok(check, $"connected in {took}, in clear text, this machine");
            }

            using NetworkStream stream = new(socket, ownsSocket: false);
            using SslStream secure = new(stream);
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = address.IdnHost }, late.Token).ConfigureAwait(false);
            return Certificate(check, took, secure);
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain
            or SocketError.NoData)
        {
            return Finding.Fail(
                check, $"the name is not known: {fault.Message}", "look at this machine's DNS and network");
        }
        catch (AuthenticationException fault)
        {
            return Finding.Fail(check, $"its certificate is not believed: {fault.Message}",
                "somebody stands between, or this machine's clock or certificates are wrong: do not trade from here");
        }
        catch (Exception fault) when (fault is SocketException or IOException
            || (fault is OperationCanceledException && !stop.IsCancellationRequested))
        {
            string words = fault is OperationCanceledException
                ? $"no answer within {Patience.TotalSeconds} s" : fault.Message;
            return Finding.Fail(check, words, "look at this machine's network and firewall, and at status.kraken.com");
        }
    }

    private static Finding Certificate(string check, string took, SslStream secure)
    {
        using X509Certificate2 certificate = new(secure.RemoteCertificate!);
        TimeSpan left = certificate.NotAfter.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime;
        string found = string.Create(
            CultureInfo.InvariantCulture,
            $"connected in {took}, {secure.SslProtocol}, certificate good for {(int)left.TotalDays} days");
        return left > CertificateReserve ? Finding.Ok(check, found)
            : Finding.Warn(check, found, "the venue should renew it soon: look at status.kraken.com if it does not");
    }

    private async Task<Finding> StatusAsync(CancellationToken stop)
    {
        const string Check = "venue state";
        using PublicRest rest = new(
            new PublicRestOptions { Spot = addresses.Rest, RetriesMax = 0 }, TimeProvider.System);
        RestResult<string> asked = await rest.GetAsync(
            PublicQuery.Spot("SystemStatus"), ReadStatus, stop).ConfigureAwait(false);
        if (asked.Value is not { } state)
        {
            return Finding.Fail(Check, asked.Failure!.Reason, $"{LiveStart.AdviceOn(asked.Failure)} Look at "
                + "status.kraken.com.");
        }

        return state == "online" ? Finding.Ok(Check, state)
            : Finding.Warn(Check, state, "no entries until it is online; what rests there stays");
    }

    private static string? ReadStatus(JsonElement root, out string fault)
    {
        fault = "without a status";
        bool isTold = root.GetProperty("result"u8).TryGetProperty("status"u8, out JsonElement status)
            && status.ValueKind == JsonValueKind.String;
        return isTold ? status.GetString() : null;
    }

    /// <summary>A pong says when the venue had the ping, to the microsecond; half its way is the error.</summary>
    private async Task<Finding> ClockAsync(CancellationToken stop)
    {
        const string Check = "clock";
        (SocketTalk? talk, string fault) =
            await SocketTalk.OpenAsync(addresses.UnifiedPublic, stop).ConfigureAwait(false);
        if (talk is null)
        {
            return Finding.Fail(Check, $"the venue's time is not to be had: {fault}", "mend the connection first");
        }

        await using (talk)
        {
            double best = double.MaxValue;
            double skew = 0;
            for (int i = 0; i < 5; i++)
            {
                double sent = Now();
                (JsonDocument? answer, fault) = await talk.AskAsync(
                    """{"method":"ping","req_id":101}"""u8.ToArray(), IsPong, stop).ConfigureAwait(false);
                double received = Now();
                if (answer is null) return Finding.Fail(Check, $"no pong: {fault}", "mend the connection first");
                using (answer)
                {
                    if (!TryTime(answer.RootElement, "time_in", out double taken)) continue;
                    if (!TryTime(answer.RootElement, "time_out", out double left)) left = taken;
                    double way = received - sent - (left - taken);
                    if (way >= best) continue;
                    best = way;
                    skew = ((taken - sent) + (left - received)) / 2;
                }
            }

            return best == double.MaxValue
                ? Finding.Warn(Check, "the venue's pong says no time", "look at this machine's time service yourself")
                : Judge(Check, skew, best / 2);
        }
    }

    private static bool IsPong(JsonElement root) =>
        root.TryGetProperty("method"u8, out JsonElement method) && method.ValueKind == JsonValueKind.String
        && method.ValueEquals("pong"u8);

    private static Finding Judge(string check, double skew, double error)
    {
        string found = string.Create(
            CultureInfo.InvariantCulture, $"{skew * 1e3:0.0} ms from the venue's, give or take {error * 1e3:0.0} ms");
        const string Remedy = "start a time service (chrony, systemd-timesyncd): orders carry deadlines";
        double sure = Math.Abs(skew) - error;
        return sure > SkewFailSeconds ? Finding.Fail(check, found, Remedy)
            : sure > SkewWarnSeconds ? Finding.Warn(check, found, Remedy)
            : Finding.Ok(check, found);
    }

    private static bool TryTime(JsonElement root, string name, out double seconds)
    {
        seconds = 0;
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.String) return false;
        Rfc3339 time = default;
        bool read = time.TryParse(System.Text.Encoding.ASCII.GetBytes(value.GetString()!), out long ns);
        seconds = ns / 1e9;
        return read;
    }

    private static double Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 1e7;

    private static string Milliseconds(long start) => string.Create(
        CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms");
}
