using System;
using System.Text.Json;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Rest;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <content>
/// The budget: what finds no room waits if it protects, reduces or cancels, and is refused unsent if it adds risk.
/// </content>
public sealed partial class UnifiedOrderLane
{
    /// <summary>When the first of what waits for the budget may go.</summary>
    private long HeldDueNs
    {
        get
        {
            long due = long.MaxValue;
            foreach (Flight flight in _commands.All)
            {
                if (!IsHeld(flight)) continue;
                due = Math.Min(due, _budget.FreeAtNs(UrgencyOf(flight.Command), RollingTokens.OrderCost, _nowNs));
            }

            return due;
        }
    }

    /// <summary>Tokens of the last ten seconds, of <see cref="UnifiedLaneOptions.TokensMax"/>.</summary>
    public int TokensUsed => _budget.UsedAt(_nowNs);

    /// <summary>How urgent a command is, by what its order is for.</summary>
    public static Urgency UrgencyOf(in OrderCommand command)
    {
        bool isStop = command.Id.Role == OrderRole.Stop;
        return command.Kind switch
        {
            CommandKind.Cancel => Urgency.Cancel,
            _ when isStop => Urgency.Protect,
            CommandKind.Place when !command.ReduceOnly => Urgency.Entry,
            _ => Urgency.Reduce,
        };
    }

    private static bool IsHeld(Flight flight) =>
        flight.State == FlightState.Waiting && flight.DueNs != long.MaxValue;

    private void SendOrHold(Flight flight)
    {
        Urgency urgency = UrgencyOf(flight.Command);
        if (_budget.TryTake(urgency, RollingTokens.OrderCost, _nowNs))
        {
            Send(flight);
            return;
        }

        if (urgency >= Urgency.Entry)
        {
            RefuseUnbudgeted(flight);
            return;
        }

        if (IsHeld(flight)) return;
        Counters.Held++;
        flight.DueNs = _nowNs + _options.HoldMaxNs;
    }

    /// <summary>The most urgent first, and among equals the oldest; what waited too long is refused.</summary>
    private void ServeHeld()
    {
        if (_commands.All.Count == 0) return;
        for (Urgency urgency = Urgency.Protect; urgency < Urgency.Entry; urgency++)
        {
            for (int i = 0; i < _commands.All.Count; i++)
            {
                Flight flight = _commands.All[i];
                if (!IsHeld(flight) || UrgencyOf(flight.Command) != urgency) continue;
                if (_token is not null && _budget.TryTake(urgency, RollingTokens.OrderCost, _nowNs))
                {
                    Send(flight);
                }
                else if (flight.DueNs <= _nowNs)
                {
                    RefuseUnbudgeted(flight);
                    i--;
                }
            }
        }
    }

    /// <summary>An outcome that is known is better than an order that comes when nobody expects it.</summary>
    private void RefuseUnbudgeted(Flight flight)
    {
        Counters.Unbudgeted++;
        _commands.Remove(flight);
        Refuse(flight.Command, VenueReason.RateLimited);
        SendNext(flight.Command.Id);
    }

    private void LearnOfLimit()
    {
        Counters.RateRefusals++;
        _budget.OnVenueRefused(_nowNs);
    }

    /// <summary>
    /// A request whose token was not taken had no effect, so it may go again, once, with the spare: a stop does not
    /// wait for REST.
    /// </summary>
    private bool TrySendAgain(JsonElement root, Flight flight, bool isLate)
    {
        if (isLate || flight.IsResent || _token is null) return false;
        if (!KrakenError.IsOfSession(JsonFields.TextOf(root, "error"u8))) return false;
        if (!_budget.TryTake(UrgencyOf(flight.Command), RollingTokens.OrderCost, _nowNs)) return false;
        flight.IsResent = true;
        Counters.Resent++;
        Send(flight);
        return true;
    }
}
