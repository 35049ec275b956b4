// In:     the venue's lists of instruments and tickers, or files of the same; what is remembered.
// Out:    the universe, and the new state.   Thread: one task.
// Keeps:  a list that could not be fetched changes nothing; specs of the last good one stay.
// Budget: five requests.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;

namespace TradingBot.Worker.History;

/// <summary>What a discovery came to.</summary>
/// <param name="State">To be remembered.</param>
/// <param name="View">The universe; null when nothing is known at all, or names contradict each other.</param>
/// <param name="Changes">What is new, in words.</param>
/// <param name="Unread">Entries of lists that could not be read.</param>
/// <param name="Failures">Lists that could not be fetched.</param>
/// <param name="Fault">Why there is no view; empty when there is one.</param>
internal sealed record Discovery(
    UniverseState State, UniverseView? View, ImmutableArray<string> Changes, ImmutableArray<string> Unread,
    ImmutableArray<RestFailure> Failures, string Fault);

/// <summary>Asks what is listed, and chooses.</summary>
internal sealed class UniverseDiscovery(UniverseOptions options, IReadOnlyCollection<string> held)
{
    private readonly List<string> _changes = [];
    private readonly List<string> _unread = [];
    private readonly List<RestFailure> _failures = [];

    /// <summary>From the venue.</summary>
    public async Task<Discovery> AskAsync(PublicRest rest, UniverseState state, CancellationToken cancellationToken)
    {
        RestResult<Listing> spot = await rest.GetAsync(
            PublicQuery.Spot("AssetPairs"), SpotListing.Reader(rest.NowNs), cancellationToken).ConfigureAwait(false);
        Listing? listed = Keep(spot);
        bool wantsTokens = options.Classes.Contains(InstrumentClass.TokenizedEquity);
        if (listed is not null && wantsTokens)
        {
            RestResult<Listing> tokens = await rest.GetAsync(
                PublicQuery.Spot("AssetPairs", "aclass_base=tokenized_asset"), SpotListing.Reader(rest.NowNs),
                cancellationToken).ConfigureAwait(false);
            // Half a list is none: what lacks would look delisted.
            listed = Keep(tokens) is { } more ? Joined(listed, more) : null;
        }

        RestResult<Listing> derivatives = await rest.GetAsync(
            PublicQuery.Derivatives("/v3/instruments"), DerivativeListing.Reader(rest.NowNs), cancellationToken)
            .ConfigureAwait(false);
        Listing? contracts = Keep(derivatives);
        IReadOnlyList<MarketTicker>? spotTickers = Keep(await rest.GetAsync<IReadOnlyList<MarketTicker>>(
            PublicQuery.Spot("Ticker"), SpotReader.ReadTickers, cancellationToken).ConfigureAwait(false));
        IReadOnlyList<MarketTicker>? contractTickers = Keep(await rest.GetAsync<IReadOnlyList<MarketTicker>>(
            PublicQuery.Derivatives("/v3/tickers"), DerivativesReader.ReadTickers, cancellationToken)
            .ConfigureAwait(false));
        state = Take(Take(state, listed, isSpot: true, rest.NowNs), contracts, isSpot: false, rest.NowNs);
        return Choose(state, spotTickers, contractTickers, rest.NowNs);
    }

    /// <summary>From files: AssetPairs, derivatives instruments, or instrument frames, each whole.</summary>
    public Discovery Read(IReadOnlyList<string> files, UniverseState state, long nowNs)
    {
        foreach (string file in files)
        {
            string fault = "";
            try
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
                Listing? listing = ReadAny(document.RootElement, nowNs, out string why);
                if (listing is null) fault = $"{file}: {why}";
                else state = TakeBoth(state, listing, nowNs);
            }
            catch (Exception unread) when (unread is IOException or UnauthorizedAccessException or JsonException)
            {
                fault = $"{file}: {unread.Message}";
            }

            if (fault.Length > 0) return new Discovery(state, null, [], [], [], fault);
        }

