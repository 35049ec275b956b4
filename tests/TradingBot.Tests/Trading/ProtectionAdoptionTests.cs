using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Reconciliation;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>A start beside an account full of positions that nobody here opened.</summary>
public sealed class ProtectionAdoptionTests
{
    private const int Positions = 51;
    private const int Second = 1_000;

    [Fact]
    public void Fifty_one_unknown_positions_are_protected_and_explained_and_a_second_start_sends_nothing_I1_I11()
    {
        // 27 without a stop, 3 with one that a hand placed (one of them too small), the rest with one of a lost log.
        AccountRecord[] positions = [.. Enumerable.Range(0, Positions).Select(PositionOf)];
        List<AccountRecord> stops = [];
        for (int i = 27; i < Positions; i++)
        {
            bool byHand = i < 30;
            AccountRecord stop = StopOf(positions[i], byHand ? default : ClientOrderId.Of(70, i, OrderRole.Stop, 2));
            if (i == 29) stop.Quantity /= 2;
            stops.Add(stop);
        }

        ProtectionBench first = Start(1, positions, stops);
        OrderCommand[] placed = first.Commands();
        Assert.All(placed, c => Assert.Equal((CommandKind.Place, OrderRole.Stop, true), (c.Kind, c.Id.Role,
            c.ReduceOnly)));
        Assert.Equal(Positions, placed.Select(c => c.InstrumentId).Distinct().Count() + 23);
        Assert.Equal(28, placed.Length);
        foreach (OrderCommand command in placed)
        {
            AccountRecord position = positions.Single(p => p.InstrumentId == command.InstrumentId);
            bool isLong = position.Quantity > 0;
            Assert.Equal(isLong ? Side.Sell : Side.Buy, command.Side);
            long whole = long.Abs(position.Quantity);
            Assert.Equal(position.InstrumentId == positions[29].InstrumentId ? whole - (whole / 2) : whole,
                command.Quantity);
            Assert.Equal(isLong, command.TriggerPrice < position.Price);
        }

        // The greatest notional goes first: what is told of liquidation alone comes before it.
        long[] notionals = [.. placed.Select(c => c.InstrumentId)
            .Select(id => positions.Single(p => p.InstrumentId == id)).Where(p => p.TriggerPrice == 0)
            .Select(p => long.Abs(p.Quantity) * p.Price)];
        Assert.Equal(notionals.OrderDescending(), notionals);
        Assert.Equal(positions[0].InstrumentId, placed[0].InstrumentId);
        Explained(first, positions);

        foreach (OrderCommand command in placed)
        {
            AccountRecord proof = StopOf(positions.Single(p => p.InstrumentId == command.InstrumentId), command.Id);
            stops.Add(proof with { Quantity = command.Quantity, TriggerPrice = command.TriggerPrice });
        }

        ProtectionBench second = Start(2, positions, stops);
        Assert.Empty(second.Commands());
        Assert.All(positions, p => Assert.Equal(PositionState.Guarded, second.Stage.PositionOf(p.InstrumentId).State));
    }

    [Fact]
    public void A_position_without_any_price_waits_for_one_and_is_not_closed_for_it_I1()
    {
        ProtectionBench bench = new();
        Look(bench, [new AccountRecord { Kind = AccountEventKind.Position, Quantity = 5, Snapshot = true }], []);
        bench.Nothing();
        bench.Wait(30 * Second);
        bench.Nothing();
        Assert.True(bench.Stage.ProtectionOverdue);
        bench.Book(9_999, 10_001);
        bench.Wait(100);
        Assert.Equal(9_800, bench.One(CommandKind.Place, OrderRole.Stop).TriggerPrice);
    }

