// In:     folder and options of a live start, the venue's addresses, the key's nonces.   Out: why it must not trade.
// Thread: the starting one.
// Keeps:  no order leaves before the venue has said what the key may do and which account it is of.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Health;

/// <summary>What a live start asks before anything else.</summary>
internal static class LiveStart
{
    private const long NanosPerTick = 100;

    /// <summary>Why the start is refused, with the remedy; empty when it is not. Binds the folder to the
    /// account.</summary>
    /// <exception cref="System.IO.IOException">The folder cannot be read or written.</exception>
    public static async Task<string> CheckAsync(
        string folder, CircleOptions options, VenueAddresses addresses, NonceSource nonces, CancellationToken stop)
    {
        using RequestSigner signer = new(options.ApiSecret);
        FallingCounter budget = FallingCounter.OfRest(options.Tier);
        using PrivateRest rest =
            new(addresses.Rest, options.ApiKey, signer, nonces, budget, TimeProvider.System);
        RestResult<KeyReport> asked = await rest.PostAsync(
            KeyReport.Path, "", KeyReport.Read, Urgency.Protect, stop).ConfigureAwait(false);
        if (asked.Value is not { } report)
        {
            // Behind a stand-in on this machine there is no money: it need not have the call. Silence is no such word.
            if (addresses.AreLoopback && IsUnknownCall(asked.Failure!)) return "";
            return $"live needs to know what the key may do, and the venue does not say: {asked.Failure!.Reason} "
                + $"({asked.Failure.Endpoint}). {AdviceOn(asked.Failure)} 'tradingbot doctor' looks closer.";
        }

        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick;
        IEnumerable<Finding> findings = KeyChecks.Of(report, nonces.Last, nowNs)
            .Append(AccountIdentity.Check(folder, report.Account));
        string refusal = string.Join(' ', findings.Where(finding => finding.Outcome == Outcome.Fail)
            .Select(finding => $"{finding.Check}: {finding.Found}: {finding.Remedy}."));
        if (refusal.Length == 0 && report.Account.Length > 0 && AccountIdentity.Read(folder) is "")
        {
            AccountIdentity.Bind(folder, report.Account);
        }

        return refusal;
    }

    private static bool IsUnknownCall(RestFailure failure) =>
        failure.Status == 404 || failure.Reason.Contains("EGeneral:Unknown method", StringComparison.Ordinal);

    /// <summary>What the operator does about a refused call.</summary>
    public static string AdviceOn(RestFailure failure)
    {
        int first = failure.Reason.IndexOf('\'', StringComparison.Ordinal);
        int last = failure.Reason.LastIndexOf('\'');
        string text = last > first ? failure.Reason[(first + 1)..last] : "";
        return text.Length > 0 && VenueErrors.Find(text) is { } row ? row.Advice : "";
    }
}
