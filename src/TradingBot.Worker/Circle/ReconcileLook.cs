// In:     options of the account, its addresses.   Out: two agreeing looks at it, what differs, what would be sent.
// Thread: the caller's.
// Keeps:  a dry look sends no order and writes into no log; applying is a start of the worker that enters nothing and
//         ends when everything open is protected.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using System.Threading;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Worker.Operator;

namespace TradingBot.Worker.Circle;

/// <summary>A worker that looks at its account and, where it may, protects it; nothing else.</summary>
internal sealed class ReconcileLook
{
    private const long TickNs = 50_000_000;

    /// <summary>Complete looks after which absence and presence are known; where nothing is open one will do.</summary>
    private const int LooksNeeded = 2;

    private readonly SocketWire _wire;
    private readonly CircleWorker _worker;
    private readonly long _startTimestamp = Stopwatch.GetTimestamp();
    private readonly long _startNs;
    private readonly List<string> _orders = [];
    private readonly HashSet<(int Instrument, CommandKind Kind, OrderRole Role)> _planned = [];
    private long _read;

    public ReconcileLook(CircleOptions options, SocketWire wire, IntentLog log, uint epoch)
    {
        _wire = wire;
        _startNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        HaltLatch halt = new("reconcile enters nothing", _startNs);
        _worker = new CircleWorker(options, wire, log, epoch, _startNs, halt: halt);
    }

    /// <summary>The looks came.</summary>
    public bool IsComplete => _worker.Protection.LooksBelieved >= (Open == 0 ? 1 : LooksNeeded);

    /// <summary>Positions open.</summary>
    public int Open { get; private set; }

    /// <summary>Positions that no proven stops cover whole.</summary>
    public int Unprotected { get; private set; }

    /// <summary>Orders that were decided: sent when applied, else what would be.</summary>
    public IReadOnlyList<string> Orders => _orders;

    public List<DifferenceLine> Lines() => Differences.Of(_worker);

    /// <summary>Looks until it is complete and, when it applies, all is protected; or the time is over.</summary>
    public void Run(TimeSpan most, bool applies, CancellationToken stop)
    {
        while (Stopwatch.GetElapsedTime(_startTimestamp) < most && !stop.IsCancellationRequested)
        {
            long nowNs = _startNs + (Stopwatch.GetElapsedTime(_startTimestamp).Ticks * 100);
            _worker.Step(nowNs);
            TakeOrders();
            Count();
            if (IsComplete && (!applies || Unprotected == 0)) return;
            long waitNs = Math.Clamp(_wire.NextDueNs - nowNs, 0, TickNs);
            _wire.Wait(TimeSpan.FromTicks(waitNs / 100), stop);
        }
    }

    /// <summary>
    /// The first of each kind for each position: in a dry look nothing is sent, so what follows on that is no plan, and
    /// neither is an exit after a stop that never left.
    /// </summary>
    private void TakeOrders()
    {
        ProtectionStage protection = _worker.Protection;
        for (; _read < protection.Commands.Next; _read++)
        {
            ref readonly OrderCommand command = ref protection.Commands[_read];
            if (command.Kind == CommandKind.Snapshot) continue;
            bool follows = command.Id.Role == OrderRole.Exit
                && _planned.Contains((command.InstrumentId, CommandKind.Place, OrderRole.Stop));
            if (follows || !_planned.Add((command.InstrumentId, command.Kind, command.Id.Role))) continue;
            _orders.Add(Text(in command));
        }
    }

    private void Count()
    {
        Open = 0;
        Unprotected = 0;
        for (int i = 0; i < _worker.Protection.PositionCount; i++)
        {
            PositionView view = _worker.Protection.PositionAt(i);
            if (view.Quantity == 0) continue;
            Open++;
            if (view.Covered < long.Abs(view.Quantity)) Unprotected++;
        }
    }

    private string Text(in OrderCommand command)
    {
        string symbol = Encoding.UTF8.GetString(_worker.Symbols.TextOf(command.InstrumentId));
        string role = command.Id.Role.ToString().ToLowerInvariant();
        string kind = command.Kind.ToString().ToLowerInvariant();
        if (command.Kind == CommandKind.Cancel) return $"{kind} {role} of {symbol}";
        string quantity = DecimalText.Of(command.Quantity, command.QuantityDecimals, shortest: true);
        string trigger = DecimalText.Of(command.TriggerPrice, command.PriceDecimals);
        string at = command.TriggerPrice != 0 ? " at " + trigger : "";
        string side = command.Side == Side.Buy ? "buy" : "sell";
        return $"{kind} {role}: {side} {quantity} {symbol}{at}, reduce-only";
    }
}
