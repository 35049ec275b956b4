using System.Collections.Generic;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>Where a command stands between us and the venue.</summary>
internal enum FlightState : byte
{
    /// <summary>Not sent: another mutation of the same order is unanswered, or the budget has no room.</summary>
    Waiting = 0,

    /// <summary>Sent, its answer is awaited.</summary>
    Unanswered = 1,

    /// <summary>Its outcome was told as Unknown; an answer would be late.</summary>
    Unknown = 2,
}

internal sealed class Flight
{
    public required OrderCommand Command { get; init; }

    public FlightState State { get; set; }

    public long RequestId { get; set; }

    /// <summary>When its outcome becomes Unknown; while it waits for the budget, when it is refused.</summary>
    public long DueNs { get; set; } = long.MaxValue;

    /// <summary>It was sent again after the venue had not taken the token.</summary>
    public bool IsResent { get; set; }
}

/// <summary>Commands without a final answer, in order of submission.</summary>
/// <remarks>
/// Keeps: of one order at most one mutation is unanswered, because the venue does not promise the order of
/// unacknowledged amends and cancels. Searches are linear: there are a handful.
/// </remarks>
internal sealed class CommandsInFlight
{
    /// <summary>
    /// A venue budget of 50 actions in 10 s leaves 25 in the 5 s of a time-out; ten times that is plenty.
    /// </summary>
    public const int CommandsMax = 256;

    private readonly List<Flight> _flights = new(CommandsMax);

    public IReadOnlyList<Flight> All => _flights;

    public bool IsUnanswered(ClientOrderId id) =>
        _flights.Exists(flight => flight.State != FlightState.Unknown && flight.Command.Id == id);

    /// <summary>Adds a waiting command; null when there is no room even without the oldest Unknown.</summary>
    public Flight? Add(in OrderCommand command)
    {
        if (_flights.Count == CommandsMax)
        {
            int oldest = _flights.FindIndex(flight => flight.State == FlightState.Unknown);
            if (oldest < 0) return null;
            _flights.RemoveAt(oldest);
        }

        Flight flight = new() { Command = command };
        _flights.Add(flight);
        return flight;
    }

    public Flight? Find(long requestId) =>
        _flights.Find(flight => flight.State != FlightState.Waiting && flight.RequestId == requestId);

    public void Remove(Flight flight) => _flights.Remove(flight);

    /// <summary>The next command of an order that may go, now that none is unanswered.</summary>
    public Flight? NextWaiting(ClientOrderId id)
    {
        bool taken = _flights.Exists(flight => flight.State == FlightState.Unanswered && flight.Command.Id == id);
        return taken ? null : _flights.Find(flight => flight.State == FlightState.Waiting && flight.Command.Id == id);
    }

    public void Clear() => _flights.Clear();
}
