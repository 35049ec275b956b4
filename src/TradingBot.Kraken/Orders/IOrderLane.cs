using System;
using TradingBot.Kraken.Rest;
using TradingBot.Trading;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>An HTTP request of a lane; its answer is given back under the number.</summary>
public readonly record struct LaneRequest(long Number, WireRequest Request);

/// <summary>
/// What an order lane is to its owner: connection, frames, answers and time go in; frames, requests and account records
/// come out. No clock, no socket, no waiting: the same calls give the same bytes.
/// </summary>
/// <remarks>
/// Outcomes of a command, exactly one of them first:
/// <list type="bullet">
/// <item>Accepted: the venue took it. Of a Snapshot: the look begins.</item>
/// <item>Refused: definite, it has no effect. With <see cref="VenueReason.VenueMode"/> also when the lane was not up or
/// had just lost its token, or went down before the command's turn came: it was never sent.</item>
/// <item>Unknown: no answer within the time-out, the connection closed, or an answer that proves nothing. An answer
/// that comes later still is told, as Accepted or Refused with <see cref="AccountRecord.Late"/> set.</item>
/// </list>
/// A look at the account is SnapshotBegin, records with <see cref="AccountRecord.Snapshot"/> set, SnapshotEnd. LaneUp
/// follows the first Complete look of a connection; a later look that is not Complete does not take the lane down.
/// The caller drains records, frames and requests after each call.
/// </remarks>
public interface IOrderLane
{
    LaneCounters Counters { get; }

    /// <summary>Commands are sent; otherwise they are refused unsent.</summary>
    bool IsUp { get; }

    /// <summary>
    /// Tokens of the last ten seconds, of <see cref="LaneOptions.TokensMax"/>; of spot the highest score of a pair.
    /// </summary>
    int TokensUsed { get; }

    /// <summary>When <see cref="OnTimer"/> has something to do, Unix ns; <see cref="long.MaxValue"/> = never.</summary>
    long NextDueNs { get; }

    /// <summary>The caller should ask for a token and give the answer to <see cref="OnToken"/>.</summary>
    bool WantsToken { get; }

    /// <summary>
    /// Until when a reconnect needs no REST, Unix ns; 0: there is no spare token, and one that failed locks us out;
    /// <see cref="long.MaxValue"/>: the lane needs none.
    /// </summary>
    long SpareUntilNs { get; }

    void OnConnected(long nowNs);

    void OnDisconnected(long nowNs);

    /// <summary>
    /// Reads one frame. Whatever its bytes are, it ends in records and counters, never in an exception.
    /// </summary>
    void OnFrame(ReadOnlySpan<byte> frame, long nowNs);

    /// <summary>The answer to one of the lane's requests; status 0: there was none.</summary>
    void OnAnswer(long number, int status, ReadOnlySpan<byte> body, long nowNs);

    /// <summary>The answer to a request for a token; one that failed is asked for again after a pause.</summary>
    void OnToken(in TokenAnswer answer, long nowNs);

    void OnTimer(long nowNs);

    void Submit(in OrderCommand command, long nowNs);

    /// <summary>The next frame to send; its bytes are good until the next call of another member.</summary>
    bool TryTakeFrame(out ReadOnlySpan<byte> frame);

    /// <summary>The next request to make.</summary>
    bool TryTakeRequest(out LaneRequest request);

    bool TryTakeRecord(out AccountRecord record);
}
