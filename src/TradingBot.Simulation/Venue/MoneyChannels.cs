// In:     entries of the account of perpetuals.   Out: balances, margin and ledgers to whoever subscribed.
// Thread: the one that drives virtual time.
// Keeps:  each socket has sequences of its own without a gap: a gap is a lost frame.
using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>The money of the account on Unified sockets.</summary>
internal sealed class MoneyChannels(
    MoneyFrames frames, PositionLedger ledger, MatchingEngine engine, List<VenueConnection> connections, Postbox post)
{
    public static bool IsOne(string channel) => channel is "balances" or "margin" or "ledgers";

    public static bool IsTaken(VenueConnection connection, string channel) => channel switch
    {
        "balances" => connection.WantsBalances,
        "margin" => connection.WantsMargin,
        _ => connection.WantsLedgers,
    };

    /// <summary>Begins a channel, with what it tells at its begin: ledgers have no snapshot.</summary>
    public void Begin(VenueConnection connection, VenueRequest request, string channel, long nowNs)
    {
        Set(connection, channel, wants: true);
        if (channel == "margin")
        {
            TellMargin(connection, nowNs);
        }
        else if (channel == "balances" && request.Flag("snapshot", otherwise: true))
        {
            post.Post(
                connection, VenueStream.Positions, frames.BalanceSnapshot(++connection.BalanceSequence), nowNs);
        }
    }

    public static void End(VenueConnection connection, string channel) => Set(connection, channel, wants: false);

    /// <summary>Tells what changed since the last call.</summary>
    public void Tell(long nowNs)
    {
        bool any = false;
        while (ledger.TryTakeEntry(out AccountEntry entry))
        {
            any = true;
            foreach (VenueConnection connection in connections)
            {
                if (connection.Endpoint != VenueEndpoint.UnifiedPrivate) continue;
                if (connection.WantsLedgers)
                {
                    post.Post(
                        connection, VenueStream.Positions, frames.Ledger(entry, ++connection.LedgerSequence), nowNs);
                }

                if (connection.WantsBalances)
                {
                    post.Post(
                        connection, VenueStream.Positions, frames.BalanceUpdate(entry, ++connection.BalanceSequence),
                        nowNs);
                }
            }
        }

        if (!any) return;
        foreach (VenueConnection connection in connections)
        {
            if (!connection.WantsMargin) continue;
            TellMargin(connection, nowNs);
        }
    }

    private void TellMargin(VenueConnection connection, long nowNs) => post.Post(
        connection, VenueStream.Positions, frames.Margin(ledger.InitialMargin(engine.Live), nowNs), nowNs);

    private static void Set(VenueConnection connection, string channel, bool wants)
    {
        if (channel == "balances") (connection.WantsBalances, connection.BalanceSequence) = (wants, 0);
        else if (channel == "margin") connection.WantsMargin = wants;
        else (connection.WantsLedgers, connection.LedgerSequence) = (wants, 0);
    }
}
