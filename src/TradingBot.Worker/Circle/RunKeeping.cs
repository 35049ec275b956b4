using System;
using TradingBot.Market.Ring;
using TradingBot.Signals;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Circle;

/// <summary>Hands what the worker thought, and what it came to, over to the store; on the worker's thread.</summary>
/// <param name="rows">The queues of this run.</param>
internal sealed class RunKeeping(RunRows rows)
{
    private const long EquityEveryNs = 60_000_000_000;

    /// <summary>Units of the rows: 10^-8.</summary>
    private const double Units = 1e8;

    private long _signals;
    private long _equityDueNs;

    /// <summary>Takes the signals since the last call, and the result once a minute.</summary>
    public void Take(CircleWorker worker, long nowNs)
    {
        RecordLog<Signal> log = worker.Engine.Signals.Log;
        for (; _signals < log.Next; _signals++)
        {
            ref readonly Signal signal = ref log[_signals];
            Refusal refusal = worker.Engine.Gate.Decisions[_signals];
            rows.Signals.Add(new SignalRow(
                _signals, signal.TimeNs, SymbolText.Of(worker.Symbols.TextOf(signal.InstrumentId)),
                signal.Kind == SignalKind.OrderFlow ? "order_flow" : "crossover", signal.Side, signal.LimitPrice,
                signal.PriceDecimals, (long)Math.Round(signal.Strength * 1_000_000),
                refusal == Refusal.None ? "approved" : ReplayReport.NameOf(refusal)));
        }

        if (nowNs < _equityDueNs) return;
        _equityDueNs = nowNs + EquityEveryNs;
        TakeEquity(worker, nowNs);
    }

    /// <summary>The result as it is now: also at the end of a run.</summary>
    public void TakeEquity(CircleWorker worker, long nowNs)
    {
        double realised = worker.Diary.Realised;
        double open = RunHistory.ResultOf(worker) - realised;
        int positions = 0;
        for (int i = 0; i < worker.Protection.PositionCount; i++)
        {
            positions += worker.Protection.PositionAt(i).Quantity != 0 ? 1 : 0;
        }

        rows.Equity.Add(new EquityRow(
            nowNs, (long)Math.Round(realised * Units), (long)Math.Round(open * Units), positions));
    }
}
