using System;
using System.Collections.Generic;
using TradingBot.Market.Bars;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>Random faults of a small venue: whatever happens, positions end protected or flat.</summary>
public sealed class ProtectionCampaignTests
{
    private const int Steps = 200;

    [Fact]
    public void After_faults_stop_no_position_stays_without_a_right_sized_stop_I1_I3_I7_I12()
    {
        Random random = Seed.Random(20_261_124, "protection campaign");
        long fills = 0;
        for (int run = 0; run < 2_000; run++)
        {
            Campaign campaign = new(random.Next());
            try
            {
                campaign.Run(Steps);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"run {run}, seed {campaign.Seed}: {e.Message}", e);
            }

            fills += campaign.FillsDelivered;
        }

        Assert.True(fills > 2_000, $"only {fills} fills: the campaign exercises nothing");
    }

    private sealed class VenueOrder
    {
        public OrderCommand Command;
        public long Filled;
        public bool Open;
    }

    /// <summary>A venue that accepts, refuses, loses, repeats and reorders; it alone knows the truth.</summary>
    private sealed class Campaign
    {
        private const long Second = 1_000_000_000;

        private readonly Random _random;
        private readonly SymbolTable _symbols = new(16);
        private readonly RecordLog<ApprovedOrder> _approved = new(256);
        private readonly RecordLog<AccountRecord> _account = new(65_536);
        private readonly BookRecord[] _books = new BookRecord[1];
        private readonly ProtectionStage _stage;
        private readonly Dictionary<ClientOrderId, VenueOrder> _orders = [];
        private readonly Dictionary<ClientOrderId, CommandKind> _unacknowledged = [];
        private readonly Dictionary<ulong, AccountRecord> _executions = [];
        private readonly List<(long DueNs, AccountRecord Record)> _wire = [];
        private readonly HashSet<ulong> _told = [];
        private readonly HashSet<long> _intents = [];
        private long _nowNs = 1_000_000 * Second;
        private long _sequence;
        private long _read;
        private long _position;
        private long _toldSum;
        private ulong _execution;
        private bool _faults = true;

        public Campaign(int seed)
        {
            Seed = seed;
            _random = new Random(seed);
            _symbols.IdOf(Dialect.FuturesV1, "PF_XBTUSD"u8);
            _stage = new ProtectionStage(_symbols, new ProtectionOptions { TakeProfit = seed % 2 == 0 }, _books,
                _approved, _account, new RecordLog<Bar>(64));
        }

        public int Seed { get; }

        public long FillsDelivered => _told.Count;

        public void Run(int steps)
        {
            Tell(new AccountRecord { Kind = AccountEventKind.LaneUp });
            for (int i = 0; i < steps; i++)
            {
                if (_random.Next(10) == 0) Approve();
                if (_random.Next(60) == 0) Tell(new AccountRecord { Kind = AccountEventKind.Exit });
                Act();
                Advance(_random.Next(1, 30) * Second / 20);
            }

            _faults = false;
            for (int i = 0; i < 3_000; i++) Advance(Second / 10);
            PositionView view = _stage.PositionOf(0);
            Assert.Equal(_position, view.Quantity);
            if (_position != 0)
            {
                Assert.True(Stops(default) >= Math.Abs(_position), $"{_position} open, {Stops(default)} stopped");
            }
            Assert.False(view.Quarantined && view.State == PositionState.Flat && _position != 0);
        }

        private bool Chance(int percent) => _faults && _random.Next(100) < percent;

        /// <summary>Live, right-sided stop quantity at the venue, one order left out.</summary>
        private long Stops(ClientOrderId except)
        {
            long sum = 0;
            foreach (VenueOrder order in _orders.Values)
            {
                bool right = order.Command.Side == (_position > 0 ? Side.Sell : Side.Buy);
                bool stop = order.Open && order.Command.Type == OrderType.StopLoss && right;
                if (stop && order.Command.Id != except) sum += order.Command.Quantity - order.Filled;
            }

            return sum;
        }

        private static bool IsImmediate(VenueOrder order) =>
            order.Command.Type == OrderType.Market || order.Command.ImmediateOrCancel;

        private void Approve()
        {
            Side side = _random.Next(2) == 0 ? Side.Buy : Side.Sell;
            _approved.Append() = new ApprovedOrder(
                _sequence, _nowNs, _nowNs + (30 * Second), 0, side, new Price(10_000), 1, new Quantity(_random.Next(1,
                20)), 0, default);
            Event(EventKind.TimeAdvance, 0);
        }

        /// <summary>Something happens at the venue: a fill, or an order ends.</summary>
        private void Act()
        {
            foreach (VenueOrder order in new List<VenueOrder>(_orders.Values))
            {
                if (!order.Open) continue;
                int percent = IsImmediate(order) ? 100 : order.Command.Type == OrderType.Limit ? 30 : 2;
                bool rests = order.Command.Type == OrderType.Limit && !IsImmediate(order);
                if (_random.Next(100) < percent) Execute(order, !rests && !Chance(20));
                bool lost = Chance(1) && order.Command.Type is OrderType.StopLoss or OrderType.TakeProfit && Chance(2);
                if (order.Open && lost) Close(order, VenueReason.SelfTrade);
            }
        }

        private void Execute(VenueOrder order, bool completely)
        {
            long left = order.Command.Quantity - order.Filled;
            long quantity = completely || left == 1 ? left : _random.NextInt64(1, left + 1);
            bool buys = order.Command.Side == Side.Buy;
            if (order.Command.ReduceOnly) quantity = Math.Min(quantity, Math.Max(0, buys ? -_position : _position));
            if (quantity > 0)
            {
                order.Filled += quantity;
                _position += buys ? quantity : -quantity;
                AccountRecord fill = Of(AccountEventKind.Fill, order);
                fill.Quantity = quantity;
                fill.Price = 10_000;
                fill.ExecutionHigh = 1;
                fill.ExecutionLow = ++_execution;
                _executions[_execution] = fill;
                Send(fill);
            }

            // What is triggered or at market and not filled is cancelled; a full order is over.
            bool rests = order.Command.Type == OrderType.Limit && !IsImmediate(order);
            if (order.Filled == order.Command.Quantity || !rests)
            {
                Close(order, VenueReason.None);
            }
        }

        private void Close(VenueOrder order, VenueReason reason)
        {
            order.Open = false;
            AccountRecord closed = Of(AccountEventKind.OrderClosed, order);
            closed.Reason = reason;
            Send(closed);
        }

        private static AccountRecord Of(AccountEventKind kind, VenueOrder order) => new()
        {
            Kind = kind,
            Id = order.Command.Id,
            Quantity = order.Command.Quantity,
            CumulativeQuantity = order.Filled,
            TriggerPrice = order.Command.TriggerPrice,
            Type = order.Command.Type,
            Side = order.Command.Side,
            ReduceOnly = order.Command.ReduceOnly,
            PriceDecimals = 1,
            VenueOrderHigh = order.Command.Id.High,
            VenueOrderLow = order.Command.Id.Low,
        };

        /// <summary>On its way to the engine: late, lost or twice.</summary>
        private void Send(AccountRecord record, bool answer = false)
        {
            if (!answer && Chance(5)) return;
            long delayNs = Chance(20) ? _random.Next(1, 60) * Second / 10 : Second / 100;
            _wire.Add((_nowNs + delayNs, record));
            if (Chance(5)) _wire.Add((_nowNs + (2 * delayNs), record));
        }

        private void Advance(long ns)
        {
            long endNs = _nowNs + ns;
            while (_nowNs < endNs)
            {
                _nowNs = Math.Min(endNs, _nowNs + (Second / 10));
                Event(EventKind.TimeAdvance, 0);
                for (int i = 0; i < _wire.Count; i++)
                {
                    if (_wire[i].DueNs > _nowNs) continue;
                    AccountRecord record = _wire[i].Record;
                    _wire.RemoveAt(i--);
                    if (record.Kind == AccountEventKind.SnapshotBegin) Snapshot();
                    else Tell(record);
                }

                if (!_faults) FinishMarketOrders();
            }
        }

        private void FinishMarketOrders()
        {
            foreach (VenueOrder order in new List<VenueOrder>(_orders.Values))
            {
                if (order.Open && IsImmediate(order)) Execute(order, completely: true);
            }
        }

        private void Tell(AccountRecord record)
        {
            if (record.Kind == AccountEventKind.Fill && _told.Add(record.ExecutionLow))
            {
                _toldSum += record.Side == Side.Buy ? record.Quantity : -record.Quantity;
            }

            bool answer = record.Kind
                is AccountEventKind.Accepted or AccountEventKind.Refused or AccountEventKind.Unknown;
            // The execution stream proves a placement as well as its answer does.
            bool proven = record.Kind == AccountEventKind.OrderClosed
                || (record.Kind == AccountEventKind.OrderOpen
                    && _unacknowledged.GetValueOrDefault(record.Id) == CommandKind.Place);
            if (answer || proven) _unacknowledged.Remove(record.Id);
            _account.Append() = record;
            Event(EventKind.Account, _account.Next - 1);
            if (_stage.Counters.PositionsCorrected == 0) Assert.Equal(_toldSum, _stage.PositionOf(0).Quantity);
        }

        private void Snapshot()
        {
            Completeness completeness = Chance(10) ? Completeness.Partial : Chance(10) ? Completeness.Failed
                : Completeness.Complete;
            bool whole = completeness == Completeness.Complete;
            Tell(new AccountRecord { Kind = AccountEventKind.SnapshotBegin, Snapshot = true });
            foreach (VenueOrder order in new List<VenueOrder>(_orders.Values))
            {
                if (order.Open && (whole || Chance(50)))
                {
                    Tell(Of(AccountEventKind.OrderOpen, order) with { Snapshot = true });
                }
            }

            if (whole)
            {
                foreach (AccountRecord fill in new List<AccountRecord>(_executions.Values))
                {
                    Tell(fill with { Snapshot = true });
                }
            }

            if (_position != 0 && whole)
            {
                Tell(new AccountRecord
                {
                    Kind = AccountEventKind.Position,
                    Quantity = _position,
                    Price = 10_000,
                    PriceDecimals = 1,
                });
            }

            Tell(new AccountRecord { Kind = AccountEventKind.SnapshotEnd, Completeness = completeness });
        }

        private void Event(EventKind kind, long number)
        {
            MarketEvent e = new() { Kind = kind, Number = number, InstrumentId = -1, ReceiveTimeNs = _nowNs };
            _stage.OnEvent(in e, _sequence++);
            while (_read < _stage.Commands.Next) OnCommand(_stage.Commands[_read++]);
        }

        private void OnCommand(OrderCommand command)
        {
            if (command.Kind == CommandKind.Snapshot)
            {
                _wire.Add((_nowNs + (Second / 5), new AccountRecord { Kind = AccountEventKind.SnapshotBegin }));
                return;
            }

            Require(_unacknowledged.TryAdd(command.Id, command.Kind),
                $"two mutations of {command.Id.Role} {command.Id.Revision} in flight");
            if (command.Id.Role == OrderRole.Entry && command.Kind == CommandKind.Place)
            {
                Require(_intents.Add(command.Id.Intent), "two entries for one intent");
            }

            // What the engine knows: the last good stop of a position it believes open stays (I12).
            if (command.Kind == CommandKind.Cancel && command.Id.Role == OrderRole.Stop)
            {
                PositionView view = _stage.PositionOf(0);
                Require(view.Quantity == 0 || view.Covered >= Math.Abs(view.Quantity),
                    "the last good stop was cancelled");
            }

            Answer(command);
        }

        private void Answer(OrderCommand command)
        {
            AccountRecord answer = new() { Kind = AccountEventKind.Accepted, Id = command.Id, Command = command.Kind };
            bool known = _orders.TryGetValue(command.Id, out VenueOrder? order);
            bool refused = Chance(8) || (command.Kind != CommandKind.Place && !(known && order!.Open));
            if (refused)
            {
                answer.Kind = AccountEventKind.Refused;
                answer.Reason = command.Kind == CommandKind.Place ? VenueReason.Other : VenueReason.UnknownOrder;
                Send(answer, answer: true);
                return;
            }

            bool unknown = Chance(8);
            if (unknown) answer.Kind = AccountEventKind.Unknown;
            Send(answer, answer: true);
            if (unknown && _random.Next(2) == 0) return;
            if (command.Kind == CommandKind.Place)
            {
                Require(!known, "an id was used twice");
                order = new VenueOrder { Command = command, Open = true };
                _orders[command.Id] = order;
                Send(Of(AccountEventKind.OrderOpen, order));
            }
            else if (command.Kind == CommandKind.Amend)
            {
                order!.Command.Quantity = command.Quantity;
                order.Command.TriggerPrice = command.TriggerPrice;
                Send(Of(AccountEventKind.Amended, order));
            }
            else
            {
                Close(order!, VenueReason.UserRequested);
            }
        }

        private static void Require(bool holds, string what)
        {
            if (!holds) throw new InvalidOperationException(what);
        }
    }
}
