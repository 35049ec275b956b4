using System.Collections.Generic;
using TradingBot.Market.Bars;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>Protection on a bench: account records are fed by hand, commands are read back. Prices have 1
/// decimal.</summary>
internal sealed class ProtectionBench
{
    public const long Second = 1_000_000_000;

    private readonly BookRecord[] _books = new BookRecord[1];
    private readonly RecordLog<ApprovedOrder> _approved = new(64);
    private readonly RecordLog<AccountRecord> _account = new(4_096);
    private readonly RecordLog<Bar> _bars = new(64);
    private long _sequence;
    private long _read;
    private ulong _execution;

    public ProtectionBench(ProtectionOptions? options = null, bool ready = true)
    {
        Symbols.IdOf(Dialect.FuturesV1, "PF_XBTUSD"u8);
        Symbols.IdOf(Dialect.SpotV2, "BTC/USD"u8);
        Stage = new ProtectionStage(Symbols, options ?? new ProtectionOptions { TakeProfit = false }, _books,
            _approved, _account, _bars);
        if (!ready) return;
        Report(AccountEventKind.LaneUp, default);
        Complete();
        Commands();
    }

    public SymbolTable Symbols { get; } = new(64);

    public ProtectionStage Stage { get; }

    public long NowNs { get; private set; } = 1_000_000 * Second;

    public PositionState State => Stage.PositionOf(0).State;

    public long Quantity => Stage.PositionOf(0).Quantity;

    /// <summary>Commands written since the last call.</summary>
    public OrderCommand[] Commands()
    {
        List<OrderCommand> commands = [];
        while (_read < Stage.Commands.Next) commands.Add(Stage.Commands[_read++]);
        return [.. commands];
    }

    /// <summary>The only order command (snapshots aside) since the last call.</summary>
    public OrderCommand One(CommandKind kind, OrderRole role)
    {
        OrderCommand command = Assert.Single(Commands(), c => c.Kind != CommandKind.Snapshot);
        Assert.Equal((kind, role), (command.Kind, command.Id.Role));
        return command;
    }

    /// <summary>No order command since the last call.</summary>
    public void Nothing() => Assert.DoesNotContain(Commands(), c => c.Kind != CommandKind.Snapshot);

    public void Report(AccountRecord record)
    {
        record.PriceDecimals = 1;
        _account.Append() = record;
        Event(EventKind.Account, _account.Next - 1);
    }

    public void Report(
        AccountEventKind kind, in OrderCommand command, VenueReason reason = VenueReason.None, long cumulative = 0,
        bool snapshot = false)
    {
        Report(new AccountRecord
        {
            Kind = kind,
            Id = command.Id,
            Command = command.Kind,
            Quantity = command.Quantity,
            CumulativeQuantity = cumulative,
            Price = command.LimitPrice,
            TriggerPrice = command.TriggerPrice,
            Type = command.Type,
            Side = command.Side,
            ReduceOnly = command.ReduceOnly,
            Reason = reason,
            Snapshot = snapshot,
        });
    }

    /// <summary>Accepted and seen open.</summary>
    public void Prove(in OrderCommand command)
    {
        Report(AccountEventKind.Accepted, in command);
        Report(command.Kind == CommandKind.Amend ? AccountEventKind.Amended : AccountEventKind.OrderOpen, in command);
    }

    public ulong Fill(in OrderCommand command, long quantity, long price, ulong execution = 0)
    {
        if (execution == 0) execution = ++_execution;
        Report(new AccountRecord
        {
            Kind = AccountEventKind.Fill,
            Id = command.Id,
            Side = command.Side,
            Quantity = quantity,
            Price = price,
            ExecutionHigh = 7,
            ExecutionLow = execution,
        });
        return execution;
    }

    public void Approve(Side side = Side.Buy, long quantity = 10, long limit = 10_000, int instrument = 0)
    {
        _approved.Append() = new ApprovedOrder(
            _sequence, NowNs, NowNs + (30 * Second), instrument, side, new Price(limit), 1, new Quantity(quantity), 0,
            default);
        Event(EventKind.TimeAdvance);
    }

