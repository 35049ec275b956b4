// In:     a key, the universe.   Out: what the account pays, a line per pair in archive/fees.csv.
// Thread: one task.
// Keeps:  no request of a key that a worker is using: their nonces would collide.
// Budget: one signed request.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.History;

/// <summary>What asking for the fee tier came to.</summary>
/// <param name="Text">In words: the fees, or why they were not asked for or not had.</param>
/// <param name="Failure">The venue's; null when it answered, or was not asked.</param>
internal sealed record FeeOutcome(string Text, RestFailure? Failure);

/// <summary>Keeps the account's fee tier, which public data do not have.</summary>
internal sealed class FeeArchive(WorkerSettings settings, HistoryPlace place, FailureFile failures)
{
    private const string Header = "time,currency,volume_30d,pair,taker_percent,maker_percent";

    /// <summary>Pairs of one request.</summary>
    private const int SymbolsMax = 50;

    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public async Task<FeeOutcome> KeepAsync(UniverseState state, CancellationToken stop)
    {
        if (settings.Venue.Key is not { } key || settings.Venue.Secret is not { } secret)
        {
            return new FeeOutcome(
                "not asked for: it is the account's, and venue.spot.api_key_file names no key", null);
        }

        if (DataFolder.IsHeld(settings.Storage.Folder))
        {
            const string Used = "not asked for: the worker that runs uses the key, and their nonces would collide";
            return new FeeOutcome(Used, null);
        }

        if (NonceFile.Open(settings.Storage.Folder, key.Value, out string fault) is not { } nonces)
        {
            return new FeeOutcome("not asked for: " + fault, null);
        }

        using RequestSigner signer = new(secret.Value);
        using PrivateRest rest = new(
            place.Rest.Spot, key.Value, signer, nonces, FallingCounter.OfRest(settings.Venue.Tier),
            TimeProvider.System);
        RestResult<FeeTier> answer = await rest.PostAsync(
            FeeTier.Path, FeeTier.FieldsOf(SymbolsOf(state)), FeeTier.Read, Urgency.Routine, stop)
            .ConfigureAwait(false);
        if (answer.Value is not { } tier)
        {
            failures.Add(answer.Failure!);
            return new FeeOutcome($"not had: {answer.Failure}", answer.Failure);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(place.FeesPath)!);
        Append(place.FeesPath, tier);
        SymbolFee? first = tier.Fees.FirstOrDefault();
        string fees = first is null
            ? "no pair has one"
            : $"{first.Key} pays {first.Taker} % as taker, {first.Maker} % as maker";
        string text = $"{fees}, at {tier.Volume} {tier.Currency} in thirty days; "
            + $"{tier.Fees.Length} pairs in {place.FeesPath}";
        return new FeeOutcome(text, null);
    }

    /// <summary>Spot of the universe, or Bitcoin where it has none.</summary>
    private static string[] SymbolsOf(UniverseState state)
    {
        HashSet<string> wanted = [.. state.Accepted];
        string[] pairs =
        [
            .. state.Specs.Where(spec => spec.IsSpot && wanted.Contains(spec.Id))
                .Select(spec => spec.NameIn(NameDialect.Altname)).OfType<string>().Take(SymbolsMax),
        ];
        return pairs.Length > 0 ? pairs : ["XBTUSD"];
    }

    private static void Append(string path, FeeTier tier)
    {
        StringBuilder text = new();
        if (!File.Exists(path)) text.Append(Header).Append('\n');
        const string Form = "yyyy-MM-dd'T'HH:mm:ss'Z'";
        string time = TimeProvider.System.GetUtcNow().ToString(Form, CultureInfo.InvariantCulture);
        foreach (SymbolFee pair in tier.Fees)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{time},{tier.Currency},{tier.Volume},{pair.Key},{pair.Taker},{pair.Maker}\n");
        }

        File.AppendAllText(path, text.ToString());
    }
}
