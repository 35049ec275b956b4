using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;

namespace TradingBot.Worker.Commands;

/// <summary><c>simulate --port</c>: the simulated Kraken alone, for any client of this machine.</summary>
internal static class SimulatedVenue
{
    private const int SpeedMax = 1_000;
    private const int ActivityMax = 1_000;
    private const int PortMax = 65_535;
    private const int CountMax = 1_000;
    private const int RateMax = 200_000;

    private static readonly TimeSpan ShowEvery = TimeSpan.FromSeconds(1);

    public static readonly Option<int?> Port = new("--port")
    {
        Description = "Serve the simulated Kraken on 127.0.0.1 until stopped, and trade nothing; 0 takes a free port.",
    };

    public static readonly Option<string> Synthetic = new("--synthetic")
    {
        Description = "The made-up market: seed=N, and activity=N times as busy as the calm one (seed=7,activity=20).",
        DefaultValueFactory = _ => "seed=1",
    };

    public static readonly Option<string[]> Symbols = new("--symbols")
    {
        Description = "What is listed: names, each with its sister (BTC/USD or PF_XBTUSD), or how many pairs of a spot "
            + "market and a perpetual, 1 to 1000; the five by default.",
        AllowMultipleArgumentsPerToken = true,
    };

    public static readonly Option<int> Rate = new("--rate")
    {
        Description = "About how many steps all markets together make a second, 1 to 200000; each is a message or two.",
    };

    public static readonly Option<int> Speed = new("--speed")
    {
        Description = "How many times as fast as real time the venue's time passes.",
        DefaultValueFactory = _ => 1,
    };

    public static readonly Option<VenueTier> Tier = new("--tier")
    {
        Description = "Whose rate limits bite: none, starter, intermediate or pro.",
        DefaultValueFactory = _ => VenueTier.Starter,
    };

    public static readonly Option<string?> Tls = new("--tls")
    {
        Description = "Serve TLS under Kraken's names too, and write the certificate to trust to this file (PEM).",
    };

    /// <summary>Options that mean something only with <c>--port</c>.</summary>
    public static readonly Option[] Own = [Synthetic, Speed, Tls, Tier];