    /// <summary>An operator's entry that the gate let through; 0 = at market.</summary>
    public void Ask(long quantity, long limit, long stop, Side side = Side.Buy)
    {
        _approved.Append() = new ApprovedOrder(
            _sequence, NowNs, NowNs + (30 * Second), 0, side, new Price(limit), 1, new Quantity(quantity), 0, default,
            new Price(stop), byOperator: true);
        Report(new AccountRecord { Kind = AccountEventKind.Enter, Side = side, Quantity = quantity });
    }

    /// <summary>An entry of 10 at 1000.0, proven; its stop is planned at 985.0.</summary>
    public OrderCommand Enter(Side side = Side.Buy)
    {
        Approve(side);
        OrderCommand entry = One(CommandKind.Place, OrderRole.Entry);
        Prove(entry);
        return entry;
    }

    /// <summary>A position of 10 with its proven stop.</summary>
    public (OrderCommand Entry, OrderCommand Stop) Guarded()
    {
        OrderCommand entry = Enter();
        Fill(entry, 10, 10_000);
        OrderCommand stop = One(CommandKind.Place, OrderRole.Stop);
        Prove(stop);
        Assert.Equal(PositionState.Guarded, State);
        return (entry, stop);
    }

    public void Complete(Completeness completeness = Completeness.Complete, long position = 0,
        params OrderCommand[] open)
    {
        Report(AccountEventKind.SnapshotBegin, default);
        foreach (OrderCommand order in open) Report(AccountEventKind.OrderOpen, in order, snapshot: true);
        if (position != 0)
        {
            Report(new AccountRecord
            {
                Kind = AccountEventKind.Position,
                Quantity = position,
                Price = 10_000,
                Snapshot = true,
            });
        }

        Report(new AccountRecord { Kind = AccountEventKind.SnapshotEnd, Completeness = completeness });
    }

    /// <summary>Lets engine time pass in steps of 100 ms.</summary>
    public void Wait(long milliseconds)
    {
        for (long passed = 0; passed < milliseconds; passed += 100)
        {
            NowNs += Second / 10;
            Event(EventKind.TimeAdvance);
        }
    }

    /// <summary>Engine time leaps, as after a pause of the process.</summary>
    public void Skip(long milliseconds)
    {
        NowNs += milliseconds * (Second / 1_000);
        Event(EventKind.TimeAdvance);
    }

    public void Book(long bid, long ask)
    {
        _books[0] = new BookRecord
        {
            Updated = true,
            State = BookState.InSync,
            BestBid = bid,
            BestAsk = ask,
            PriceDecimals = 1,
        };
        Event(EventKind.BookEnd);
    }

    /// <summary>A bar of the series closes; prices have 1 decimal.</summary>
    public void Bar(long high, long low, long close, short series = 0)
    {
        _bars.Append() = new Bar
        {
            High = high,
            Low = low,
            Close = close,
            PriceDecimals = 1,
            SeriesIndex = series,
            Closed = true,
        };
        Event(EventKind.TimeAdvance);
    }

    /// <summary>What the venue says of the instrument: step and least quantity.</summary>
    public void Minimum(long quantity)
    {
        MarketEvent e = new()
        {
            Kind = EventKind.InstrumentMinimum,
            InstrumentId = 0,
            ReceiveTimeNs = NowNs,
            Quantity = quantity,
        };
        Stage.OnEvent(in e, _sequence++);
    }

    /// <summary>All books are out of sync.</summary>
    public void LoseBooks()
    {
        _books[0] = new BookRecord { Updated = true, InstrumentId = -1 };
        Event(EventKind.FeedGap);
    }

    /// <summary>The venue says that it is open for everything.</summary>
    public void Online()
    {
        MarketEvent e = new()
        {
            Kind = EventKind.VenueStatus,
            InstrumentId = -1,
            ReceiveTimeNs = NowNs,
            Dialect = Dialect.Unified,
            Detail = (int)VenueSystem.Online,
        };
        Stage.OnEvent(in e, _sequence++);
    }

    public long Refused(EntryRefusal refusal) => Stage.CountOf(refusal);

    private void Event(EventKind kind, long number = 0)
    {
        MarketEvent e = new() { Kind = kind, Number = number, InstrumentId = -1, ReceiveTimeNs = NowNs };
        Stage.OnEvent(in e, _sequence++);
        _books[0] = default;
    }
}
