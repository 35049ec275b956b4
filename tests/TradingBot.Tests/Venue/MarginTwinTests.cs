using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using TradingBot.Simulation.Synthetic;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>
/// Random orders on perpetuals through funding and liquidation, computed again from fills, prices and times alone.
/// </summary>
public sealed class MarginTwinTests
{
    private const int StepsPerSequence = 60;

    [Fact]
    public void Money_is_conserved_to_the_last_unit_and_funding_and_liquidation_are_those_of_the_slow_twin()
    {
        Random random = Seed.Random(20_261_129, "margin twin");
        int liquidations = 0;
        int funded = 0;
        for (int i = 0; i < Seed.Count(2_000, 100_000); i++)
        {
            Sequence sequence = new(random);
            for (int step = 0; step < StepsPerSequence; step++) sequence.Act();
            liquidations += sequence.Liquidations;
            funded += sequence.HoursFunded;
        }

        // The sequences are worth their time: all of it happened, and often.
        string counted = $"{liquidations} liquidations, {funded} hours with funding";
        TestContext.Current.TestOutputHelper?.WriteLine(counted);
        Assert.True(liquidations > 100 && funded > 1_000, counted);
    }

    [Fact]
    public void A_short_account_is_closed_in_parts_with_a_fee_until_margin_carries_the_rest()
    {
        Sequence sequence = new(new Random(1), isCalm: true);
        sequence.Buy(lots: 28_000);
        sequence.MoveTo(59_000);
        Assert.Equal(0, sequence.Liquidations);
        sequence.MoveTo(56_300);
        Assert.Equal((1, 21_000L), (sequence.Liquidations, sequence.Lots));
        for (int i = 0; i < 20; i++) sequence.MoveTo(56_300);
        Assert.InRange(sequence.Lots, 1, 21_000);
        int until = sequence.Liquidations;
        sequence.MoveTo(56_300);
        Assert.Equal(until, sequence.Liquidations);
    }

    /// <summary>One account, and everything that happened to it.</summary>
    private sealed class Sequence
    {
        private const long HourNs = 3_600_000_000_000;
        private const long Deposit = 12_000 * Money.Dollar;
        private const int HaircutPercent = 4;
        private const long CollateralUnits = 1_000_000_000;

        private readonly Random _random;
        private readonly PerpetualMarket[] _markets;
        private readonly MatchingEngine _engine;
        private readonly PositionLedger _ledger;
        private readonly List<(long TimeNs, long Mark, long Index)> _samples = [];
        private readonly List<BigInteger> _fees = [];
        private readonly VenueCollateral _bitcoin = new("BTC/USD", CollateralUnits, HaircutPercent);
        private long _nowNs = 1_800_000_000_000_000_000;
        private readonly long _startNs;
        private readonly int _premiumMost;
        private long _middle = 60_000;
        private int _filled;

        public Sequence(Random random, bool isCalm = false)
        {
            _random = random;
            _premiumMost = isCalm ? 0 : 200;
            _markets = [.. Enumerable.Range(0, 2).Select(i => new PerpetualMarket(i, seed: 7))];
            _startNs = _nowNs;
            MarginTerms terms = new() { Collateral = [_bitcoin] };
            _ledger = new PositionLedger(_markets, Deposit, terms, _nowNs, _ => PriceOfBitcoin);
            _engine = new MatchingEngine(_markets, _ledger, new VenueIds(seed: 7).Unified);
            Rebook();
        }

        public int Liquidations { get; private set; }

        public int HoursFunded { get; private set; }

        public long Lots => _ledger.PositionOf(0).Lots;

        private SyntheticMarket Market => _markets[0].Perpetual;

        private long Unit => Money.UnitOf(_markets[0]);

        private long PriceOfBitcoin => _markets[0].Spot.MidPrice * 100_000_000;

        public void Buy(long lots) => Place(isBuy: true, lots);

        public void MoveTo(long middle)
        {
            _middle = middle;
            Step(1_000_000_000);
        }

