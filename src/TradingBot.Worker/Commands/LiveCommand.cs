using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Loopback;
using TradingBot.Trading;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Health;
using TradingBot.Worker.Settings;
using ParseResult = System.CommandLine.ParseResult;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>live --rehearse</c>: orders that cannot trade, to learn what no document says.</summary>
internal static class LiveCommand
{
    private const int PercentLeast = 5;
    private const int PercentMost = 50;

    private static readonly Option<bool> Rehearse = new("--rehearse")
    {
        Description = "Plan far orders of the least size; with --send place, move and cancel them.",
    };

    private static readonly Option<string?> Lane = new("--lane")
    {
        Description = "unified, legacy or spot; by default the lane of venue.derivatives.lane.",
    };

    private static readonly Option<string?> Symbol = new("--symbol")
    {
        Description = "PF_XBTUSD by default, of spot BTC/USD.",
    };

    private static readonly Option<int> Percent = new("--percent")
    {
        Description = "How far below the price the orders lie: 5 to 50.",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<bool> Send = new("--send") { Description = "Really send them." };

    private static readonly Option<string?> Account = new("--account")
    {
        Description = "The account.id of the configuration, said once more: needed to send anything to Kraken itself.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    public static Command Build()
    {
        Command command = new("live", "With --rehearse: far orders of the least size, placed, moved and cancelled.")
        {
            Rehearse, Lane, Symbol, Percent, Send, Account, Json,
        };
        SettingsOptions.AddTo(command);
        command.SetAction((parsed, _) => InvokeAsync(parsed));
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        if (!parsed.GetValue(Rehearse))
        {
            await errors.WriteLineAsync("live knows --rehearse only; to trade as configured: run --live.")
                .ConfigureAwait(false);
            return ExitCode.Usage;
        }

        VerbStart start = await VerbStart.ReadAsync(parsed, "live --rehearse", "1h").ConfigureAwait(false);
        if (start.Settings is not { } settings) return start.Code;
        string lane = parsed.GetValue(Lane)
            ?? (settings.Venue.Lane == DerivativesLane.Legacy ? "legacy" : "unified");
        if (WhyNot(parsed, settings, lane) is { } refusal)
        {
            await errors.WriteLineAsync($"live --rehearse: {refusal}.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        using Interruption interruption = new();
        try
        {
            return await RehearseAsync(parsed, settings, lane, interruption.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("live --rehearse: interrupted; look at the account's open orders")
                .ConfigureAwait(false);
            return ExitCode.Interrupted;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"live --rehearse: {fault.Message}").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
    }

    private static string? WhyNot(ParseResult parsed, WorkerSettings settings, string lane)
    {
        if (lane is not ("unified" or "legacy" or "spot")) return $"--lane '{lane}' is none of unified, legacy, spot";
        if (parsed.GetValue(Percent) is < PercentLeast or > PercentMost) return "--percent takes 5 to 50";
        if (lane == "legacy" && LaneEnd.RefusalAt(UnixNs()) is { } over) return over.TrimEnd('.');
        VenueAddresses? addresses = settings.Venue.Addresses;
        if (!parsed.GetValue(Send) || addresses is null) return null;
        if (!addresses.AreLoopback && (settings.AccountId is null || parsed.GetValue(Account) != settings.AccountId))
        {
            return "orders to Kraken itself need --account with the configuration's account.id, so that they reach no "
                + "other account than the one that is meant";
        }

        bool hasAddresses = lane switch
        {
            "legacy" => addresses is { DerivativesRest: not null, FuturesPrivate: not null },
            "spot" => addresses.SpotPrivate is not null,
            _ => true,
        };
        if (!hasAddresses)
        {
            return lane == "spot" ? "venue.spot.ws_private_url must be given"
                : "venue.derivatives.rest_url and ws_url must be given";
        }

        bool hasKeys = lane == "legacy" ? settings.Venue.DerivativesKey is not null : settings.Venue.Key is not null;
        if (!hasKeys && !addresses.AreLoopback) return "no key of the lane is configured";
        _ = PlaceChecks.Database(settings, out bool isHeld);
        return isHeld ? "a worker uses this data folder and its key: stop it first" : null;
    }

    private static async Task<int> RehearseAsync(
        ParseResult parsed, WorkerSettings settings, string lane, CancellationToken stop)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        CircleOptions options = RunComposition.OptionsOf(settings);
        LoopbackKraken? own = settings.Venue.Addresses is null
            ? await LoopbackKraken.StartAsync(options.Venue, 0, stop).ConfigureAwait(false) : null;
        try
        {
            VenueAddresses addresses = settings.Venue.Addresses ?? RunComposition.AddressesOf(own!);
            SymbolTable symbols = new(16);
            string name = parsed.GetValue(Symbol) ?? (lane == "spot" ? "BTC/USD" : "PF_XBTUSD");
            (RehearsalPlan? plan, string altname, string fault) = await PlanAsync(
                addresses, lane, name, symbols, parsed.GetValue(Percent), stop).ConfigureAwait(false);
            if (plan is null)
            {
                await errors.WriteLineAsync($"live --rehearse: {fault}").ConfigureAwait(false);
                return ExitCode.Unreachable;
            }

            bool sends = parsed.GetValue(Send);
            await errors.WriteLineAsync($"{lane} lane at {addresses.Rest.Host}{(own is null ? "" : " (simulated)")}")
                .ConfigureAwait(false);
            foreach (string line in plan.Lines()) await errors.WriteLineAsync("  " + line).ConfigureAwait(false);
            RehearsalReport report = new(lane, sends, plan);
            if (sends)
            {
                using AccountCalls? calls = AccountCalls.Open(
                    settings.Storage.Folder, addresses.Rest, options.ApiKey, options.ApiSecret, options.Tier,
                    out fault);
                if (calls is null) throw new IOException(fault);
                await SendAsync(parsed, options, addresses, lane, symbols, plan, altname, calls, report, stop)
                    .ConfigureAwait(false);
            }

            TextWriter output = parsed.InvocationConfiguration.Output;
            await output.WriteAsync(parsed.GetValue(Json) ? report.AsJson() : report.AsText()).ConfigureAwait(false);
            return report.Fault.Length == 0 ? ExitCode.Ok : ExitCode.CheckFailed;
        }
        finally
        {
            if (own is not null) await own.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task SendAsync(
        ParseResult parsed, CircleOptions options, VenueAddresses addresses, string lane, SymbolTable symbols,
        RehearsalPlan plan, string altname, AccountCalls calls, RehearsalReport report, CancellationToken stop)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        if (lane == "spot")
        {
            SpotRestRehearsal byRest = new(calls.Rest, plan, altname, Tell);
            await byRest.RunAsync(stop).ConfigureAwait(false);
            report.Take(byRest.Steps, byRest.Known, byRest.Fault);
        }

        using RequestSigner derivatives = new(options.DerivativesSecret);
        IOrderLane machine = lane == "legacy"
            ? new FuturesOrderLane(
                symbols, new LaneOptions { TriggerReference = "mark" }, options.DerivativesKey, derivatives)
            : new SocketOrderLane(symbols, lane != "spot" ? new LaneOptions()
                : new LaneOptions { Market = LaneMarket.Spot, TriggerReference = "last", Tier = options.Tier });
        WireEndpoint endpoint = lane switch
        {
            "legacy" => WireEndpoint.FuturesPrivate,
            "spot" => WireEndpoint.SpotPrivate,
            _ => WireEndpoint.UnifiedPrivate,
        };
        SocketWire wire = new(addresses);
        await using (wire.ConfigureAwait(false))
        {
            LaneSession session = new(wire, endpoint, machine, nowNs =>
            {
                TokenRequest request = calls.TokenRequest(nowNs);
                return new WireRequest(request.Path, request.ApiKey, request.ApiSign, request.Body);
            });
            Rehearsal rehearsal = new(session, plan, Tell);
            await Task.Run(() => rehearsal.Run(stop), CancellationToken.None).ConfigureAwait(false);
            report.Take(rehearsal.Steps, rehearsal.Known, rehearsal.Fault);
        }

        void Tell(RehearsalStep step)
        {
            if (!Console.IsErrorRedirected) errors.WriteLine($"  {step.Name}: {step.Outcome}");
        }
    }

    /// <summary>What is listed, and where it trades.</summary>
    private static async Task<(RehearsalPlan? Plan, string Altname, string Fault)> PlanAsync(
        VenueAddresses addresses, string lane, string symbol, SymbolTable symbols, int percent, CancellationToken stop)
    {
        bool isSpot = lane == "spot";
        PublicRestOptions where = addresses.AreLoopback
            ? PublicRestOptions.Loopback(new Uri(addresses.Rest.GetLeftPart(UriPartial.Authority)))
            : new PublicRestOptions();
        using PublicRest rest = new(where, TimeProvider.System);
        RestResult<Listing> listing = await (isSpot
            ? rest.GetAsync(PublicQuery.Spot("AssetPairs"), SpotListing.Reader(rest.NowNs), stop)
            : rest.GetAsync(PublicQuery.Derivatives("/v3/instruments"), DerivativeListing.Reader(rest.NowNs), stop))
            .ConfigureAwait(false);
        if (listing.Value is not { } listed) return (null, "", $"no listing: {listing.Failure!.Reason}");
        InstrumentSpec? spec = listed.Specs.FirstOrDefault(one => one.Id == symbol);
        if (spec is null) return (null, "", $"{symbol} is not listed there; --symbol takes another one");
        RestResult<IReadOnlyList<MarketTicker>> asked = await (isSpot
            ? rest.GetAsync<IReadOnlyList<MarketTicker>>(PublicQuery.Spot("Ticker"), SpotReader.ReadTickers, stop)
            : rest.GetAsync<IReadOnlyList<MarketTicker>>(
                PublicQuery.Derivatives("/v3/tickers"), DerivativesReader.ReadTickers, stop)).ConfigureAwait(false);
        if (asked.Value is not { } tickers) return (null, "", $"no prices: {asked.Failure!.Reason}");
        HashSet<string> names = [.. spec.Names.Select(name => name.Text), spec.Id];
        MarketTicker? ticker = tickers.FirstOrDefault(one => names.Contains(one.Name));
        if (ticker?.Price is not > 0) return (null, "", $"{symbol} has no price now");
        int instrument = symbols.IdOf(isSpot ? Dialect.SpotV2 : Dialect.Unified, Encoding.ASCII.GetBytes(symbol));
        RehearsalPlan? plan =
            RehearsalPlan.Of(spec, symbol, instrument, ticker.Price.Value, percent, UnixNs(), out string fault);
        return (plan, spec.NameIn(NameDialect.Altname) ?? symbol, fault);
    }

    private static long UnixNs() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
