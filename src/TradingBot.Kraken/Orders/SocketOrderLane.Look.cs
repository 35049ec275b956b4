using System;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <content>Looks at the account: both snapshots, how they end, and when the next one is due.</content>
public sealed partial class SocketOrderLane
{
    private const long NoSequence = -1;

    private void BeginLook()
    {
        _lookDueNs = long.MaxValue;
        _lookAgain = false;
        if (_hasSubscribed)
        {
            // A snapshot comes with a subscription only, and a second one is refused (Already subscribed).
            _requests.WriteExecutions(_outbox.Writer, subscribe: false, ++_lastRequestId, _token!.Text);
            _outbox.Seal();
            _requests.WriteHoldings(_outbox.Writer, subscribe: false, ++_lastRequestId, _token.Text);
            _outbox.Seal();
        }

        _look = new SnapshotLook
        {
            IsOpen = true,
            DueNs = NowNs + _options.LookTimeoutNs,
            ExecutionsRequest = ++_lastRequestId,
            PositionsRequest = ++_lastRequestId,
        };
        _requests.WriteExecutions(_outbox.Writer, subscribe: true, _look.ExecutionsRequest, _token!.Text);
        _outbox.Seal();
        _requests.WriteHoldings(_outbox.Writer, subscribe: true, _look.PositionsRequest, _token.Text);
        _outbox.Seal();
        _hasSubscribed = true;
        _desk.Tell(new AccountRecord { Kind = AccountEventKind.SnapshotBegin });
    }

    /// <summary>Ends the look once neither snapshot is awaited any more.</summary>
    private void SettleLook()
    {
        if (!_look.IsOpen || !_look.IsSettled) return;
        Completeness completeness = _look.Completeness;
        EndLook(completeness);
        if (completeness != Completeness.Complete)
        {
            _lookDueNs = NowNs + _lookPauseNs;
            _lookPauseNs = Math.Min(2 * _lookPauseNs, _options.LookPauseMaxNs);
            return;
        }

        _lookPauseNs = _options.LookPauseNs;
        if (!IsUp)
        {
            IsUp = true;
            _desk.Tell(new AccountRecord { Kind = AccountEventKind.LaneUp });
        }

        if (_lookAgain) LookSoon();
    }

    private void EndLook(Completeness completeness)
    {
        _look.IsOpen = false;
        _desk.Tell(new AccountRecord { Kind = AccountEventKind.SnapshotEnd, Completeness = completeness });
    }

    /// <summary>
    /// Something of the executions was lost: what is awaited still may be whole, what has come is not.
    /// </summary>
    private void LoseExecutions()
    {
        if (_look.IsOpen)
        {
            if (_look.Executions == LookPart.Whole) _look.Executions = LookPart.Damaged;
        }
        else
        {
            LookSoon();
        }
    }

    private void LosePositions()
    {
        if (_look.IsOpen)
        {
            if (_look.Positions == LookPart.Whole) _look.Positions = LookPart.Damaged;
        }
        else
        {
            LookSoon();
        }
    }

    /// <summary>
    /// Looks again at once, unless a pause after a bad look runs: losses must not become a storm of requests.
    /// </summary>
    private void LookSoon()
    {
        if (!_isConnected || !_hasSubscribed || _lookDueNs != long.MaxValue) return;
        if (_token is not null) BeginLook();
        else _lookDueNs = NowNs;
    }
}