        public void Act()
        {
            switch (_random.Next(6))
            {
                case 0 or 1:
                    Place(_random.Next(2) == 0, _random.Next(1, 40_000));
                    break;
                case 2:
                    long price = _middle + _random.Next(-40, 41);
                    _engine.Place(Ticket(_random.Next(2) == 0, _random.Next(1, 9_000)) with
                    {
                        Type = VenueOrderType.Limit,
                        LimitPrice = price,
                    }, _nowNs, out _);
                    break;
                default:
                    _middle += _random.Next(-1_500, 1_501);
                    if (_middle < 30_000) _middle = 30_000;
                    Step(_random.NextInt64(1, 2 * HourNs));
                    break;
            }

            Compare();
        }

        private static OrderTicket Ticket(bool isBuy, long lots) => new()
        {
            Market = 0,
            IsBuy = isBuy,
            Type = VenueOrderType.Market,
            Lots = lots,
        };

        private void Place(bool isBuy, long lots) => _engine.Place(Ticket(isBuy, lots), _nowNs, out _);

        private void Step(long passedNs)
        {
            _nowNs += passedNs;
            Rebook();
            _ledger.Sample(0, _nowNs);
            _samples.Add((_nowNs, _markets[0].MarkPrice, _markets[0].IndexPrice));
            _engine.AfterStep(0, [], _nowNs);
            bool isShort = IsShort();
            long before = Lots;
            Assert.Equal(isShort, _ledger.IsShort);
            if (!_ledger.IsShort) return;
            _engine.CloseOut(_ledger, _nowNs);
            Liquidations++;
            Assert.DoesNotContain(_engine.Live, order => !order.ReduceOnly);
            Assert.True(Math.Abs(Lots) < Math.Abs(before) && Math.Sign(Lots) * Math.Sign(before) >= 0);
            Compare();
        }

        /// <summary>Equity at mark below a twentieth of the position's worth, in whole numbers of any size.</summary>
        private bool IsShort()
        {
            BigInteger lots = SumOfLots();
            BigInteger equity = Deposit + Flow() - Fees() - FundingOwed() + (lots * _markets[0].MarkPrice * Unit);
            equity += (BigInteger)CollateralUnits * PriceOfBitcoin / 10_000_000_000 * (100 - HaircutPercent) / 100;
            BigInteger worth = BigInteger.Abs(lots) * _markets[0].MarkPrice * Unit;
            return lots != 0 && equity < worth * 5 / 100;
        }

        /// <summary>Money that came in and went out by trading, without a thought of entry prices.</summary>
        private BigInteger Flow() => _engine.Fills.Aggregate(
            BigInteger.Zero, (sum, fill) => sum - ((BigInteger)fill.Order.Sign * fill.Price * fill.Lots * Unit));

        /// <summary>Each fill's fee by what was traded in the thirty days before it.</summary>
        private BigInteger Fees()
        {
            for (int at = _fees.Count; at < _engine.Fills.Count; at++) _fees.Add(FeeOf(at));
            return _fees.Aggregate(BigInteger.Zero, (sum, fee) => sum + fee);
        }

        private BigInteger FeeOf(int at)
        {
            VenueFill fill = _engine.Fills[at];
            BigInteger traded = 0;
            for (int i = 0; i < at; i++)
            {
                bool isRecent = _engine.Fills[i].TimeNs > fill.TimeNs - (30 * 24 * HourNs);
                if (isRecent) traded += WorthOf(_engine.Fills[i]);
            }

            (int Dollars, int Taker, int Maker)[] tiers =
            [
                (100_000_000, 100, 0), (50_000_000, 125, 25), (20_000_000, 150, 50), (10_000_000, 200, 75),
                (5_000_000, 250, 100), (1_000_000, 300, 125), (100_000, 400, 150), (0, 500, 200),
            ];
            (_, int taker, int maker) = tiers.First(tier => traded >= (BigInteger)tier.Dollars * 1_000_000_000);
            int millionths = (fill.IsMaker ? maker : taker) + (fill.Order.Ticket.IsLiquidation ? 5_000 : 0);
            return WorthOf(fill) * millionths / 1_000_000;
        }

        /// <summary>0.0001 dollars of a lot of PF_XBTUSD at a dollar a tick: five decimals beside nine.</summary>
        private static BigInteger WorthOf(VenueFill fill) => (BigInteger)fill.Price * fill.Lots * 100_000;

        private BigInteger SumOfLots() =>
            _engine.Fills.Aggregate(BigInteger.Zero, (sum, fill) => sum + (fill.Order.Sign * fill.Lots));

