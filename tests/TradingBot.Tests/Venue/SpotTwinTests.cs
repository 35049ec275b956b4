using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Random orders through matching and the spot ledger, and through their slow twin.</summary>
public sealed class SpotTwinTests
{
    private const int StepsPerSequence = 60;
    private const decimal Coin = SpotBench.Coin;
    private const decimal Dollar = SpotBench.Dollar;

    [Fact]
    public void Matching_and_money_are_those_of_the_slow_twin()
    {
        Random random = Seed.Random(20_261_128, "spot twin");
        int fills = 0;
        int refused = 0;
        int stops = 0;
        for (int i = 0; i < Seed.Count(5_000, 100_000); i++)
        {
            Sequence sequence = new(random.Next(2) == 0, random);
            for (int step = 0; step < StepsPerSequence; step++) sequence.Act();
            fills += sequence.Fills;
            refused += sequence.Refused;
            stops += sequence.StopsFired;
        }

        // The sequences are worth their time: all of it happened, and often.
        string counted = $"{fills} fills, {refused} refused, {stops} stops";
        TestContext.Current.TestOutputHelper?.WriteLine(counted);
        Assert.True(fills > 5_000 && refused > 1_000 && stops > 300, counted);
    }

    /// <summary>One account twice, doing the same.</summary>
    private sealed class Sequence
    {
        private readonly Random _random;
        private readonly SpotBench _fast;
        private readonly NaiveSpot _slow;
        private readonly List<(VenueOrder Fast, NaiveOrder Slow)> _orders = [];
        private long _middle = 600_000;

        public Sequence(bool buysPayInBase, Random random)
        {
            _random = random;
            // Little enough that no fee tier is left.
            _fast = new SpotBench(dollars: 200, buysPayInBase);
            _slow = new NaiveSpot(200, buysPayInBase);
            Rebook();
            _fast.Market.PrintTrade(_middle, 1);
            _slow.Last = _middle / 10m;
        }

        public int Fills => _fast.Fills.Count;

        public int Refused { get; private set; }

        public int StopsFired => _orders.Count(pair => pair.Fast.IsStop && pair.Fast.FilledLots > 0);

        public void Act()
        {
            switch (_random.Next(10))
            {
                case < 4:
                    Place();
                    break;
                case 4:
                    if (Pick() is (VenueOrder Fast, NaiveOrder Slow) gone)
                    {
                        _fast.Cancel(gone.Fast);
                        gone.Slow.State = "canceled";
                    }

                    break;
                case 5:
                    Amend();
                    break;
                case < 8:
                    bool buys = _random.Next(2) == 0;
                    long price = _middle + _random.Next(-30, 31);
                    long lots = _random.Next(1, 90_000);
                    _fast.Flow(buys, price, lots);
                    _slow.Flow(buys, price / 10m, lots / Coin);
                    break;
                default:
                    _middle += _random.Next(-40, 41);
                    Rebook();
                    _fast.Market.PrintTrade(_middle, 1);
                    _slow.Last = _middle / 10m;
                    _fast.Step();
                    _slow.Step();
                    break;
            }

            Compare();
        }

        private void Place()
        {
            bool isBuy = _random.Next(2) == 0;
            int kind = _random.Next(7);
            bool isStop = kind is 3 or 4 or 6;
            long trail = kind == 6 ? _random.Next(1, 60) : 0;
            bool hasLimit = kind is 0 or 1 or 4 or 5;
            long lots = _random.Next(1_000, 150_000);
            long limit = _middle + _random.Next(-60, 61);
            long trigger = _middle + _random.Next(-60, 61);
            bool isPostOnly = kind == 0 && _random.Next(2) == 0;
            bool isImmediate = kind == 5;
            OrderTicket ticket = new()
            {
                Market = 0,
                IsBuy = isBuy,
                Type = kind switch
                {
                    2 => VenueOrderType.Market,
                    3 => VenueOrderType.StopLoss,
                    4 => VenueOrderType.StopLossLimit,
                    6 => VenueOrderType.TrailingStop,
                    _ => VenueOrderType.Limit,
                },
                Lots = lots,
                LimitPrice = hasLimit ? limit : 0,
                TriggerPrice = isStop && trail == 0 ? trigger : 0,
                TrailTicks = trail,
                PostOnly = isPostOnly,
                ImmediateOrCancel = isImmediate,
            };
            NaiveOrder slow = new()
            {
                IsBuy = isBuy,
                HasLimit = hasLimit,
                IsStop = isStop,
                ImmediateOrCancel = isImmediate,
                Quantity = lots / Coin,
                Limit = hasLimit ? limit / 10m : 0,
                Trigger = isStop && trail == 0 ? trigger / 10m : 0,
                Trail = trail / 10m,
            };
            bool isTaken = _slow.Place(slow, isPostOnly);
            string? error = _fast.Engine.Place(ticket, nowNs: 5_000, out VenueOrder? fast);
            Assert.Equal(isTaken, error is null);
            if (isTaken) _orders.Add((fast!, slow));
            else Refused++;
        }

        private void Amend()
        {
            if (Pick() is not (VenueOrder Fast, NaiveOrder Slow) one) return;
            long lots = _random.Next(1_000, 150_000);
            long limit = one.Slow.HasLimit ? _middle + _random.Next(-60, 61) : 0;
            bool isTaken = _slow.Amend(one.Slow, lots / Coin, limit / 10m);
            Assert.Equal(isTaken, _fast.Amend(one.Fast, lots, limit) is null);
        }

        private (VenueOrder Fast, NaiveOrder Slow)? Pick()
        {
            (VenueOrder Fast, NaiveOrder Slow)[] live = [.. _orders.Where(pair => pair.Slow.IsLive)];
            return live.Length == 0 ? null : live[_random.Next(live.Length)];
        }

        private void Rebook()
        {
            (long Price, long Lots)[] bids = Levels(-1);
            (long Price, long Lots)[] asks = Levels(1);
            _fast.Book(bids, asks);
            _slow.Book(
                bids.Select(level => (level.Price / 10m, level.Lots / Coin)),
                asks.Select(level => (level.Price / 10m, level.Lots / Coin)));
        }

        private (long Price, long Lots)[] Levels(int sign)
        {
            List<(long, long)> levels = [];
            long price = _middle;
            for (int i = 0; i < 6; i++)
            {
                price += sign * _random.Next(1, 20);
                levels.Add((price, _random.Next(1, 70_000)));
            }

            // The last level stays, whoever comes: far away it is in nobody's reach.
            levels.Add((_middle + (sign * 100_000), 1));
            return [.. levels];
        }

        private void Compare()
        {
            Assert.Equal(_slow.Dollars, _fast.Dollars / Dollar);
            Assert.Equal(_slow.Coins, _fast.Bitcoin / 10_000_000_000m);
            Assert.Equal(_slow.HeldDollars, _fast.Held("USD") / Dollar);
            Assert.Equal(_slow.HeldCoins, _fast.Held("BTC") / 10_000_000_000m);
            // Nothing is made and nothing is lost: what we do not have, the others have.
            Assert.Equal(200, _fast.Dollars / Dollar + _slow.Others.Dollars);
            Assert.Equal(0, _fast.Bitcoin / 10_000_000_000m + _slow.Others.Coins);
            foreach ((VenueOrder fast, NaiveOrder slow) in _orders)
            {
                Assert.Equal(slow.Filled, fast.FilledLots / Coin);
                Assert.Equal(slow.IsLive, fast.IsLive);
            }
        }
    }
}
