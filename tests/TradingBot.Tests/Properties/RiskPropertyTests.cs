using System;
using System.Linq;
using System.Text;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Signals;
using TradingBot.Tests.Support;
using TradingBot.Tests.Trading;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.Properties;

/// <summary>Sizes, caps, stops and targets over random limits and instruments, against decimal arithmetic.</summary>
public sealed class RiskPropertyTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void No_order_that_the_gate_lets_through_exceeds_a_cap_or_falls_below_a_minimum()
    {
        Random random = Seed.Random(71, "orders of random accounts and instruments");
        int approved = 0;
        for (int run = 0; run < Seed.Count(ci: 200, full: 5_000); run++)
        {
            Account account = new(random);
            for (int signal = 0; signal < 12; signal++)
            {
                if (account.Signal(random) is not { } order) continue;
                approved++;
                account.Judge(order, $"run {run}, signal {signal}");
            }
        }

        Assert.True(approved > 500, $"only {approved} approvals: the property was hardly tried");
    }

    [Fact]
    public void A_planned_stop_lies_between_liquidation_and_the_market_or_the_position_is_closed_I1()
    {
        Random random = Seed.Random(72, "stops of random positions");
        int stops = 0;
        int closed = 0;
        for (int run = 0; run < Seed.Count(ci: 400, full: 10_000); run++)
        {
            int buffer = random.Next(1_000, 30_000);
            ProtectionBench bench = new(new ProtectionOptions
            {
                TakeProfit = false,
                LiquidationBufferPpm = buffer,
                AdoptedStopDistancePpm = random.Next(1_000, 200_000),
            });
            bool isLong = random.Next(2) == 0;
            long price = random.Next(5_000, 20_000);
            long away = (long)(price * random.NextDouble() * 0.4) + 1;
            long liquidation = isLong ? price - away : price + away;
            bench.Book(price - 1, price + 1);
            bench.Report(AccountEventKind.SnapshotBegin, default);
            bench.Report(new AccountRecord
            {
                Kind = AccountEventKind.Position,
                Quantity = isLong ? 10 : -10,
                Price = price,
                TriggerPrice = liquidation,
                Snapshot = true,
            });
            bench.Report(new AccountRecord
            {
                Kind = AccountEventKind.SnapshotEnd,
                Completeness = Completeness.Complete,
            });
            OrderCommand[] commands = bench.Commands();
            OrderCommand[] stop = [.. commands.Where(command => command.Id.Role == OrderRole.Stop)];
            bool exits = commands.Any(command => command.Id.Role == OrderRole.Exit);
            Assert.True(exits || stop.Length == 1, $"run {run}: neither stop nor exit");
            if (exits)
            {
                closed++;
                continue;
            }

            stops++;
            decimal trigger = stop[0].TriggerPrice;
            decimal share = buffer / 1_000_000m;
            decimal bound = liquidation * (isLong ? 1 + share : 1 - share);
            Assert.True(isLong ? trigger >= bound && trigger < price : trigger <= bound && trigger > price,
                $"run {run}: a stop at {trigger} with liquidation {liquidation}, bound {bound}, market {price}");
            Assert.Equal((10L, true), (stop[0].Quantity, stop[0].ReduceOnly));
        }

        Assert.True(stops > 50 && closed > 5, $"{stops} stops, {closed} closed: the property was hardly tried");
    }

    [Fact]
    public void Targets_of_random_entries_never_ask_for_more_than_is_open()
    {
        Random random = Seed.Random(73, "targets of random entries");
        for (int run = 0; run < Seed.Count(ci: 200, full: 5_000); run++)
        {
            int count = random.Next(1, ProtectionOptions.TargetsMax + 1);
            int share = 100 / count;
            TargetStep[] steps =
                [.. Enumerable.Range(1, count).Select(i => new TargetStep(i * 100, random.Next(1, share + 1)))];
            ProtectionBench bench = new(new ProtectionOptions { Targets = [.. steps] });
            if (random.Next(2) == 0) bench.Minimum(random.Next(1, 20));
            long quantity = random.Next(1, 200);
            bench.Approve(quantity: quantity);
            OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
            bench.Prove(entry);
            long open = 0;
            while (open < quantity)
            {
                long fill = random.NextInt64(1, quantity - open + 1);
                open += fill;
                bench.Fill(entry, fill, 10_000);
                for (OrderCommand[] sent = bench.Commands(); sent.Length > 0; sent = bench.Commands())
                {
                    foreach (OrderCommand command in sent)
                    {
                        if (command.Kind == CommandKind.Cancel) bench.Report(AccountEventKind.OrderClosed, in command);
                        else if (command.Kind != CommandKind.Snapshot) bench.Prove(command);
                    }
                }

                OrderView[] orders = new OrderView[40];
                int live = bench.Stage.OrdersOf(0, orders);
                OrderView[] targets = [.. orders[..live].Where(order => order.Role == OrderRole.TakeProfit)];
                long sum = targets.Sum(order => order.Quantity - order.Filled);
                Assert.True(sum <= open, $"run {run}: targets of {sum} behind {open}");
                Assert.All(targets, order => Assert.True(order.Quantity > 0));
            }
        }
    }

    /// <summary>One account with one instrument, and what it must keep, in decimals.</summary>
    private sealed class Account
    {
        private readonly BookRecord[] _books = new BookRecord[1];
        private readonly SignalRecord[] _records = new SignalRecord[1];
        private readonly RecordLog<Signal> _signals = new(64);
        private readonly SymbolTable _symbols = new(64);
        private readonly RiskLimits _limits;
        private readonly RiskGate _gate;
        private readonly byte _priceDecimals;
        private readonly byte _quantityDecimals;
        private readonly long _middle;
        private readonly decimal _step;
        private readonly decimal _minimum;
        private decimal _reserved;
        private long _nowNs = 1_000_000 * Second;
        private long _sequence;

        public Account(Random random)
        {
            decimal position = random.Next(100, 5_000);
            _limits = new RiskLimits
            {
                OrderNotional = Money(random.Next(10, 1_000)),
                RiskPerOrder = random.Next(2) == 0 ? Notional.Zero : Money(random.Next(1, 30)),
                StopLossPpm = random.Next(3_000, 200_000),
                PositionNotionalMax = Money(position),
                TotalNotionalMax = Money(position * random.Next(1, 4)),
                OrderWindowNs = Second / 10,
            };
            _symbols.IdOf(Dialect.SpotV2, Encoding.ASCII.GetBytes("AAA/USD"));
            _gate = new RiskGate(_symbols, _limits, _books, _records, _signals);
            _priceDecimals = (byte)random.Next(0, 7);
            _quantityDecimals = (byte)random.Next(0, 9);
            _middle = random.NextInt64(1_000, 1_000_000);
            long step = random.NextInt64(1, 50);
            long minimum = step * random.NextInt64(1, 40);
            _step = step / Ten(_quantityDecimals);
            _minimum = minimum / Ten(_quantityDecimals);
            Tell(EventKind.InstrumentSpec, 1, step);
            Tell(EventKind.InstrumentMinimum, 0, minimum);
        }

        /// <summary>A signal near the middle of a fresh book; the order, when there was one.</summary>
        public ApprovedOrder? Signal(Random random)
        {
            _nowNs += Second;
            _books[0] = new BookRecord
            {
                State = BookState.InSync,
                Updated = true,
                BestBid = _middle - 1,
                BestAsk = _middle + 1,
                PriceDecimals = _priceDecimals,
                QuantityDecimals = _quantityDecimals,
            };
            Tell(EventKind.BookEnd, 0, 0);
            _records[0] = new SignalRecord { First = _signals.Next, Count = 1 };
            _signals.Append() = new Signal
            {
                Side = random.Next(2) == 0 ? Side.Buy : Side.Sell,
                LimitPrice = _middle + random.Next(-(int)(_middle / 100), (int)(_middle / 100) + 1),
                PriceDecimals = _priceDecimals,
                WarmedUp = true,
            };
            long before = _gate.Orders.Next;
            Tell(EventKind.TimeAdvance, 0, 0);
            return _gate.Orders.Next == before ? null : _gate.Orders[before];
        }

        public void Judge(ApprovedOrder order, string where)
        {
            decimal quantity = order.Quantity.Mantissa / Ten(order.QuantityDecimals);
            decimal notional = quantity * order.LimitPrice.Mantissa / Ten(order.PriceDecimals);
            Assert.True(quantity >= _minimum && quantity % _step == 0, $"{where}: {quantity} of {_minimum}, {_step}");
            Assert.True(notional <= Of(_limits.OrderNotional), $"{where}: {notional} above the order's cap");
            decimal risk = Of(_limits.RiskPerOrder);
            bool riskKept = risk == 0 || notional * _limits.StopLossPpm / 1_000_000 <= risk;
            Assert.True(riskKept, $"{where}: it can lose {notional * _limits.StopLossPpm / 1_000_000} of {risk}");
            // None of them has lapsed yet: 12 signals a second apart, alive for 30 s.
            _reserved += notional;
            Assert.True(_reserved <= Of(_limits.PositionNotionalMax), $"{where}: {_reserved} above the position's cap");
            Assert.True(_reserved <= Of(_limits.TotalNotionalMax), $"{where}: {_reserved} above the cap of all");
        }

        private static Notional Money(decimal amount) => Notional.Of((long)amount, 0, 1, 0);

        private static decimal Of(Notional amount) => (decimal)amount.Units / 100_000_000m;

        private static decimal Ten(int exponent)
        {
            decimal power = 1;
            for (int i = 0; i < exponent; i++) power *= 10;
            return power;
        }

        private void Tell(EventKind kind, long price, long quantity)
        {
            MarketEvent e = new()
            {
                Kind = kind,
                Dialect = Dialect.SpotV2,
                ReceiveTimeNs = _nowNs,
                ExchangeTimeNs = _nowNs,
                Price = kind == EventKind.InstrumentSpec ? price : 0,
                PriceDecimals = kind == EventKind.InstrumentSpec ? _priceDecimals : (byte)0,
                Quantity = quantity,
                QuantityDecimals = _quantityDecimals,
            };
            _gate.OnEvent(in e, _sequence++);
            _books[0] = default;
            _records[0] = default;
        }
    }
}