        /// <summary>Every hour with its own rate, every position with its own time: added up piece by piece.</summary>
        private BigInteger FundingOwed()
        {
            BigInteger owed = 0;
            long fromNs = _startNs;
            BigInteger lots = 0;
            BigInteger rate = 0;
            long lastNs = _engine.Fills.Count > 0 ? _engine.Fills[^1].TimeNs : _startNs;
            long endNs = Math.Max(lastNs, _samples.Count > 0 ? _samples[^1].TimeNs : _startNs);
            long hourNs = _startNs - (_startNs % HourNs) + HourNs;
            int nextFill = 0;
            int nextSample = 0;
            List<(long Mark, long Index)> premium = [];
            while (true)
            {
                long fillNs = nextFill < _engine.Fills.Count ? _engine.Fills[nextFill].TimeNs : long.MaxValue;
                long sampleNs = nextSample < _samples.Count ? _samples[nextSample].TimeNs : long.MaxValue;
                if (hourNs <= Math.Min(endNs, Math.Min(fillNs, sampleNs)))
                {
                    owed += Piece(hourNs);
                    rate = RateOf(premium, IndexAt(hourNs));
                    premium.Clear();
                    hourNs += HourNs;
                }
                else if (sampleNs <= fillNs && sampleNs != long.MaxValue)
                {
                    premium.Add((_samples[nextSample].Mark, _samples[nextSample].Index));
                    nextSample++;
                }
                else if (fillNs != long.MaxValue)
                {
                    VenueFill fill = _engine.Fills[nextFill++];
                    owed += Piece(fill.TimeNs);
                    lots += fill.Order.Sign * fill.Lots;
                }
                else
                {
                    return owed;
                }
            }

            BigInteger Piece(long untilNs)
            {
                BigInteger product = lots * rate * (untilNs - fromNs);
                fromNs = untilNs;
                BigInteger whole = BigInteger.DivRem(product, HourNs, out BigInteger rest);
                return rest.Sign > 0 ? whole + 1 : whole;
            }
        }

        private BigInteger RateOf(List<(long Mark, long Index)> premium, long index)
        {
            if (premium.Count == 0) return 0;
            BigInteger ticks = premium.Aggregate(BigInteger.Zero, (sum, one) => sum + one.Mark - one.Index);
            BigInteger rate = ticks * Unit / (premium.Count * 8);
            BigInteger cap = (BigInteger)index * Unit / 400;
            return BigInteger.Max(BigInteger.Min(rate, cap), -cap);
        }

        /// <summary>The index when the hour was seen to have passed: at the first step behind it.</summary>
        private long IndexAt(long hourNs) => _samples.First(sample => sample.TimeNs >= hourNs).Index;

        private void Compare()
        {
            // Cash less what the open position cost is what came and went: no matter how results were realised.
            BigInteger open = (BigInteger)(Int128)_ledger.PositionOf(0).TickLots * Math.Sign(Lots) * Unit;
            Assert.Equal(Deposit + Flow() - Fees() - FundingOwed(), _ledger.Cash - open);
            Assert.Equal(FundingOwed(), _ledger.FundingPaid(0));
            Assert.Equal(SumOfLots(), Lots);
            for (int at = _filled; at < _engine.Fills.Count; at++) Assert.Equal(_fees[at], _engine.Fills[at].Fee);
            _filled = _engine.Fills.Count;
            if (_ledger.FundingRate(0) != 0 && Lots != 0) HoursFunded++;
        }

        private void Rebook()
        {
            // The perpetual trades up to 2 % from its index: the mark is held to 1 %.
            long index = _middle * (10_000 + _random.Next(-_premiumMost, _premiumMost + 1)) / 10_000;
            Fill(Market.Bids, -1, _middle);
            Fill(Market.Asks, 1, _middle);
            Fill(_markets[0].Spot.Bids, -1, index * 10);
            Fill(_markets[0].Spot.Asks, 1, index * 10);
            Market.PrintTrade(_middle, 1);
        }

        private static void Fill(SyntheticBookSide side, int sign, long middle)
        {
            while (side.Count > 0) side.RemoveAt(0);
            for (int i = 1; i < 8; i++) side.Put(middle + (sign * i), 80_000);
        }
    }
}