    [Fact]
    public void What_cannot_be_read_of_one_instrument_leaves_the_others_protected_I1()
    {
        ProtectionBench bench = new();
        int other = bench.Symbols.IdOf(Dialect.FuturesV1, "PF_ETHUSD"u8);
        // Eleven decimals of a quantity are below the ledger's scale.
        AccountRecord mad = StopOf(PositionOf(0), default) with
        {
            Quantity = 1,
            QuantityDecimals = 11,
            InstrumentId = 0,
        };
        AccountRecord sound = PositionOf(3) with { InstrumentId = other };
        Look(bench, [sound], [mad]);
        Assert.Equal(other, bench.One(CommandKind.Place, OrderRole.Stop).InstrumentId);
        Assert.Equal((true, 1L), (bench.Stage.PositionOf(0).Quarantined, bench.Stage.Counters.Unusable));
    }

    private static void Explained(ProtectionBench bench, AccountRecord[] positions)
    {
        List<Difference> told = [];
        for (long i = 0; i < bench.Stage.Differences.Next; i++) told.Add(bench.Stage.Differences[i]);
        Difference[] adopted = [.. told.Where(d => d.Rule == ReconcileRule.Adopt)];
        Assert.Equal(Positions, adopted.Length);
        Assert.All(adopted, d => Assert.Equal((DifferenceField.Position, 0L), (d.Field, d.Ours)));
        Assert.All(adopted, d => Assert.Equal(
            positions.Single(p => p.InstrumentId == d.InstrumentId).Quantity, d.Venue));
        Assert.Equal(24, told.Count(d => d is { Rule: ReconcileRule.Found, Field: DifferenceField.Order }));
    }

    private static ProtectionBench Start(uint epoch, AccountRecord[] positions, List<AccountRecord> stops)
    {
        ProtectionBench bench = new(new ProtectionOptions { Epoch = epoch }, ready: false);
        for (int i = 0; i < Positions; i++)
        {
            // Two go by names of other dialects: an inverse contract, and a dated one that nothing here would enter.
            (Dialect dialect, string symbol) = i switch
            {
                11 => (Dialect.FuturesV1, "PI_XBTUSD"),
                34 => (Dialect.FuturesV1, "FI_ETHUSD_270326"),
                _ => (Dialect.Unified, $"PF_A{i:00}USD"),
            };
            int id = bench.Symbols.IdOf(dialect, System.Text.Encoding.ASCII.GetBytes(symbol));
            Assert.Equal(InstrumentOf(i), id);
        }

        bench.Report(AccountEventKind.LaneUp, default);
        bench.Commands();
        Look(bench, positions, stops);
        return bench;
    }

    private static void Look(ProtectionBench bench, AccountRecord[] positions, List<AccountRecord> stops)
    {
        bench.Report(AccountEventKind.SnapshotBegin, default);
        foreach (AccountRecord stop in stops) bench.Report(stop);
        foreach (AccountRecord position in positions) bench.Report(position);
        bench.Report(new AccountRecord { Kind = AccountEventKind.SnapshotEnd, Completeness = Completeness.Complete });
    }

    /// <summary>Two are there before.</summary>
    private static int InstrumentOf(int index) => index + 2;

    /// <summary>Long and short in turn; the first is small and a tenth from liquidation.</summary>
    private static AccountRecord PositionOf(int index) => new()
    {
        Kind = AccountEventKind.Position,
        InstrumentId = InstrumentOf(index),
        Quantity = (index % 2 == 0 ? 1 : -1) * (10 + (index * 37 % 50)),
        Price = 10_000 + (index * 100),
        TriggerPrice = index == 0 ? 9_000 : 0,
        Snapshot = true,
    };

    private static AccountRecord StopOf(AccountRecord position, ClientOrderId id) => new()
    {
        Kind = AccountEventKind.OrderOpen,
        InstrumentId = position.InstrumentId,
        Id = id,
        VenueOrderHigh = (ulong)position.InstrumentId + 1,
        VenueOrderLow = 7,
        Quantity = long.Abs(position.Quantity),
        TriggerPrice = position.Price * (position.Quantity > 0 ? 97 : 103) / 100,
        Type = OrderType.StopLoss,
        Side = position.Quantity > 0 ? Side.Sell : Side.Buy,
        ReduceOnly = true,
        Snapshot = true,
    };
}
