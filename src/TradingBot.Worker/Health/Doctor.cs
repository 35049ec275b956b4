// In:     settings.   Out: findings, one after the other, as they are made.
// Thread: the pool's.
// Keeps:  reads only; a key that a running worker uses is not used beside it, because their nonces would collide.
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Simulation.Loopback;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Health;

/// <summary>Looks at everything a start depends on.</summary>
internal sealed class Doctor(WorkerSettings settings, Action<Finding> tell)
{
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (Finding finding in PlaceChecks.KeyFiles(settings)) tell(finding);
        Finding disk = PlaceChecks.Disk(settings.Storage.Folder);
        tell(disk);
        tell(PlaceChecks.Database(settings, out bool isHeld));
        CircleOptions options = RunComposition.OptionsOf(settings);
        LoopbackKraken? own = settings.Venue.Addresses is null
            ? await LoopbackKraken.StartAsync(options.Venue, 0, stop).ConfigureAwait(false)
            : null;
        try
        {
            VenueAddresses addresses = settings.Venue.Addresses
                ?? RunComposition.AddressesOf(own!);
            const string Own = "SIMULATED: the worker starts its own, and so did the doctor";
            if (own is not null) tell(Finding.Ok("venue", Own));
            await new NetworkChecks(addresses).RunAsync(tell, stop).ConfigureAwait(false);
            if (disk.Outcome != Outcome.Fail)
            {
                await AccountAsync(options, addresses, isHeld, stop).ConfigureAwait(false);
            }
        }
        finally
        {
            if (own is not null) await own.DisposeAsync().ConfigureAwait(false);
        }

        await new LegacyChecks(settings.Venue, FuturesOrderLane.End).RunAsync(tell, stop).ConfigureAwait(false);
    }

    private async Task AccountAsync(
        CircleOptions options, VenueAddresses addresses, bool isHeld, CancellationToken stop)
    {
        const string Check = "key";
        if (settings.FillsOnPaper && settings.Venue.Key is null)
        {
            tell(Finding.Ok(Check, "none is needed: orders are filled on this machine"));
            return;
        }

        if (isHeld)
        {
            tell(Finding.Warn(Check, "not asked: the worker that runs uses it, and their nonces would collide",
                "stop the worker to have the key looked at"));
            return;
        }

        try
        {
            NonceSource? nonces = NonceFile.Open(settings.Storage.Folder, options.ApiKey, out string fault);
            if (nonces is null)
            {
                tell(Finding.Fail("nonce", fault, ""));
                return;
            }

            using RequestSigner signer = new(options.ApiSecret);
            using PrivateRest rest = new(
                addresses.Rest, options.ApiKey, signer, nonces, FallingCounter.OfRest(settings.Venue.Tier),
                TimeProvider.System);
            await new AccountChecks(rest, nonces, addresses, settings.Storage.Folder).RunAsync(tell, stop)
                .ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            tell(Finding.Fail("nonce", fault.Message, "choose another storage.url (--data)"));
        }
    }
}