    public static void Validate()
    {
        Port.Validators.Add(result => Within(result, 0, PortMax, "--port"));
        Rate.Validators.Add(result => Within(result, 1, RateMax, "--rate"));
        Speed.Validators.Add(result => Within(result, 1, SpeedMax, "--speed"));
        Synthetic.Validators.Add(result =>
        {
            if (TryReadMarket(result.GetValueOrDefault<string>() ?? "", out _, out _)) return;
            result.AddError("--synthetic takes seed=N and activity=1…1000, with a comma between them.");
        });
        Symbols.Validators.Add(result =>
        {
            string[] symbols = Split(result.GetValueOrDefault<string[]>() ?? []);
            if (symbols.Length == 1 && int.TryParse(symbols[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                if (CountOf(symbols) == 0) result.AddError($"--symbols takes names, or 1 to {CountMax} pairs.");
                return;
            }

            foreach (string symbol in symbols)
            {
                if (SimulatedKraken.Lists(symbol)) continue;
                result.AddError($"The simulated Kraken has no {symbol}. It has {SimulatedKraken.AllSymbols}.");
            }
        });
    }

    public static async Task<int> ServeAsync(ParseResult parsed, FaultPlan faults)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        string? pem = parsed.GetValue(Tls);
        // The options were validated.
        _ = TryReadMarket(parsed.GetValue(Synthetic)!, out ulong seed, out int activity);
        VenueOptions venue = new()
        {
            Seed = seed,
            Activity = activity,
            Symbols = CountOf(parsed) > 0 ? [] : Split(parsed.GetValue(Symbols) ?? []),
            PerpetualCount = CountOf(parsed),
            StepsPerSecond = parsed.GetValue(Rate),
            Faults = faults,
            Tier = parsed.GetValue(Tier),
        };
        using TestAuthority? authority = pem is null ? null : new TestAuthority(TimeProvider.System);
        LoopbackOptions loopback = new()
        {
            Port = parsed.GetValue(Port)!.Value,
            Speed = parsed.GetValue(Speed),
            Tls = authority,
        };
        using Interruption interruption = new();
        try
        {
            if (authority is not null) await File.WriteAllTextAsync(pem!, authority.AuthorityPem).ConfigureAwait(false);
            LoopbackKraken kraken =
                await LoopbackKraken.StartAsync(venue, loopback, interruption.Token).ConfigureAwait(false);
            await using (kraken.ConfigureAwait(false))
            {
                await SayAsync(parsed, kraken, venue).ConfigureAwait(false);
                return await WaitAsync(kraken, errors, interruption.Token).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"simulate cannot serve: {fault.Message} Choose another --port or --tls.")
                .ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
    }

    private static void Within(OptionResult result, int least, int most, string name)
    {
        if (result.Tokens.Count == 0) return;
        bool isNumber = int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value);
        if (!isNumber || value < least || value > most) result.AddError($"{name} takes {least} to {most}.");
    }

    /// <summary>How many pairs are asked for; 0: none, or names.</summary>
    public static int CountOf(ParseResult parsed) => CountOf(Split(parsed.GetValue(Symbols) ?? []));

    public static int CountOf(CommandResult result) => CountOf(Split(result.GetValue(Symbols) ?? []));

    private static int CountOf(string[] symbols)
    {
        bool isNumber = symbols.Length == 1
            & int.TryParse(symbols.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int pairs);
        return isNumber && pairs <= CountMax ? pairs : 0;
    }

    private static string[] Split(string[] symbols) =>
        [.. symbols.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries))];

    internal static bool TryReadMarket(string text, out ulong seed, out int activity)
    {
        (seed, activity) = (1, 1);
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pieces = part.Split('=');
            if (pieces.Length != 2) return false;
            bool isRead = pieces[0] switch
            {
                "seed" => ulong.TryParse(pieces[1], NumberStyles.None, CultureInfo.InvariantCulture, out seed),
                "activity" => int.TryParse(pieces[1], NumberStyles.None, CultureInfo.InvariantCulture, out activity)
                    && activity is >= 1 and <= ActivityMax,
                _ => false,
            };
            if (!isRead) return false;
        }

        return true;
    }

    private static async Task SayAsync(ParseResult parsed, LoopbackKraken kraken, VenueOptions venue)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        string text = parsed.GetValue(SimulateCommand.Json)
            ? FormattableString.Invariant(
                $"{{\"rest\":\"{kraken.RestUrl}\",\"spot\":\"{kraken.SpotPublicUrl}\",")
                + FormattableString.Invariant(
                    $"\"spot_private\":\"{kraken.SpotPrivateUrl}\",\"spot_v1\":\"{kraken.FirstPublicUrl}\",")
                + FormattableString.Invariant(
                    $"\"spot_v1_private\":\"{kraken.FirstPrivateUrl}\",\"unified\":\"{kraken.UnifiedPublicUrl}\",")
                + FormattableString.Invariant(
                    $"\"unified_private\":\"{kraken.UnifiedPrivateUrl}\",\"key\":\"{venue.ApiKey}\",")
                + FormattableString.Invariant(
                    $"\"secret\":\"{venue.ApiSecret}\",\"futures\":\"{kraken.FuturesUrl}\",")
                + FormattableString.Invariant(
                    $"\"futures_key\":\"{venue.DerivativesKey}\",\"futures_secret\":\"{venue.DerivativesSecret}\",")
                + FormattableString.Invariant($"\"seed\":{venue.Seed}}}")
            : $"""
                A SIMULATED Kraken, seed {venue.Seed}; nothing here is real, its money and its key included.
                REST              {kraken.RestUrl}
                spot              {kraken.SpotPublicUrl}
                spot, private     {kraken.SpotPrivateUrl}
                spot v1           {kraken.FirstPublicUrl}
                spot v1, private  {kraken.FirstPrivateUrl}
                Unified           {kraken.UnifiedPublicUrl}
                Unified, private  {kraken.UnifiedPrivateUrl}
                key               {venue.ApiKey}
                secret            {venue.ApiSecret}
                futures           {kraken.FuturesUrl} and {kraken.RestUrl}derivatives/api/v3
                futures key       {venue.DerivativesKey}
                futures secret    {venue.DerivativesSecret}
                """;
        await output.WriteLineAsync(text).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }

    private static async Task<int> WaitAsync(LoopbackKraken kraken, TextWriter errors, CancellationToken stop)
    {
        using PeriodicTimer timer = new(ShowEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                if (kraken.Completion.IsFaulted)
                {
                    await errors.WriteLineAsync($"The venue failed: {kraken.Completion.Exception?.InnerException}")
                        .ConfigureAwait(false);
                    return ExitCode.UnexpectedFault;
                }

                if (Console.IsErrorRedirected) continue;
                await Console.Error.WriteAsync(string.Create(
                    CultureInfo.InvariantCulture, $"\r{kraken.Clients} sockets, {kraken.SlowClients} too slow  "))
                    .ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        return ExitCode.Ok;
    }
}
