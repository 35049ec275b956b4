using System;
using System.Text.Json;
using TradingBot.Kraken.Budgets;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <content>Looks at the account: the feeds' snapshots, later REST; how they end, and when the next is due.</content>
public sealed partial class FuturesOrderLane
{
    /// <summary>Orders, fills and positions cost two tokens each.</summary>
    private const int LookCost = 6;

    private Look _look;
    private bool _lookAgain;
    private long _lookDueNs = long.MaxValue;
    private long _lookPauseNs;

    private void BeginLook()
    {
        _lookAgain = false;
        if (!_tokens.TryTake(Urgency.Resolve, LookCost, NowNs))
        {
            _lookDueNs = _tokens.FreeAtNs(Urgency.Resolve, LookCost, NowNs);
            return;
        }

        _lookDueNs = long.MaxValue;
        OpenLook(new Look
        {
            IsOfRest = true,
            OrdersCall = ++_lastRequestId,
            FillsCall = ++_lastRequestId,
            PositionsCall = ++_lastRequestId,
        });
        _calls.Enqueue(new LaneRequest(_look.OrdersCall, _requests.OpenOrders()));
        _calls.Enqueue(new LaneRequest(_look.FillsCall, _requests.Fills()));
        _calls.Enqueue(new LaneRequest(_look.PositionsCall, _requests.OpenPositions()));
    }

    private void OpenLook(Look look)
    {
        _look = look;
        _look.IsOpen = true;
        _look.DueNs = NowNs + _options.LookTimeoutNs;
        _desk.Tell(new AccountRecord { Kind = AccountEventKind.SnapshotBegin });
    }

    private bool IsOfLook(long number) => _look.IsOfRest
        && (number == _look.OrdersCall || number == _look.FillsCall || number == _look.PositionsCall);

    /// <summary>One of the three answers; without a root the call has failed.</summary>
    private void ReadLook(long number, JsonElement root)
    {
        // The look may have been given up: what comes late belongs to none.
        if (!_look.IsOpen) return;
        bool hasFailed = root.ValueKind != JsonValueKind.Object;
        if (number == _look.OrdersCall)
        {
            _look.Orders = hasFailed ? LookPart.Failed : PartOf(root, "openOrders"u8, isRead: true,
                item => Take(_reader.ReadOpen(item, isSnapshot: true, out AccountRecord record), record));
        }
        else if (number == _look.FillsCall)
        {
            _look.Fills = hasFailed ? LookPart.Failed : PartOf(root, "fills"u8, isRead: true,
                item => Take(_reader.ReadFill(item, isSnapshot: true, out AccountRecord record), record));
        }
        else
        {
            _look.Positions = hasFailed ? LookPart.Failed : PartOf(root, "openPositions"u8, isRead: true,
                item => Take(_positionReader.Read(item, isSnapshot: true, NowNs, out AccountRecord record), record));
        }

        SettleLook();
    }

    /// <summary>Ends the look once no part of it is awaited any more.</summary>
    private void SettleLook()
    {
        if (!_look.IsOpen || !_look.IsSettled) return;
        Completeness completeness = _look.Completeness;
        EndLook(completeness);
        if (completeness != Completeness.Complete)
        {
            // Feeds that say nothing are subscribed anew, with another challenge.
            if (!_look.IsOfRest && completeness == Completeness.Failed) _hasSubscribed = false;
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

    /// <summary>Something was lost: another look, unless a pause after a bad one runs.</summary>
    private void LookSoon()
    {
        if (_look.IsOpen) _lookAgain = true;
        else if (_isConnected && _hasSubscribed && _lookDueNs == long.MaxValue) BeginLook();
    }

    /// <summary>One look: which calls it waits for, and how far each part may be believed.</summary>
    private struct Look
    {
        public bool IsOpen;

        /// <summary>Asked of REST; else the feeds' own snapshots.</summary>
        public bool IsOfRest;

        /// <summary>When what is still awaited has failed.</summary>
        public long DueNs;
        public long OrdersCall;
        public long FillsCall;
        public long PositionsCall;
        public LookPart Orders;
        public LookPart Fills;
        public LookPart Positions;

        public readonly bool IsSettled =>
            Orders != LookPart.Awaited && Fills != LookPart.Awaited && Positions != LookPart.Awaited;

        public readonly Completeness Completeness
        {
            get
            {
                if (Orders >= LookPart.Failed || Fills >= LookPart.Failed) return Completeness.Failed;
                if (Positions >= LookPart.Failed || !IsSettled) return Completeness.Failed;
                bool whole = Orders == LookPart.Whole && Fills == LookPart.Whole && Positions == LookPart.Whole;
                return whole ? Completeness.Complete : Completeness.Partial;
            }
        }

        public void FailAwaited()
        {
            if (Orders == LookPart.Awaited) Orders = LookPart.Failed;
            if (Fills == LookPart.Awaited) Fills = LookPart.Failed;
            if (Positions == LookPart.Awaited) Positions = LookPart.Failed;
        }
    }
}