        return Choose(state, null, null, nowNs);
    }

    /// <summary>From what is remembered alone.</summary>
    public Discovery Recall(UniverseState state, long nowNs) => Choose(state, null, null, nowNs);

    private static Listing? ReadAny(JsonElement root, long nowNs, out string why)
    {
        why = "it is neither AssetPairs, nor derivatives instruments, nor an instrument frame";
        if (root.ValueKind != JsonValueKind.Object) return null;
        if (root.TryGetProperty("instruments"u8, out _)) return DerivativeListing.Reader(nowNs)(root, out why);
        if (root.TryGetProperty("channel"u8, out _)) return SpotListing.ReadFrame(root, nowNs, out why);
        return root.TryGetProperty("result"u8, out _) ? SpotListing.Reader(nowNs)(root, out why) : null;
    }

    private static Listing Joined(Listing one, Listing other) => new(
        [.. one.Specs, .. other.Specs.Where(spec => !one.Specs.Any(known => known.Id == spec.Id))],
        [.. one.Unread, .. other.Unread], one.LeftOut + other.LeftOut);

    private UniverseState TakeBoth(UniverseState state, Listing listing, long nowNs)
    {
        bool hasSpot = listing.Specs.Any(spec => spec.IsSpot);
        if (hasSpot) state = Take(state, listing, isSpot: true, nowNs);
        bool hasContracts = listing.Specs.Any(spec => !spec.IsSpot);
        return hasContracts ? Take(state, listing, isSpot: false, nowNs) : state;
    }

    private UniverseState Take(UniverseState state, Listing? listing, bool isSpot, long nowNs)
    {
        if (listing is null) return state;
        _unread.AddRange(listing.Unread);
        (UniverseState next, IReadOnlyList<string> changes) = UniverseMerge.Take(state, listing, isSpot, nowNs);
        _changes.AddRange(changes);
        return next;
    }

    private T? Keep<T>(RestResult<T> result)
        where T : class
    {
        if (result.Failure is { } failure) _failures.Add(failure);
        return result.Value;
    }

    private Discovery Choose(
        UniverseState state, IReadOnlyList<MarketTicker>? spot, IReadOnlyList<MarketTicker>? contracts, long nowNs)
    {
        InstrumentNames? names = InstrumentNames.Build(state.Specs, out string fault);
        if (names is null || state.Specs.Length == 0)
        {
            const string Nothing = "no instrument is known: the venue gave no list, and none is remembered";
            string why = names is null ? fault : Nothing;
            return new Discovery(state, null, [.. _changes], [.. _unread], [.. _failures], why);
        }

        Dictionary<string, MarketTicker> byId = new(StringComparer.Ordinal);
        foreach (MarketTicker ticker in spot ?? [])
        {
            InstrumentSpec? spec = names.Find(NameDialect.RestKey, ticker.Name) ?? names.Find(ticker.Name);
            if (spec is { IsSpot: true }) byId[spec.Id] = ticker;
        }

        foreach (MarketTicker ticker in contracts ?? [])
        {
            if (names.Find(ticker.Name) is { IsSpot: false } spec) byId[spec.Id] = ticker;
        }

        // A list of tickers that was not had says nothing of liquidity: who was in, stays in.
        HashSet<string> unjudged = new(StringComparer.Ordinal);
        foreach (InstrumentSpec spec in state.Specs)
        {
            bool isUnknown = spec.IsSpot ? spot is null : contracts is null;
            bool wasIn = state.Accepted.Contains(spec.Id) || state.Quarantine.Any(entry => entry.Id == spec.Id);
            if (isUnknown && wasIn) unjudged.Add(spec.Id);
        }

        (UniverseView view, UniverseState chosen) =
            UniverseSelection.Select(state, names, options, byId, held, unjudged, nowNs);
        ImmutableDictionary<string, decimal>.Builder volumes = chosen.Volumes.ToBuilder();
        foreach ((string id, MarketTicker ticker) in byId)
        {
            if (ticker.VolumeQuote is { } volume) volumes[id] = volume;
        }

        chosen = chosen with { Volumes = volumes.ToImmutable() };
        return new Discovery(chosen, view, [.. _changes], [.. _unread], [.. _failures], "");
    }
}
